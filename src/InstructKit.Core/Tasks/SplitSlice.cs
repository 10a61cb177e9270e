using System.Globalization;
using InstructKit.Diagnostics;

namespace InstructKit.Tasks;

/// <summary>
/// A slice of a source split as TensorFlow Datasets writes it: <c>train</c>, <c>train[:-200]</c>, <c>train[30000:30200]</c>. Bounds count
/// source rows from zero, before any filter; negative ones count from the end; an over-long slice is cut to what there is.
/// </summary>
/// <param name="Split">The source's split.</param>
/// <param name="Start">First row, or null for the beginning.</param>
/// <param name="End">Row behind the last, or null for the end.</param>
public sealed record SplitSlice(string Split, long? Start, long? End)
{
    /// <summary>True when the bounds need the number of rows.</summary>
    public bool NeedsCount => Start is < 0 || End is < 0;

    /// <summary>Reads the text form.</summary>
    /// <exception cref="DiagnosticException">IK2013.</exception>
    public static SplitSlice Parse(SourceText source)
    {
        var text = source.Text.Trim();
        var open = text.IndexOf('[', StringComparison.Ordinal);
        var name = open < 0 ? text : text[..open];
        if (IsName(name))
        {
            if (open < 0)
            {
                return new SplitSlice(name, null, null);
            }

            var bounds = text[(open + 1)..].Split(':');
            if (text.EndsWith(']') && bounds.Length == 2 && TryBound(bounds[0], out var start) && TryBound(bounds[1][..^1], out var end))
            {
                return new SplitSlice(name, start, end);
            }
        }

        throw new DiagnosticException(new Diagnostic(
            TaskCodes.BadSlice,
            Severity.Error,
            $"'{text}' is no slice of a split; write train, train[:-200] or train[30000:30200].",
            new SourceSpan(source, 0, source.Text.Length)));
    }

    /// <summary>The rows of the slice as a half-open range of ordinals, given how many rows the split has.</summary>
    /// <param name="count">Rows of the split; <see cref="long.MaxValue"/> will do when <see cref="NeedsCount"/> is false.</param>
    public (long From, long To) Resolve(long count)
    {
        var from = Absolute(Start ?? 0, count);
        var to = Absolute(End ?? count, count);
        return (from, Math.Max(from, to));
    }

    /// <inheritdoc/>
    public override string ToString() => Start is null && End is null
        ? Split
        : string.Create(CultureInfo.InvariantCulture, $"{Split}[{Start}:{End}]");

    private static long Absolute(long bound, long count) => Math.Clamp(bound < 0 ? count + bound : bound, 0, count);

    private static bool IsName(string name) => name.Length > 0 && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-' or '.');

    private static bool TryBound(string text, out long? bound)
    {
        bound = null;
        if (text.Trim().Length == 0)
        {
            return true;
        }

        if (!long.TryParse(text.Replace("_", string.Empty, StringComparison.Ordinal), NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var value))
        {
            return false;
        }

        bound = value;
        return true;
    }
}
