namespace InstructKit.Tasks;

/// <summary>A slice of a source split as TensorFlow Datasets writes it: <c>train</c>, <c>train[:-200]</c>, <c>train[30000:30200]</c>, or a sum of several of
/// one split: <c>train[:100] + train[-100:]</c>. Bounds count source rows from zero, before any filter, in the order of the split (<see cref="RowOrder"/>);
/// negative ones count from the end; a slice that is too long is truncated.</summary>
/// <param name="Split">The source's split.</param>
/// <param name="Pieces">First row and one past the last row of each piece; null for the beginning and the end.</param>
public sealed record SplitSlice(string Split, IReadOnlyList<(long? Start, long? End)> Pieces)
{
    /// <summary>True when the slice is the whole split.</summary>
    public bool IsWhole => Pieces.Any(piece => piece is (null or 0, null));

    /// <summary>True when the bounds require the number of rows.</summary>
    public bool NeedsCount => Pieces.Any(piece => piece.Start is < 0 || piece.End is < 0);

    /// <summary>Parses the text form.</summary>
    /// <exception cref="DiagnosticException">IK2013.</exception>
    public static SplitSlice Parse(SourceText source)
    {
        string? split = null;
        List<(long? Start, long? End)> pieces = [];
        foreach (var term in source.Text.Split('+'))
        {
            if (!TryPiece(term.Trim(), out var name, out var piece) || (split is not null && split != name))
            {
                throw new DiagnosticException(new Diagnostic(
                    TaskCodes.BadSlice, Severity.Error,
                    $"'{source.Text}' is not a slice of a split; write train, train[:-200], train[30000:30200] or train[:100] + train[-100:].",
                    new SourceSpan(source, 0, source.Text.Length)));
            }

            split = name;
            pieces.Add(piece);
        }

        return new SplitSlice(split!, pieces);
    }

    /// <summary>The range of the split's name in the text form; empty if the text does not begin with one.</summary>
    public static SourceSpan NameIn(SourceText source)
    {
        var start = source.Text.Length - source.Text.TrimStart().Length;
        var end = start;
        while (end < source.Text.Length && IsNameLetter(source.Text[end])) end++;

        return new SourceSpan(source, start, end - start);
    }

    /// <summary>The rows of the slice as half-open ranges of ordinals, given the number of rows of the split.</summary>
    /// <param name="count">Rows of the split; may be <see cref="long.MaxValue"/> if <see cref="NeedsCount"/> is false.</param>
    public IReadOnlyList<(long From, long To)> Resolve(long count) =>
    [
        .. Pieces.Select(piece =>
        {
            var from = Absolute(piece.Start ?? 0, count);
            return (from, Math.Max(from, Absolute(piece.End ?? count, count)));
        }),
    ];

    /// <inheritdoc/>
    public override string ToString() => string.Join(" + ", Pieces.Select(piece => piece is (null, null)
        ? Split
        : string.Create(CultureInfo.InvariantCulture, $"{Split}[{piece.Start}:{piece.End}]")));

    private static long Absolute(long bound, long count) => Math.Clamp(bound < 0 ? count + bound : bound, 0, count);

    private static bool IsNameLetter(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-' or '.';

    private static bool TryPiece(string text, out string name, out (long? Start, long? End) piece)
    {
        piece = default;
        var open = text.IndexOf('[', StringComparison.Ordinal);
        name = open < 0 ? text : text[..open];
        if (name.Length == 0 || !name.All(IsNameLetter)) return false;

        if (open < 0) return true;

        var bounds = text[(open + 1)..].Split(':');
        if (!text.EndsWith(']') || bounds.Length != 2 || !TryBound(bounds[0], out var start) || !TryBound(bounds[1][..^1], out var end)) return false;

        piece = (start, end);
        return true;
    }

    private static bool TryBound(string text, out long? bound)
    {
        bound = null;
        if (text.Trim().Length == 0) return true;

        if (!long.TryParse(text.Trim().Replace("_", string.Empty, StringComparison.Ordinal), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
            return false;

        bound = value;
        return true;
    }
}
