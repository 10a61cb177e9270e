namespace InstructKit.Text;

/// <summary>Character classes as Python's <c>str</c> methods see them.</summary>
internal static class UnicodeClass
{
    public static bool IsPrintable(int code) => !Contains(UnicodeData.NotPrintable, code);

    public static bool IsAlphabetic(int code) => code < 128 ? char.IsAsciiLetter((char)code) : Contains(UnicodeData.Alphabetic, code);

    public static bool IsDigit(int code) => code < 128 ? char.IsAsciiDigit((char)code) : Contains(UnicodeData.Digit, code);

    public static bool IsDecimal(int code) => code < 128 ? char.IsAsciiDigit((char)code) : Contains(UnicodeData.Decimal, code);

    public static bool IsNumeric(int code) => code < 128 ? char.IsAsciiDigit((char)code) : Contains(UnicodeData.Numeric, code);

    public static bool IsAlphanumeric(int code) => IsAlphabetic(code) || IsNumeric(code);

    public static bool IsLower(int code) => code < 128 ? char.IsAsciiLetterLower((char)code) : Contains(UnicodeData.Lower, code);

    public static bool IsUpper(int code) => code < 128 ? char.IsAsciiLetterUpper((char)code) : Contains(UnicodeData.Upper, code);

    public static bool IsTitle(int code) => code >= 128 && Contains(UnicodeData.Title, code);

    public static bool IsCased(int code) => code < 128 ? char.IsAsciiLetter((char)code) : Contains(UnicodeData.Cased, code);

    public static bool IsCaseIgnorable(int code) => Contains(UnicodeData.CaseIgnorable, code);

    public static bool IsIdentifierStart(int code) => code < 128 ? char.IsAsciiLetter((char)code) || code == '_' : Contains(UnicodeData.IdentifierStart, code);

    public static bool IsIdentifierPart(int code) =>
        code < 128 ? char.IsAsciiLetterOrDigit((char)code) || code == '_' : Contains(UnicodeData.IdentifierPart, code);

    /// <summary>Python's <c>isspace()</c>: the characters that strip, split and whitespace control remove.</summary>
    public static bool IsSpace(int code) => code switch
    {
        <= 0x20 => code is >= 9 and <= 13 or >= 0x1c and <= 0x20,
        0x85 or 0xa0 or 0x1680 or 0x2028 or 0x2029 or 0x202f or 0x205f or 0x3000 => true,
        _ => code is >= 0x2000 and <= 0x200a,
    };

    /// <summary>Python's line boundaries, as <c>splitlines()</c> sees them.</summary>
    public static bool IsLineBreak(int code) => code is >= 10 and <= 13 or >= 0x1c and <= 0x1e or 0x85 or 0x2028 or 0x2029;

    private static bool Contains(ReadOnlySpan<int> ranges, int code)
    {
        var low = 0;
        var high = (ranges.Length / 2) - 1;
        while (low <= high)
        {
            var middle = (low + high) >> 1;
            if (code < ranges[middle * 2]) high = middle - 1;
            else if (code > ranges[(middle * 2) + 1]) low = middle + 1;
            else return true;
        }

        return false;
    }
}
