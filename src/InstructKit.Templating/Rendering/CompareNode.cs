using InstructKit.Templating.Syntax;
using InstructKit.Templating.Values;

namespace InstructKit.Templating.Rendering;

/// <summary>A comparison, or a chain of them as in Python.</summary>
internal sealed class CompareNode(ExpressionNode first, (ComparisonSign Sign, ExpressionNode Operand)[] rest, Place place) : ExpressionNode
{
    public override bool IsRowIndependent => first.IsRowIndependent && rest.All(pair => pair.Operand.IsRowIndependent);

    public override Value Evaluate(Frame frame) => Value.From(IsTrue(frame));

    public override bool IsTrue(Frame frame)
    {
        var left = first.Evaluate(frame);
        foreach (var (sign, operand) in rest)
        {
            var right = operand.Evaluate(frame);
            frame.Context.Place = place.Packed;
            if (!Holds(frame.Context, sign, left, right)) return false;
            left = right;
        }

        return true;
    }

    public static bool Holds(RenderContext context, ComparisonSign sign, Value a, Value b)
    {
        switch (sign)
        {
            case ComparisonSign.Equal: return Comparison.AreEqual(a, b);
            case ComparisonSign.NotEqual: return !Comparison.AreEqual(a, b);
            case ComparisonSign.In: return Comparison.Contains(context, b, a);
            case ComparisonSign.NotIn: return !Comparison.Contains(context, b, a);
        }

        if (!Comparison.IsOrdered(a, b) && Comparison.IsNumber(a) && Comparison.IsNumber(b)) return false;
        return sign switch
        {
            ComparisonSign.Less => Comparison.Compare(a, b, "<") < 0,
            ComparisonSign.LessOrEqual => Comparison.Compare(a, b, "<=") <= 0,
            ComparisonSign.Greater => Comparison.Compare(a, b, ">") > 0,
            _ => Comparison.Compare(a, b, ">=") >= 0,
        };
    }
}
