namespace InstructKit.Sources.Lines;

/// <summary>Reads records of several consecutive lines. Blank lines between records are skipped; one inside a record truncates it, which is a fault,
/// unless the layout skips that line.</summary>
internal sealed class RecordLinesReader : LineRowReader
{
    public const string Skipped = "_";

    private readonly string[] _names;
    private readonly int[] _columns;

    public RecordLinesReader(SourceInput input, IReadOnlyList<string> record)
        : base(input, (text, isEnd) => EndOfRecords(record, text, isEnd))
    {
        _names = [.. record];
        _columns = [.. record.Select(name => name == Skipped ? -1 : ColumnNames.IndexOf(input.Columns, name))];
    }

    protected override LineParser CreateParser(RowBatch batch) => new Parser(_names, _columns);

    private static int EndOfRecords(IReadOnlyList<string> record, ReadOnlySpan<byte> text, bool isEnd)
    {
        if (isEnd) return text.Length;

        int border = 0, position = 0, taken = 0;
        while (text[position..].IndexOf((byte)'\n') is >= 0 and var length)
        {
            var isBlank = length == 0 || (length == 1 && text[position] == '\r');
            position += length + 1;
            taken = NextLine(record, taken, isBlank);
            border = taken == 0 ? position : border;
        }

        return border;
    }

    /// <summary>How many lines of the record have been read after this line; zero when the record is complete or truncated.</summary>
    private static int NextLine(IReadOnlyList<string> record, int taken, bool isBlank)
    {
        if (isBlank && (taken == 0 || record[taken] != Skipped)) return 0;

        return taken + 1 == record.Count ? 0 : taken + 1;
    }

    private sealed class Parser(string[] names, int[] columns) : LineParser
    {
        private readonly TextLine[] _lines = new TextLine[names.Length];
        private int _taken;

        public override void Line(RowBatch batch, in TextLine line)
        {
            var isBlank = line.Length == 0;
            if (isBlank && (_taken == 0 || names[_taken] != Skipped))
            {
                End(batch);
                return;
            }

            _lines[_taken++] = line;
            if (_taken == names.Length) End(batch);
        }

        public override void End(RowBatch batch)
        {
            var count = _taken;
            _taken = 0;
            if (count == 0) return;

            var first = _lines[0].Place;
            var last = _lines[count - 1].Place;
            var row = batch.AddRow(first with { RawLength = last.RawOffset + last.RawLength - first.RawOffset });
            if (count < names.Length && !RestIsSkipped(count))
            {
                batch.AddFault(
                    SourceCodes.IncompleteRecord,
                    string.Create(CultureInfo.InvariantCulture, $"the record has {count} lines, expected {names.Length} ({string.Join(", ", names)})"));
                return;
            }

            for (var i = 0; i < count; i++)
            {
                if (RejectBadBytes(batch, _lines[i]))
                {
                    row.Clear();
                    return;
                }

                if (columns[i] >= 0) row[columns[i]] = new Cell(CellKind.Text, _lines[i].Start, _lines[i].Length);
            }
        }

        private bool RestIsSkipped(int count) => names.AsSpan(count).IndexOfAnyExcept(Skipped) < 0;
    }
}
