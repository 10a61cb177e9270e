namespace InstructKit.Templating;

/// <summary>Methods of numbers.</summary>
internal static class NumberMethods
{
    public static IEnumerable<Builtin> ForIntegers =>
    [
        new("bit_length", [], (_, self, _) => Value.From((long)System.Numerics.BigInteger.Abs(self.ToBigInteger()).GetBitLength())),
        new("conjugate", [], (_, self, _) => Arithmetic.Plus(self)),
    ];

    public static IEnumerable<Builtin> ForFloats =>
    [
        new("is_integer", [], (_, self, _) => Value.From(double.IsFinite(self.AsDouble) && self.AsDouble == Math.Floor(self.AsDouble))),
        new("conjugate", [], (_, self, _) => self),
    ];
}
