using InstructKit.Templating.Syntax;
using InstructKit.Templating.Values;

namespace InstructKit.Templating.Rendering;

/// <summary>A sign in front of a number.</summary>
internal sealed class UnaryNode(char sign, ExpressionNode operand, Place place) : ExpressionNode
{
    public override bool IsRowIndependent => operand.IsRowIndependent;

    public override Value Evaluate(Frame frame)
    {
        var value = operand.Evaluate(frame);
        frame.Context.Place = place.Packed;
        return sign == '-' ? Arithmetic.Negate(value) : Arithmetic.Plus(value);
    }
}
