using System.Numerics;

namespace InstructKit.Templating.Builtins;

/// <summary>Filters on numbers.</summary>
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
        throw self.WrongType($"bad operand type for abs(): '{PythonTypes.Name(self)}'");
    }

    private static Value Int(RenderContext context, Value self, scoped Arguments arguments)
    {
        var otherwise = arguments.Has(0) ? arguments[0] : Value.From(0);
        switch (self.Kind)
        {
            case ValueKind.Undefined: throw self.UndefinedError();
            case ValueKind.Boolean: return Value.From(self.Bits);
            case ValueKind.Integer: return self;
            case ValueKind.Float when double.IsNaN(self.AsDouble): return otherwise;
            case ValueKind.Float when double.IsInfinity(self.AsDouble): throw TemplateError.Overflow("cannot convert float infinity to integer");
            case ValueKind.Float: return Value.From(new BigInteger(self.AsDouble));
            case ValueKind.Text:
                if ((!arguments.Has(1) || PythonTypes.TryGetIndex(arguments[1], out _)) && NumberReader.ReadInteger(context, self, arguments.Int(1, 10)) is { } number) return Value.From(number);
                return NumberReader.ReadFloat(self) is { } real && double.IsFinite(real) ? Value.From(new BigInteger(real)) : otherwise;
            default: return otherwise;
        }
    }

    private static Value Round(RenderContext context, Value self, scoped Arguments arguments)
    {
        var precision = arguments.Int(0, 0);
        var method = arguments.Has(1) ? Coercion.Text(context, arguments[1]).ToString() : "common";
        if (method is not ("common" or "ceil" or "floor")) throw TemplateError.Argument("method must be common, ceil or floor");
        if (!Comparison.IsNumber(self)) throw TemplateError.Type($"type {PythonTypes.Name(self)} doesn't define __round__ method");
        if (method == "common")
        {
            if (self.Kind == ValueKind.Float) return Value.From(ExactDecimal.Round(self.AsDouble, precision));
            return precision >= 0 ? Value.From(self.ToBigInteger()) : Value.From(RoundInteger(self.ToBigInteger(), -precision));
        }

        var factor = Arithmetic.Power(context, Value.From(10), Value.From((long)precision));
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
            Arithmetic.Charge(context, total, default);
            total = Arithmetic.Add(context, total, path.Of(context, item));
        }

        return total;
    }
}

/// <summary>Methods of numbers.</summary>
internal static class NumberMethods
{
    public static IEnumerable<Builtin> ForIntegers =>
    [
        new("bit_length", [], (_, self, _) => Value.From((long)BigInteger.Abs(self.ToBigInteger()).GetBitLength())),
        new("bit_count", [], (_, self, _) => Value.From(BitCount(self))),
        new("conjugate", [], (_, self, _) => Arithmetic.Plus(self)),
        new("as_integer_ratio", [], (_, self, _) => Value.FromTuple(Arithmetic.Plus(self), Value.From(1))),
    ];

    public static IEnumerable<Builtin> ForFloats =>
    [
        new("is_integer", [], (_, self, _) => Value.From(double.IsFinite(self.AsDouble) && self.AsDouble == Math.Floor(self.AsDouble))),
        new("conjugate", [], (_, self, _) => self),
        new("hex", [], (_, self, _) => Value.From(Hex(self.AsDouble))),
        new("as_integer_ratio", [], (_, self, _) => Ratio(self.AsDouble)),
    ];

    /// <summary>Attributes of numbers other than methods.</summary>
    public static Value GetAttribute(Value number, string name) => (name, number.Kind) switch
    {
        ("real", _) => Arithmetic.Plus(number),
        ("imag", ValueKind.Float) => Value.From(0.0),
        ("numerator", not ValueKind.Float) => Arithmetic.Plus(number),
        ("imag", _) => Value.From(0),
        ("denominator", not ValueKind.Float) => Value.From(1),
        _ => Value.Missing,
    };

    private static Value Ratio(double number)
    {
        if (!double.IsFinite(number)) throw double.IsNaN(number) ? TemplateError.Value("cannot convert NaN to integer ratio") : TemplateError.Overflow("cannot convert Infinity to integer ratio");
        var shift = 0;
        for (; number != Math.Floor(number); shift++) number *= 2;
        return Value.FromTuple(Value.From(new BigInteger(number)), Value.From(BigInteger.One << shift));
    }

    private static string Hex(double number)
    {
        if (!double.IsFinite(number)) return double.IsNaN(number) ? "nan" : number > 0 ? "inf" : "-inf";
        var bits = BitConverter.DoubleToInt64Bits(number);
        var (exponent, mantissa) = ((int)((bits >> 52) & 0x7ff), bits & ((1L << 52) - 1));
        var sign = bits < 0 ? "-" : string.Empty;
        if (exponent == 0 && mantissa == 0) return sign + "0x0.0p+0";
        var power = exponent == 0 ? -1022 : exponent - 1023;
        return string.Create(CultureInfo.InvariantCulture, $"{sign}0x{(exponent == 0 ? 0 : 1)}.{mantissa:x13}p{(power < 0 ? "-" : "+")}{Math.Abs(power)}");
    }

    private static long BitCount(Value integer)
    {
        var count = 0L;
        foreach (var unit in BigInteger.Abs(integer.ToBigInteger()).ToByteArray()) count += BitOperations.PopCount(unit);
        return count;
    }
}
