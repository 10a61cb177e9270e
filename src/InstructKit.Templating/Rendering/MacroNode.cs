using InstructKit.Templating.Values;
using InstructKit.Text;

namespace InstructKit.Templating.Rendering;

/// <summary>Defines a macro.</summary>
internal sealed class MacroNode(TargetNode target, MacroCode code) : RenderNode
{
    public override Flow Execute(Frame frame, Utf8Output output)
    {
        target.Assign(frame, Value.From(new MacroValue(code, frame)));
        return Flow.Next;
    }
}
