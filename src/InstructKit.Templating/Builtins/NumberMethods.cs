using InstructKit.Templating.Values;

namespace InstructKit.Templating.Builtins;

/// <summary>Methods of numbers.</summary>
internal static class NumberMethods
{
    public static IEnumerable<Builtin> ForIntegers =>
    [
        new("bit_length", [], (_, self, _) => Value.From((long)System.Numerics.BigInteger.Abs(self.ToBigInteger()).GetBitLength())),
        new("bit_count", [], (_, self, _) => Value.From(BitCount(self))),
        new("conjugate", [], (_, self, _) => Arithmetic.Plus(self)),
        new("as_integer_ratio", [], (_, self, _) => Value.FromTuple(Arithmetic.Plus(self), Value.From(1))),
    ];

    public static IEnumerable<Builtin> ForFloats =>
    [
        new("is_integer", [], (_, self, _) => Value.From(double.IsFinite(self.AsDouble) && self.AsDouble == Math.Floor(self.AsDouble))),
        new("conjugate", [], (_, self, _) => self),
        new("as_integer_ratio", [], (_, self, _) => Ratio(self.AsDouble)),
    ];

    /// <summary>What numbers have besides methods.</summary>
    public static bool TryGetAttribute(Value number, string name, out Value value)
    {
        var isFloat = number.Kind == ValueKind.Float;
        value = name switch
        {
            "real" => Arithmetic.Plus(number),
            "imag" => isFloat ? Value.From(0.0) : Value.From(0),
            "numerator" when !isFloat => Arithmetic.Plus(number),
            "denominator" when !isFloat => Value.From(1),
            _ => Value.Missing,
        };
        return !value.IsMissing;
    }

    private static Value Ratio(double number)
    {
        if (!double.IsFinite(number)) throw double.IsNaN(number) ? TemplateError.Value("cannot convert NaN to integer ratio") : TemplateError.Overflow("cannot convert Infinity to integer ratio");
        var shift = 0;
        for (; number != Math.Floor(number); shift++) number *= 2;
        return Value.FromTuple(Value.From(new System.Numerics.BigInteger(number)), Value.From(System.Numerics.BigInteger.One << shift));
    }

    private static long BitCount(Value integer)
    {
        var count = 0L;
        foreach (var unit in System.Numerics.BigInteger.Abs(integer.ToBigInteger()).ToByteArray()) count += System.Numerics.BitOperations.PopCount(unit);
        return count;
    }
}
