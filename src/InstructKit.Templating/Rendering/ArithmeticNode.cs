using InstructKit.Templating.Syntax;
using InstructKit.Templating.Values;
using InstructKit.Text;

namespace InstructKit.Templating.Rendering;

/// <summary>An arithmetic operator.</summary>
internal sealed class ArithmeticNode(string sign, ExpressionNode left, ExpressionNode right, Place place) : ExpressionNode
{
    private readonly char _sign = sign switch { "**" => '^', "//" => '\\', _ => sign[0] };

    public override bool IsRowIndependent => left.IsRowIndependent && right.IsRowIndependent;

    public override Value Evaluate(Frame frame)
    {
        var a = left.Evaluate(frame);
        var b = right.Evaluate(frame);
        return Combine(frame, a, b);
    }

    public override void Write(Frame frame, Utf8Output output)
    {
        var a = left.Evaluate(frame);
        var b = right.Evaluate(frame);
        if (_sign == '+' && a.IsText && b.IsText && !a.IsSafe && !b.IsSafe)
        {
            output.AppendText(a.TextSpan);
            output.AppendText(b.TextSpan);
            return;
        }

        PythonPrinter.AppendStr(Combine(frame, a, b), output);
    }

    private Value Combine(Frame frame, Value a, Value b)
    {
        var context = frame.Context;
        context.Place = place.Packed;
        return _sign switch
        {
            '+' => Arithmetic.Add(context, a, b),
            '-' => Arithmetic.Subtract(a, b),
            '*' => Arithmetic.Multiply(context, a, b),
            '/' => Arithmetic.Divide(a, b),
            '\\' => Arithmetic.FloorDivide(a, b),
            '%' => Arithmetic.Modulo(context, a, b),
            _ => Arithmetic.Power(a, b),
        };
    }
}
