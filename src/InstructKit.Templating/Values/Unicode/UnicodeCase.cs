using System.Buffers;
using System.Collections.Frozen;
using System.Runtime.InteropServices;
using System.Text;
using InstructKit.Templating.Rendering;

namespace InstructKit.Templating.Values.Unicode;

/// <summary>Case mapping as Python does it: full Unicode, no locale, the final sigma looked for.</summary>
internal static class UnicodeCase
{
    private static readonly FrozenDictionary<int, string> UpperLong = UnicodeCaseMaps.ToUpperLong.ToFrozenDictionary();
    private static readonly FrozenDictionary<int, string> LowerLong = UnicodeCaseMaps.ToLowerLong.ToFrozenDictionary();
    private static readonly FrozenDictionary<int, string> TitleLong = UnicodeCaseMaps.ToTitleLong.ToFrozenDictionary();
    private static readonly FrozenDictionary<int, string> FoldLong = UnicodeCaseMaps.FoldLong.ToFrozenDictionary();

    public enum Mapping
    {
        Upper,
        Lower,
        Title,
        Fold,
    }

    /// <summary>Maps a whole text.</summary>
    public static Value Map(RenderContext context, ReadOnlySpan<byte> text, Mapping mapping)
    {
        if (Ascii.IsValid(text))
        {
            var target = context.ReserveText(text.Length);
            var upper = mapping is Mapping.Upper or Mapping.Title;
            if ((upper ? Ascii.ToUpper(text, target, out _) : Ascii.ToLower(text, target, out _)) != OperationStatus.Done)
                throw new System.Diagnostics.UnreachableException();

            return context.CommitText(text.Length);
        }

        var writer = new TextBuilder(context, text.Length + 16);
        for (var at = 0; at < text.Length;)
        {
            Rune.DecodeFromUtf8(text[at..], out var rune, out var used);
            AppendOne(ref writer, text, at, used, rune.Value, mapping);
            at += used;
        }

        return writer.Finish();
    }

    /// <summary>Appends one character of a text, mapped; the text around it decides about the final sigma.</summary>
    public static void AppendOne(ref TextBuilder target, ReadOnlySpan<byte> text, int at, int used, int code, Mapping mapping)
    {
        if (code < 128)
        {
            target.AppendByte((byte)(mapping is Mapping.Upper or Mapping.Title ? char.ToUpperInvariant((char)code) : char.ToLowerInvariant((char)code)));
            return;
        }

        if (code == 0xfffd && used != 3)
        {
            target.Append(text.Slice(at, used));
            return;
        }

        if (mapping == Mapping.Lower && code == 0x3a3)
        {
            target.AppendRune(IsFinalSigma(text, at, used) ? 0x3c2 : 0x3c3);
            return;
        }

        switch (mapping)
        {
            case Mapping.Upper: Append(ref target, code, UnicodeCaseMaps.ToUpperRuns, UpperLong); break;
            case Mapping.Title: Append(ref target, code, UnicodeCaseMaps.ToTitleRuns, TitleLong); break;
            case Mapping.Lower: Append(ref target, code, UnicodeCaseMaps.ToLowerRuns, LowerLong); break;
            default:
                if (FoldLong.TryGetValue(code, out var folded)) target.Append(folded);
                else if (TryFind(UnicodeCaseMaps.FoldRuns, code, out var single)) target.AppendRune(single);
                else Append(ref target, code, UnicodeCaseMaps.ToLowerRuns, LowerLong);
                break;
        }
    }

    private static void Append(ref TextBuilder target, int code, ReadOnlySpan<int> runs, FrozenDictionary<int, string> longer)
    {
        if (TryFind(runs, code, out var single)) target.AppendRune(single);
        else if (code >= 128 && longer.TryGetValue(code, out var text)) target.Append(text);
        else target.AppendRune(code);
    }

    private static bool TryFind(ReadOnlySpan<int> runs, int code, out int mapped)
    {
        var entries = MemoryMarshal.Cast<int, Run>(runs);
        var low = 0;
        var high = entries.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) >> 1;
            var run = entries[middle];
            if (code < run.First) high = middle - 1;
            else if (code > run.First + ((run.Count - 1) * run.Stride)) low = middle + 1;
            else if ((code - run.First) % run.Stride != 0) return TryNeighbours(entries, middle, code, out mapped);
            else
            {
                mapped = code + run.Distance;
                return true;
            }
        }

        mapped = code;
        return false;
    }

    /// <summary>Runs with a stride may enclose the members of the run beside them.</summary>
    private static bool TryNeighbours(ReadOnlySpan<Run> entries, int middle, int code, out int mapped)
    {
        for (var i = Math.Max(0, middle - 2); i < Math.Min(entries.Length, middle + 3); i++)
        {
            var run = entries[i];
            if (code >= run.First && code <= run.First + ((run.Count - 1) * run.Stride) && (code - run.First) % run.Stride == 0)
            {
                mapped = code + run.Distance;
                return true;
            }
        }

        mapped = code;
        return false;
    }

    private static bool IsFinalSigma(ReadOnlySpan<byte> text, int at, int used)
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

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Run(int first, int count, int stride, int distance)
    {
        public readonly int First = first;
        public readonly int Count = count;
        public readonly int Stride = stride;
        public readonly int Distance = distance;
    }
}
