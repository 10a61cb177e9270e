using System.Numerics;

namespace InstructKit.Templating.Values;

/// <summary>Bounds of integers, so that no expression can ask for more work than its row is worth.</summary>
internal static class IntegerLimits
{
    /// <summary>Largest result of a calculation, in bits.</summary>
    public const int MaxBits = 1 << 16;

    /// <summary>Python's default limit for turning integers into text and back: 4,300 digits (sys.int_info.default_max_str_digits).</summary>
    public const int MaxDigits = 4300;

    private static readonly BigInteger TooLong = BigInteger.Pow(10, MaxDigits);

    public static BigInteger Check(BigInteger value) =>
        value.GetBitLength() <= MaxBits ? value : throw TooLarge();

    public static TemplateError TooLarge() =>
        new(InstructKit.Templating.TemplateCodes.NumberLimit, $"the integer is larger than {MaxBits} bits (limit: integer size)");

    public static void RequirePrintable(BigInteger value)
    {
        if (BigInteger.Abs(value) >= TooLong) throw TemplateError.Value($"Exceeds the limit ({MaxDigits} digits) for integer string conversion");
    }
}
