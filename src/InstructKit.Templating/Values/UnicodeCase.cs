using System.Buffers;

namespace InstructKit.Templating.Values;

/// <summary>Case mapping as Python does it: full Unicode, no locale, with the rule for the final sigma.</summary>
internal static class UnicodeCase
{
    /// <summary>Maps a whole text.</summary>
    public static Value Map(RenderContext context, ReadOnlySpan<byte> text, CaseMapping mapping)
    {
        if (Ascii.IsValid(text))
        {
            var target = context.ReserveText(text.Length);
            var upper = mapping is CaseMapping.Upper or CaseMapping.Title;
            if ((upper ? Ascii.ToUpper(text, target, out _) : Ascii.ToLower(text, target, out _)) != OperationStatus.Done)
                throw new System.Diagnostics.UnreachableException();

            return context.CommitText(text.Length);
        }

        return Map(context, text, (_, _) => mapping);
    }

    /// <summary>Maps a text character by character.</summary>
    /// <param name="mappingOf">The mapping of a character, by its offset and its code; null leaves it unchanged.</param>
    public static Value Map(RenderContext context, ReadOnlySpan<byte> text, Func<int, int, CaseMapping?> mappingOf)
    {
        var target = new TextBuilder(context, text.Length + 16);
        Append(ref target, text, mappingOf);
        return target.Finish();
    }

    /// <summary>As <see cref="Map(RenderContext, ReadOnlySpan{byte}, Func{int, int, CaseMapping?})"/>, for a part of a text that is mapped independently of the rest.</summary>
    public static void Append(ref TextBuilder target, ReadOnlySpan<byte> text, Func<int, int, CaseMapping?> mappingOf)
    {
        for (var at = 0; at < text.Length;)
        {
            Rune.DecodeFromUtf8(text[at..], out var rune, out var used);
            if (mappingOf(at, rune.Value) is { } mapping) AppendOne(ref target, text, at, used, rune.Value, mapping);
            else target.Append(text.Slice(at, used));
            at += used;
        }
    }

    // The surrounding text determines the final sigma.
    private static void AppendOne(ref TextBuilder target, ReadOnlySpan<byte> text, int at, int used, int code, CaseMapping mapping)
    {
        if (code < 128)
        {
            target.AppendByte((byte)(mapping is CaseMapping.Upper or CaseMapping.Title ? char.ToUpperInvariant((char)code) : char.ToLowerInvariant((char)code)));
            return;
        }

        if (code == 0xfffd && used != 3)
        {
            target.Append(text.Slice(at, used));
            return;
        }

        if (mapping == CaseMapping.Lower && code == 0x3a3)
        {
            target.AppendRune(IsFinalSigma(text, at, used) ? 0x3c2 : 0x3c3);
            return;
        }

        var mapped = UnicodeData.Map(mapping, code);
        if (mapped.IsEmpty) target.AppendRune(code);
        foreach (var one in mapped) target.AppendRune(one);
    }

    /// <summary>True for a sigma at the end of a word: preceded but not followed by a cased character, skipping ignorable ones.</summary>
    /// <param name="at">Its offset.</param>
    /// <param name="used">Its size in bytes.</param>
    public static bool IsFinalSigma(ReadOnlySpan<byte> text, int at, int used)
    {
        var before = text[..at];
        var found = false;
        while (Rune.DecodeLastFromUtf8(before, out var rune, out var size) == OperationStatus.Done)
        {
            if (!UnicodeClass.IsCaseIgnorable(rune.Value))
            {
                found = UnicodeClass.IsCased(rune.Value);
                break;
            }

            before = before[..^size];
        }

        if (!found) return false;
        var after = text[(at + used)..];
        while (Rune.DecodeFromUtf8(after, out var rune, out var size) == OperationStatus.Done)
        {
            if (!UnicodeClass.IsCaseIgnorable(rune.Value)) return !UnicodeClass.IsCased(rune.Value);
            after = after[size..];
        }

        return true;
    }
}
