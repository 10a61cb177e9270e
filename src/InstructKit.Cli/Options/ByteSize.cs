using System.Globalization;

namespace InstructKit.Cli.Options;

/// <summary>Numbers of bytes as people write them.</summary>
internal static class ByteSize
{
    private const string Suffixes = "kMGT";

    /// <summary>Reads <c>500M</c>, <c>1G</c>, <c>4096</c>; k, M, G and T are powers of 1024, in either case. At least one byte.</summary>
    public static bool TryParse(string text, out long bytes)
    {
        var digits = text.EndsWith('B') || text.EndsWith('b') ? text[..^1] : text;
        var power = digits.Length == 0 ? -1 : Suffixes.IndexOf(digits[^1..], StringComparison.OrdinalIgnoreCase);
        var unit = power < 0 ? 1L : 1L << (10 * (power + 1));
        bytes = 0;
        if (!long.TryParse(power < 0 ? digits : digits[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < 1 || number > long.MaxValue / unit)
            return false;

        bytes = number * unit;
        return true;
    }

    /// <summary>A power of 1024 in the form that <see cref="TryParse"/> reads.</summary>
    public static string Short(long bytes)
    {
        var power = 0;
        for (; power < Suffixes.Length && bytes % 1024 == 0; power++) bytes /= 1024;

        return power == 0 ? bytes.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{bytes}{Suffixes[power - 1]}");
    }

    /// <summary>A size for people, such as <c>1.4 MB</c> (powers of 1000).</summary>
    public static string Format(long bytes)
    {
        string[] units = ["B", "kB", "MB", "GB", "TB"];
        double size = bytes;
        var unit = 0;
        while (size >= 1000 && unit < units.Length - 1)
        {
            size /= 1000;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{(unit == 0 ? size.ToString("0", CultureInfo.InvariantCulture) : size.ToString("0.0", CultureInfo.InvariantCulture))} {units[unit]}");
    }
}
