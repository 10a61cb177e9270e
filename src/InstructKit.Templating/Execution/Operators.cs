namespace InstructKit.Templating.Execution;

/// <summary>An arithmetic operator.</summary>
internal sealed class ArithmeticNode(string sign, ExpressionNode left, ExpressionNode right, SourceRange range) : ExpressionNode
{
    private readonly char _sign = sign switch { "**" => '^', "//" => '\\', _ => sign[0] };

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
        context.Location = range.Packed;
        if (_sign != '%') Arithmetic.Charge(context, a, b);
        return _sign switch
        {
            '+' => Arithmetic.Add(context, a, b),
            '-' => Arithmetic.Subtract(a, b),
            '*' => Arithmetic.Multiply(context, a, b),
            '/' => Arithmetic.Divide(a, b),
            '\\' => Arithmetic.FloorDivide(a, b),
            '%' => Arithmetic.Modulo(context, a, b),
            _ => Arithmetic.Power(context, a, b),
        };
    }
}

/// <summary>A sign before a number.</summary>
internal sealed class UnaryNode(char sign, ExpressionNode operand, SourceRange range) : ExpressionNode
{
    public override Value Evaluate(Frame frame)
    {
        var value = operand.Evaluate(frame);
        frame.Context.Location = range.Packed;
        return sign == '-' ? Arithmetic.Negate(value) : Arithmetic.Plus(value);
    }
}

/// <summary><c>not</c>.</summary>
internal sealed class NotNode(ExpressionNode operand, SourceRange range) : ExpressionNode
{
    public override Value Evaluate(Frame frame) => Value.From(IsTrue(frame));

    public override bool IsTrue(Frame frame)
    {
        frame.Context.Location = range.Packed;
        return !operand.IsTrue(frame);
    }
}

/// <summary><c>and</c> and <c>or</c>, which return one of their operands.</summary>
internal sealed class LogicalNode(bool isAnd, ExpressionNode left, ExpressionNode right, SourceRange range) : ExpressionNode
{
    public override Value Evaluate(Frame frame)
    {
        var value = left.Evaluate(frame);
        frame.Context.Location = range.Packed;
        return value.IsTrue == isAnd ? right.Evaluate(frame) : value;
    }

    public override bool IsTrue(Frame frame) => isAnd ? left.IsTrue(frame) && right.IsTrue(frame) : left.IsTrue(frame) || right.IsTrue(frame);
}

/// <summary>A comparison, or a chain of them as in Python.</summary>
internal sealed class CompareNode(ExpressionNode first, (ComparisonSign Sign, ExpressionNode Operand)[] rest, SourceRange range) : ExpressionNode
{
    public override Value Evaluate(Frame frame) => Value.From(IsTrue(frame));

    public override bool IsTrue(Frame frame)
    {
        var left = first.Evaluate(frame);
        foreach (var (sign, operand) in rest)
        {
            var right = operand.Evaluate(frame);
            frame.Context.Location = range.Packed;
            if (!Comparison.Holds(frame.Context, sign, left, right)) return false;
            left = right;
        }

        return true;
    }
}

/// <summary><c>~</c>: the concatenated texts of its parts.</summary>
/// <param name="parts">The operands.</param>
/// <param name="mayBeSafe">With autoescape: a part that is safe makes the whole safe, and the others are escaped.</param>
/// <param name="range">Source range of the operation.</param>
internal sealed class ConcatNode(ExpressionNode[] parts, bool mayBeSafe, SourceRange range) : ExpressionNode
{
    public override Value Evaluate(Frame frame)
    {
        var context = frame.Context;
        if (mayBeSafe)
        {
            var texts = Array.ConvertAll(parts, part => Coercion.Text(context, part.Evaluate(frame)));
            context.Location = range.Packed;
            return HtmlText.Join(context, texts, Value.EmptyText);
        }

        var output = context.BeginCapture();
        foreach (var part in parts)
        {
            part.Write(frame, output);
            output.CheckCeiling();
        }

        context.Location = range.Packed;
        return context.EndCapture(output);
    }

    public override void Write(Frame frame, Utf8Output output)
    {
        if (mayBeSafe) base.Write(frame, output);
        else foreach (var part in parts) part.Write(frame, output);
    }
}

/// <summary><c>a if test else b</c>.</summary>
internal sealed class ConditionalNode(ExpressionNode test, ExpressionNode then, ExpressionNode? otherwise) : ExpressionNode
{
    private static readonly UndefinedInfo NoElse = UndefinedInfo.ForMessage("the inline if-expression evaluated to false and no else section was defined.");

    public override Value Evaluate(Frame frame)
    {
        if (test.IsTrue(frame)) return then.Evaluate(frame);
        return otherwise?.Evaluate(frame) ?? Value.UndefinedBecause(NoElse, UndefinedPolicy.Lenient);
    }

    public override void Write(Frame frame, Utf8Output output)
    {
        if (test.IsTrue(frame)) then.Write(frame, output);
        else otherwise?.Write(frame, output);
    }
}
