using InstructKit.Text;

namespace InstructKit.Templating.Rendering;

/// <summary><c>set</c> with an expression.</summary>
internal sealed class SetNode(TargetNode target, ExpressionNode value) : RenderNode
{
    public override Flow Execute(Frame frame, Utf8Output output)
    {
        target.Assign(frame, value.Evaluate(frame));
        return Flow.Next;
    }
}
