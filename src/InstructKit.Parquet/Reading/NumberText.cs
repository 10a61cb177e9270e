using System.Buffers.Binary;
using System.Numerics;
using InstructKit.Parquet.Metadata;

namespace InstructKit.Parquet.Reading;

/// <summary>Numbers as text, always the same on every machine.</summary>
internal static class NumberText
{
    private static ReadOnlySpan<long> PowersOfTen => [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];

    public static ValueKind AppendInteger(CellBuffer target, long value)
    {
        value.TryFormat(target.Reserve(20), out var written, default, CultureInfo.InvariantCulture);
        target.Advance(written);
        return ValueKind.Integer;
    }

    public static ValueKind AppendInteger(CellBuffer target, ulong value)
    {
        value.TryFormat(target.Reserve(20), out var written, default, CultureInfo.InvariantCulture);
        target.Advance(written);
        return ValueKind.Integer;
    }

    /// <summary>A float as in Python's repr, except for the names of non-finite values. Numbers of less than double precision are widened first, as Python
    /// and DuckDB do when they export them.</summary>
    public static ValueKind AppendFloat(CellBuffer target, double value)
    {
        if (double.IsFinite(value)) target.Advance(FloatText.Format(value, target.Reserve(FloatText.MaxLength)));
        else target.Append(double.IsNaN(value) ? "NaN"u8 : value > 0 ? "Infinity"u8 : "-Infinity"u8);

        return ValueKind.Float;
    }

    /// <summary>A decimal: the unscaled integer with a decimal point inserted. Returns whether it has one.</summary>
    public static bool AppendDecimal(CellBuffer target, BigInteger unscaled, int scale)
    {
        var digits = BigInteger.Abs(unscaled).ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
        if (unscaled.Sign < 0) target.Append((byte)'-');

        var point = digits.Length - scale;
        for (var i = 0; i < digits.Length; i++)
        {
            if (i == point) target.Append((byte)'.');

            target.Append((byte)digits[i]);
        }

        return scale > 0;
    }

    /// <summary>A non-negative integer of at least <paramref name="digits"/> digits.</summary>
    public static void AppendPadded(CellBuffer target, long value, int digits)
    {
        for (var power = PowersOfTen[digits - 1]; power > 1 && value < power; power /= 10) target.Append((byte)'0');

        AppendInteger(target, value);
    }
}

/// <summary>Dates and times in ISO 8601 form, for the whole range of the stored integers (which <see cref="DateTime"/> does not have).</summary>
internal static class TimeText
{
    private const long SecondsPerDay = 86_400;

    // Julian day number of 1970-01-01.
    private const long JulianEpoch = 2_440_588;
    private const long NanosPerDay = SecondsPerDay * 1_000_000_000;

    /// <summary><c>2024-02-29</c> from days since 1970-01-01.</summary>
    public static ValueKind AppendDate(CellBuffer target, long days)
    {
        var (year, month, day) = ToCivil(days);
        if (year < 0) target.Append((byte)'-');

        NumberText.AppendPadded(target, Math.Abs(year), 4);
        target.Append((byte)'-');
        NumberText.AppendPadded(target, month, 2);
        target.Append((byte)'-');
        NumberText.AppendPadded(target, day, 2);
        return ValueKind.Text;
    }

    /// <summary><c>23:59:59.123</c> from units since midnight, with as many fraction digits as the unit has.</summary>
    public static ValueKind AppendTime(CellBuffer target, long value, TimeUnit unit)
    {
        var perSecond = PerSecond(unit);
        var seconds = Math.DivRem(value, perSecond, out var fraction);
        if (value < 0 || value > SecondsPerDay * perSecond) throw ParquetException.Corrupt($"{value} is not a time of day");

        NumberText.AppendPadded(target, seconds / 3600, 2);
        target.Append((byte)':');
        NumberText.AppendPadded(target, seconds / 60 % 60, 2);
        target.Append((byte)':');
        NumberText.AppendPadded(target, seconds % 60, 2);
        target.Append((byte)'.');
        NumberText.AppendPadded(target, fraction, (int)unit * 3);
        return ValueKind.Text;
    }

    /// <summary><c>2024-02-29T23:59:59.123</c> from units since 1970-01-01, with a Z if in UTC.</summary>
    public static ValueKind AppendTimestamp(CellBuffer target, long value, TimeUnit unit, bool isUtc)
    {
        var perDay = SecondsPerDay * PerSecond(unit);
        var days = value / perDay;
        var rest = value % perDay;
        if (rest < 0)
        {
            days--;
            rest += perDay;
        }

        AppendDate(target, days);
        target.Append((byte)'T');
        AppendTime(target, rest, unit);
        if (isUtc) target.Append((byte)'Z');

        return ValueKind.Text;
    }

    /// <summary>The legacy timestamp of Impala and Spark: nanoseconds of the day and the Julian day.</summary>
    public static ValueKind AppendInt96(CellBuffer target, ReadOnlySpan<byte> bytes) =>
        AppendInt96(target, BinaryPrimitives.ReadInt64LittleEndian(bytes), BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]));

    public static ValueKind AppendInt96(CellBuffer target, long nanos, int julianDay)
    {
        // Spark wrote times beyond the day's end; they carry over.
        var days = julianDay - JulianEpoch + Math.DivRem(nanos, NanosPerDay, out var rest);
        if (rest < 0)
        {
            days--;
            rest += NanosPerDay;
        }

        AppendDate(target, days);
        target.Append((byte)'T');
        return AppendTime(target, rest, TimeUnit.Nanos);
    }

    private static long PerSecond(TimeUnit unit) => unit switch { TimeUnit.Millis => 1_000, TimeUnit.Micros => 1_000_000, _ => 1_000_000_000 };

    // Days from the era of 400 years that begins on March 1st of year 0, as in Howard Hinnant's "chrono-compatible low-level date algorithms".
    private static (long Year, int Month, int Day) ToCivil(long days)
    {
        const long DaysPerEra = 146_097;
        days += 719_468;
        var era = (days >= 0 ? days : days - (DaysPerEra - 1)) / DaysPerEra;
        var dayOfEra = days - (era * DaysPerEra);
        var yearOfEra = (dayOfEra - (dayOfEra / 1460) + (dayOfEra / 36_524) - (dayOfEra / 146_096)) / 365;
        var dayOfYear = dayOfEra - ((365 * yearOfEra) + (yearOfEra / 4) - (yearOfEra / 100));
        var shifted = ((5 * dayOfYear) + 2) / 153;
        var day = (int)(dayOfYear - (((153 * shifted) + 2) / 5) + 1);
        var month = (int)(shifted < 10 ? shifted + 3 : shifted - 9);
        return (yearOfEra + (era * 400) + (month <= 2 ? 1 : 0), month, day);
    }
}
