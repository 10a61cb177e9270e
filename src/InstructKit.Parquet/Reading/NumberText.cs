using System.Globalization;
using System.Numerics;

namespace InstructKit.Parquet.Reading;

/// <summary>Numbers as text, always the same on every machine.</summary>
internal static class NumberText
{
    // Sign, 17 digits, point, exponent; and the longest form without an exponent has 16 digits in front of the point.
    private const int MaxFloat = 40;

    private static ReadOnlySpan<long> PowersOfTen => [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];

    public static void AppendInteger(CellBuffer target, long value)
    {
        value.TryFormat(target.Reserve(20), out var written, default, CultureInfo.InvariantCulture);
        target.Advance(written);
    }

    public static void AppendInteger(CellBuffer target, ulong value)
    {
        value.TryFormat(target.Reserve(20), out var written, default, CultureInfo.InvariantCulture);
        target.Advance(written);
    }

    /// <summary>The shortest text that reads back as the same number of the same width, laid out as Python's repr does. Returns whether it is finite.</summary>
    public static bool AppendFloat<T>(CellBuffer target, T value)
        where T : IBinaryFloatingPointIeee754<T>
    {
        if (!T.IsFinite(value))
        {
            target.Append(T.IsNaN(value) ? "NaN"u8 : T.IsPositive(value) ? "Infinity"u8 : "-Infinity"u8);
            return false;
        }

        Span<byte> shortest = stackalloc byte[MaxFloat];
        value.TryFormat(shortest, out var length, default, CultureInfo.InvariantCulture);
        shortest = shortest[..length];
        if (shortest.Contains((byte)'E'))
        {
            Rearrange(target, shortest);
            return true;
        }

        target.Append(shortest);
        if (!shortest.Contains((byte)'.'))
        {
            target.Append(".0"u8);
        }

        return true;
    }

    /// <summary>A decimal: the unscaled integer with a point put into it. Returns whether it has one.</summary>
    public static bool AppendDecimal(CellBuffer target, BigInteger unscaled, int scale)
    {
        var digits = BigInteger.Abs(unscaled).ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
        if (unscaled.Sign < 0)
        {
            target.Append((byte)'-');
        }

        var point = digits.Length - scale;
        for (var i = 0; i < digits.Length; i++)
        {
            if (i == point)
            {
                target.Append((byte)'.');
            }

            target.Append((byte)digits[i]);
        }

        return scale > 0;
    }

    /// <summary>A non-negative integer of at least <paramref name="digits"/> digits.</summary>
    public static void AppendPadded(CellBuffer target, long value, int digits)
    {
        for (var power = PowersOfTen[digits - 1]; power > 1 && value < power; power /= 10)
        {
            target.Append((byte)'0');
        }

        AppendInteger(target, value);
    }

    // .NET turns to exponents at 1E+15 (1E+07 for single precision), Python at 1e+16; .NET leaves ".0" out.
    private static void Rearrange(CellBuffer target, ReadOnlySpan<byte> text)
    {
        var mark = text.IndexOf((byte)'E');
        var exponent = int.Parse(text[(mark + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var mantissa = text[..mark];
        if (mantissa[0] == '-')
        {
            target.Append((byte)'-');
            mantissa = mantissa[1..];
        }

        Span<byte> digits = stackalloc byte[MaxFloat];
        digits[0] = mantissa[0];
        var count = 1;
        if (mantissa.Length > 2)
        {
            mantissa[2..].CopyTo(digits[1..]);
            count += mantissa.Length - 2;
        }

        if (exponent is >= 0 and < 16)
        {
            for (var i = 0; i <= Math.Max(exponent + 1, count - 1); i++)
            {
                if (i == exponent + 1)
                {
                    target.Append((byte)'.');
                }

                target.Append(i < count ? digits[i] : (byte)'0');
            }

            return;
        }

        target.Append(digits[0]);
        if (count > 1)
        {
            target.Append((byte)'.');
            target.Append(digits[1..count]);
        }

        target.Append(exponent < 0 ? "e-"u8 : "e+"u8);
        AppendPadded(target, Math.Abs(exponent), 2);
    }
}
