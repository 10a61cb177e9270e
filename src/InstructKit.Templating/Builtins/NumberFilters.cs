using System.Numerics;
using InstructKit.Templating.Rendering;
using InstructKit.Templating.Values;

namespace InstructKit.Templating.Builtins;

/// <summary>Filters about numbers.</summary>
internal static class NumberFilters
{
    public static IEnumerable<Builtin> All =>
    [
        new("abs", [], Abs),
        new("int", ["default?", "base?"], Int),
        new("float", ["default?"], (_, self, arguments) =>
            NumberReader.ReadFloat(self) is { } number ? Value.From(number) : arguments.Has(0) ? arguments[0] : Value.From(0.0)),
        new("round", ["precision?", "method?"], Round),
        new("sum", ["attribute?", "start?"], Sum),
    ];

    private static Value Abs(RenderContext context, Value self, scoped Arguments arguments)
    {
        if (self.Kind == ValueKind.Float) return Value.From(Math.Abs(self.AsDouble));
        if (Comparison.IsNumber(self)) return Value.From(BigInteger.Abs(self.ToBigInteger()));
        throw self.IsUndefined ? self.UndefinedFault() : TemplateError.Type($"bad operand type for abs(): '{Types.Name(self)}'");
    }

    private static Value Int(RenderContext context, Value self, scoped Arguments arguments)
    {
        var otherwise = arguments.Has(0) ? arguments[0] : Value.From(0);
        switch (self.Kind)
        {
            case ValueKind.Undefined: throw self.UndefinedFault();
            case ValueKind.Boolean: return Value.From(self.Bits);
            case ValueKind.Integer: return self;
            case ValueKind.Float when double.IsNaN(self.AsDouble): return otherwise;
            case ValueKind.Float when double.IsInfinity(self.AsDouble): throw TemplateError.Overflow("cannot convert float infinity to integer");
            case ValueKind.Float: return Value.From(new BigInteger(self.AsDouble));
            case ValueKind.Text:
                if ((!arguments.Has(1) || Types.TryGetIndex(arguments[1], out _)) && NumberReader.ReadInteger(self, arguments.Int(1, 10)) is { } number) return Value.From(number);
                return NumberReader.ReadFloat(self) is { } real && double.IsFinite(real) ? Value.From(new BigInteger(real)) : otherwise;
            default: return otherwise;
        }
    }

    private static Value Round(RenderContext context, Value self, scoped Arguments arguments)
    {
        var precision = arguments.Int(0, 0);
        var method = arguments.Has(1) ? arguments[1].ToString() : "common";
        if (method is not ("common" or "ceil" or "floor")) throw TemplateError.Argument("method must be common, ceil or floor");
        if (!Comparison.IsNumber(self)) throw TemplateError.Type($"type {Types.Name(self)} doesn't define __round__ method");
        if (method == "common")
        {
            if (self.Kind == ValueKind.Float) return Value.From(ExactDecimal.Round(self.AsDouble, precision));
            return precision >= 0 ? Value.From(self.ToBigInteger()) : Value.From(RoundInteger(self.ToBigInteger(), -precision));
        }

        var factor = Arithmetic.Power(Value.From(10), Value.From((long)precision));
        if (self.Kind != ValueKind.Float && precision >= 0) return Arithmetic.Divide(Arithmetic.Multiply(context, self, factor), factor);
        var scaled = Arithmetic.ToDouble(Arithmetic.Multiply(context, self, factor));
        if (!double.IsFinite(scaled)) throw TemplateError.Overflow("cannot convert float infinity to integer");
        var whole = Value.From(new BigInteger(method == "ceil" ? Math.Ceiling(scaled) : Math.Floor(scaled)));
        return Arithmetic.Divide(whole, factor);
    }

    private static BigInteger RoundInteger(BigInteger value, int zeros)
    {
        if (zeros > IntegerLimits.MaxDigits) return BigInteger.Zero;
        var unit = BigInteger.Pow(10, zeros);
        var quotient = BigInteger.DivRem(BigInteger.Abs(value), unit, out var rest);
        var twice = (rest * 2).CompareTo(unit);
        if (twice > 0 || (twice == 0 && !quotient.IsEven)) quotient++;
        return quotient * unit * value.Sign;
    }

    private static Value Sum(RenderContext context, Value self, scoped Arguments arguments)
    {
        var path = AttributePath.Read(arguments[0], Value.Missing);
        var total = arguments.Has(1) ? arguments[1] : Value.From(0);
        if (total.IsText) throw TemplateError.Type("sum() can't sum strings [use ''.join(seq) instead]");
        var cursor = ValueCursor.Over(self);
        while (cursor.TryNext(out var item))
        {
            context.Step();
            total = Arithmetic.Add(context, total, path.Of(context, item));
        }

        return total;
    }
}
