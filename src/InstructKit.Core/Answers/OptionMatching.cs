using System.Buffers;
using InstructKit.Tasks;

namespace InstructKit.Answers;

/// <summary>Finds the option that a text stands for.</summary>
internal static class OptionMatching
{
    /// <summary>Position of the option, the first of equal ones; -1 when the text contains none, or more than one.</summary>
    public static int Find(ReadOnlySpan<byte> text, ReadOnlySpan<ReadOnlyMemory<byte>> options, OptionMatch match)
    {
        for (var i = 0; i < options.Length; i++)
        {
            if (text.SequenceEqual(TextEnds.Trim(options[i].Span))) return i;
        }

        if (match == OptionMatch.Exact || text.IsEmpty) return -1;

        var folded = Fold(text);
        for (var i = 0; i < options.Length; i++)
        {
            if (Fold(options[i].Span) is { Length: > 0 } option && string.Equals(option, folded, StringComparison.Ordinal)) return i;
        }

        return match == OptionMatch.Contained ? OnlyOneIn(folded, options) : -1;
    }

    // Longest options first, so that "not possible" is not taken for "possible": what an option covers is removed from the text.
    private static int OnlyOneIn(string text, ReadOnlySpan<ReadOnlyMemory<byte>> options)
    {
        List<(string Text, int Index)> byLength = [];
        for (var i = 0; i < options.Length; i++) byLength.Add((Fold(options[i].Span), i));

        var rest = text;
        var found = -1;
        string? foundText = null;
        foreach (var (option, index) in byLength.OrderByDescending(one => one.Text.Length).ThenBy(one => one.Index))
        {
            if (option.Length == 0 || option == foundText || !TakeOut(ref rest, option)) continue;
            if (found >= 0) return -1;
            (found, foundText) = (index, option);
        }

        return found;
    }

    private static bool TakeOut(ref string text, string option)
    {
        var any = false;
        for (var at = text.IndexOf(option, StringComparison.Ordinal); at >= 0; at = at < text.Length ? text.IndexOf(option, at + 1, StringComparison.Ordinal) : -1)
        {
            var end = at + option.Length;
            if ((at > 0 && char.IsLetterOrDigit(text[at - 1])) || (end < text.Length && char.IsLetterOrDigit(text[end]))) continue;

            text = string.Concat(text.AsSpan(0, at), new string('\0', option.Length), text.AsSpan(end));
            any = true;
        }

        return any;
    }

    private static string Fold(ReadOnlySpan<byte> text) => Encoding.UTF8.GetString(text).ToLowerInvariant().Trim(Ends);

    private static readonly char[] Ends = [.. " \t\r\n\u00A0.,;:!?\"'()[]{}*_`“”‘’«»".Distinct()];
}

/// <summary>Characters trimmed from the ends of a text.</summary>
internal static class TextEnds
{
    /// <summary>The text without white space (Unicode's White_Space) around it.</summary>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty && Rune.DecodeFromUtf8(text, out var rune, out var length) == OperationStatus.Done && Rune.IsWhiteSpace(rune)) text = text[length..];
        while (!text.IsEmpty && Rune.DecodeLastFromUtf8(text, out var rune, out var length) == OperationStatus.Done && Rune.IsWhiteSpace(rune)) text = text[..^length];
        return text;
    }

    /// <summary>The first line of a trimmed text, without white space at its end.</summary>
    public static ReadOnlySpan<byte> FirstLine(ReadOnlySpan<byte> text) => text.IndexOfAny((byte)'\n', (byte)'\r') is >= 0 and var end ? Trim(text[..end]) : text;
}

/// <summary>The last number of a text: digits with a sign, a decimal point and commas between groups of three.</summary>
internal static class LastNumber
{
    /// <summary>The number without commas; empty when there is none.</summary>
    public static ReadOnlySpan<byte> In(ReadOnlySpan<byte> text)
    {
        var end = text.LastIndexOfAnyInRange((byte)'0', (byte)'9') + 1;
        if (end == 0) return default;

        var start = end;
        while (start > 0 && (char.IsAsciiDigit((char)text[start - 1]) || (text[start - 1] is (byte)'.' or (byte)',' && start > 1 && char.IsAsciiDigit((char)text[start - 2])))) start--;
        // A point may begin a number (.5), as may a sign unless it joins two items (3-5).
        if (start > 0 && text[start - 1] == '.' && !text[start..end].Contains((byte)'.')) start--;
        if (start > 0 && text[start - 1] is (byte)'-' or (byte)'+' && (start == 1 || !char.IsAsciiLetterOrDigit((char)text[start - 2]))) start--;
        var number = text[start..end];
        if (!number.Contains((byte)',')) return number;

        var joined = new byte[number.Length];
        var length = 0;
        foreach (var character in number)
        {
            if (character != ',') joined[length++] = character;
        }

        return joined.AsSpan(0, length);
    }
}
