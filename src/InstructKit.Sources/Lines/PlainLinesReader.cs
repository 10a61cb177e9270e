using System.Text.RegularExpressions;

namespace InstructKit.Sources.Lines;

/// <summary>Reads plain text: every line that is not blank is a row, whole or split by a pattern.</summary>
internal sealed class PlainLinesReader : LineRowReader
{
    /// <summary>Name of the column that holds the whole line.</summary>
    public const string LineColumn = "line";

    private readonly PatternColumns? _pattern;

    /// <summary>The format; with <c>record:</c> it is read by <see cref="RecordLinesReader"/>.</summary>
    public static SourceFormat Format { get; } = new(
        "lines",
        input => input.Spec.Record is { Count: > 0 } record
            ? new RecordLinesReader(input, record)
            : new PlainLinesReader(input),
        input => input.Spec.Record is { Count: > 0 } record
            ? record.Where(name => name != RecordLinesReader.Skipped)
            : [LineColumn, .. PatternColumns.NamesOf(input.Spec, RegexOptions.None)])
    { Extensions = [".txt"], HasLines = true };

    public PlainLinesReader(SourceInput input)
        : base(input) => _pattern = input.Spec.Pattern is { } pattern ? new PatternColumns(pattern, RegexOptions.None, input.Columns) : null;

    protected override LineParser CreateParser(RowBatch batch) => new Parser(Columns, _pattern);

    private sealed class Parser(IReadOnlyList<string> columns, PatternColumns? pattern) : LineParser
    {
        public override void Line(RowBatch batch, in TextLine line)
        {
            if (line.Length == 0) return;

            var row = batch.AddRow(line.Place);
            if (RejectBadBytes(batch, line)) return;

            if (pattern is not null && !pattern.Fill(batch, row, line.Start, line.Length))
            {
                batch.AddFault(SourceCodes.PatternMismatch, "the line does not match the layout's pattern");
                return;
            }

            for (var i = 0; i < row.Length; i++)
            {
                if (row[i].Kind == CellKind.Missing && columns[i] is LineColumn) row[i] = new Cell(CellKind.Text, line.Start, line.Length);
            }
        }
    }
}

/// <summary>Splits a text with a regular expression; its named groups are columns.</summary>
internal sealed class PatternColumns
{
    private readonly Regex _regex;
    private readonly int[] _groups;

    /// <summary>Compiles the pattern. It cannot backtrack, so no text makes it slow.</summary>
    /// <exception cref="Diagnostics.DiagnosticException">It is not a regular expression that can be matched without backtracking.</exception>
    public PatternColumns(string pattern, RegexOptions options, IReadOnlyList<string> columns)
    {
        try
        {
            _regex = new Regex(pattern, options | RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception failure) when (failure is ArgumentException or NotSupportedException)
        {
            throw SourceError.InSpec($"`pattern:` cannot be used: {failure.Message}");
        }

        Names = [.. _regex.GetGroupNames().Where(name => !char.IsAsciiDigit(name[0]))];
        _groups = [.. columns.Select(column => Names.Contains(column, StringComparer.Ordinal) ? _regex.GroupNumberFromName(column) : -1)];
    }

    /// <summary>Names of the groups of a layout's pattern; none when it has no pattern.</summary>
    public static IReadOnlyList<string> NamesOf(SourceSpec spec, RegexOptions options) => spec.Pattern is { } pattern ? new PatternColumns(pattern, options, []).Names : [];

    /// <summary>Names of the groups, in pattern order.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Fills in the cells of the groups that took part in the match. False when the text does not match.</summary>
    public bool Fill(RowBatch batch, Span<Cell> row, int start, int length)
    {
        var text = Encoding.UTF8.GetString(batch.Buffer, start, length);
        var match = _regex.Match(text);
        if (!match.Success) return false;

        for (var i = 0; i < _groups.Length; i++)
        {
            if (_groups[i] >= 0 && match.Groups[_groups[i]] is { Success: true } group)
            {
                // A slice of valid UTF-16 between whole matches may still cut a pair; the lone half then becomes U+FFFD.
                var target = batch.Reserve(Encoding.UTF8.GetMaxByteCount(group.Length));
                var at = batch.Used;
                batch.Append(Encoding.UTF8.GetBytes(group.ValueSpan, target));
                row[i] = new Cell(CellKind.Text, at, batch.Used - at);
            }
        }

        return true;
    }
}
