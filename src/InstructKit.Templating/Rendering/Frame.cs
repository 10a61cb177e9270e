using InstructKit.Templating.Values;

namespace InstructKit.Templating.Rendering;

/// <summary>The variables of one running function: the template itself, a macro call, a recursive loop.</summary>
internal sealed class Frame
{
    public Frame(RenderContext context, int localCount, Frame? parent)
    {
        Context = context;
        Parent = parent;
        Locals = localCount == 0 ? [] : new Value[localCount];
    }

    public RenderContext Context { get; }

    /// <summary>The function that this one was defined in.</summary>
    public Frame? Parent { get; }

    public Value[] Locals { get; }
}
