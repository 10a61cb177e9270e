using InstructKit.Templating.Values;

namespace InstructKit.Templating.Rendering;

/// <summary>A variable of a function around the running one.</summary>
internal sealed class OuterNode(int distance, int slot, Value undefined) : NameNode(undefined)
{
    public override Value EvaluateRaw(Frame frame)
    {
        for (var i = 0; i < distance; i++) frame = frame.Parent!; // the compiler counted the functions between
        return frame.Locals[slot];
    }
}
