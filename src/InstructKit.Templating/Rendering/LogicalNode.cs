using InstructKit.Templating.Syntax;
using InstructKit.Templating.Values;

namespace InstructKit.Templating.Rendering;

/// <summary><c>and</c> and <c>or</c>, which give one of their operands.</summary>
internal sealed class LogicalNode(bool isAnd, ExpressionNode left, ExpressionNode right, Place place) : ExpressionNode
{
    public override bool IsRowIndependent => left.IsRowIndependent && right.IsRowIndependent;

    public override Value Evaluate(Frame frame)
    {
        var value = left.Evaluate(frame);
        frame.Context.Place = place.Packed;
        return value.IsTrue == isAnd ? right.Evaluate(frame) : value;
    }

    public override bool IsTrue(Frame frame) => isAnd ? left.IsTrue(frame) && right.IsTrue(frame) : left.IsTrue(frame) || right.IsTrue(frame);
}
