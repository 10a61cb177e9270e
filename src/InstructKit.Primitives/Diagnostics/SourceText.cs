namespace InstructKit.Diagnostics;

/// <summary>A text with a name, that maps an offset to its line and column. A template inside a YAML file is a text of its own whose positions
/// are reported in the YAML file: see <see cref="Embedded"/>.</summary>
public sealed class SourceText
{
    private int[]? _lineStarts;
    private readonly Func<LinePosition, LinePosition>? _toFile;

    private SourceText(string name, string text, Func<LinePosition, LinePosition>? toFile, SourceText? host)
    {
        Name = name;
        Text = text;
        Host = host;
        _toFile = toFile;
    }

    // Computed when a position is first requested, which for most texts is never.
    private int[] LineStarts => _lineStarts ??= FindLines(Text);

    /// <summary>File path or another name, shown before positions.</summary>
    public string Name { get; }

    /// <summary>The whole text.</summary>
    public string Text { get; }

    /// <summary>The file that this text was cut out of, when available.</summary>
    public SourceText? Host { get; }

    /// <summary>Number of lines; an empty text has one.</summary>
    public int LineCount => LineStarts.Length;

    /// <summary>Creates a text that is a file (or represents one).</summary>
    public static SourceText FromText(string name, string text) => new(name, text, null, null);

    /// <summary>Creates a text cut out of a file; <paramref name="toFile"/> turns its own positions into those of the file.</summary>
    public static SourceText Embedded(string name, string text, Func<LinePosition, LinePosition> toFile, SourceText? host = null) => new(name, text, toFile, host);

    /// <summary>Position of an offset in this text.</summary>
    public LinePosition PositionAt(int offset)
    {
        var i = Array.BinarySearch(LineStarts, offset);
        var line = i >= 0 ? i : ~i - 1;
        return new LinePosition(line, offset - LineStarts[line]);
    }

    /// <summary>Position of an offset in the file that the user edits.</summary>
    public LinePosition PositionInFile(int offset)
    {
        var position = PositionAt(offset);
        return _toFile is null ? position : _toFile(position);
    }

    /// <summary>The text of a zero-based line, without its line end.</summary>
    public string LineAt(int line)
    {
        var start = LineStarts[line];
        var end = line + 1 < LineStarts.Length ? LineStarts[line + 1] - 1 : Text.Length;
        return Text[start..end].TrimEnd('\r');
    }

    private static int[] FindLines(string text)
    {
        List<int> starts = [0];
        for (var i = text.IndexOf('\n', StringComparison.Ordinal); i >= 0; i = text.IndexOf('\n', i + 1)) starts.Add(i + 1);

        return [.. starts];
    }
}

/// <summary>A slice of a <see cref="SourceText"/>: offset and length in UTF-16 units of <see cref="SourceText.Text"/>.</summary>
/// <param name="Source">The text that the slice belongs to.</param>
/// <param name="Offset">Zero-based start.</param>
/// <param name="Length">Length; zero marks a point, such as the end of the text.</param>
public readonly record struct SourceSpan(SourceText Source, int Offset, int Length)
{
    /// <summary>Where the slice begins, in the file that the user edits.</summary>
    public LinePosition Start => Source.PositionInFile(Offset);

    /// <summary>The text of the slice.</summary>
    public string Text => Source.Text.Substring(Offset, Length);
}

/// <summary>A position in a text: zero-based line and column (column in UTF-16 units). One-based only as printed by <see cref="ToString"/>.</summary>
/// <param name="Line">Zero-based line.</param>
/// <param name="Column">Zero-based column.</param>
public readonly record struct LinePosition(int Line, int Column)
{
    /// <summary>One-based <c>line:column</c>, as editors count.</summary>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Line + 1}:{Column + 1}");
}
