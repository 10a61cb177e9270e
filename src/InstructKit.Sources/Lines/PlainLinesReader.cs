using System.Text.RegularExpressions;
using InstructKit.Cells;

namespace InstructKit.Sources.Lines;

/// <summary>Reads plain text: every line that is not blank is a row, whole or taken apart by a pattern.</summary>
internal sealed class PlainLinesReader : LineRowReader
{
    /// <summary>Name of the column that holds the whole line.</summary>
    public const string LineColumn = "line";

    private readonly PatternColumns? _pattern;

    public PlainLinesReader(SourceContext context, IReadOnlyList<SourceFile> files, IReadOnlyList<string> columns)
        : base(context, files, columns)
    {
        _pattern = context.Spec.Pattern is { } pattern ? new PatternColumns(pattern, RegexOptions.None, columns) : null;
    }

    /// <inheritdoc/>
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
