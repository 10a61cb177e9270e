using InstructKit.Text;

namespace InstructKit.Templating.Rendering;

/// <summary>Evaluates an expression and drops the value.</summary>
internal sealed class DoNode(ExpressionNode value) : RenderNode
{
    public override Flow Execute(Frame frame, Utf8Output output)
    {
        value.Evaluate(frame);
        return Flow.Next;
    }
}
