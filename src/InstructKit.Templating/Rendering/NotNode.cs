using InstructKit.Templating.Syntax;
using InstructKit.Templating.Values;

namespace InstructKit.Templating.Rendering;

/// <summary><c>not</c>.</summary>
internal sealed class NotNode(ExpressionNode operand, Place place) : ExpressionNode
{
    public override bool IsRowIndependent => operand.IsRowIndependent;

    public override Value Evaluate(Frame frame) => Value.From(IsTrue(frame));

    public override bool IsTrue(Frame frame)
    {
        frame.Context.Place = place.Packed;
        return !operand.IsTrue(frame);
    }
}
