using InstructKit.Rows;
using InstructKit.Templating;

namespace InstructKit.Sources;

/// <summary>Reads JSON Lines: every line that is not blank is a row, its top-level keys are the columns.</summary>
internal sealed class JsonLinesReader : LineRowReader
{
    private readonly RecordPath? _path;

    public JsonLinesReader(SourceContext context, IReadOnlyList<SourceFile> files, IReadOnlyList<string> columns)
        : base(context, files, columns) => _path = context.Spec.Records is { } records ? RecordPath.Parse(records) : null;

    /// <inheritdoc/>
    protected override LineParser CreateParser(RowBatch batch) => _path is null
        ? new Parser(Columns, Context.Spec.Limits)
        : new PathParser(new RecordWalker(Context.Spec, _path, Columns, isXml: false));

    private sealed class PathParser(RecordWalker walker) : LineParser
    {
        public override void Line(RowBatch batch, in TextLine line)
        {
            if (batch.Buffer.AsSpan(line.Start, line.Length).ContainsAnyExcept(" \t\r"u8))
            {
                walker.Walk(batch, line.Place.File, line.Start, new UnitFrame(0, line.Place.Line, 0, -1, -1, line.Length), 0);
            }
        }
    }

    private sealed class Parser : LineParser
    {
        private readonly JsonObjectParser _objects;
        private readonly int _maxDepth;
        private readonly List<int> _whole = [];
        private readonly bool _anyValue = true;

        public Parser(IReadOnlyList<string> columns, SourceLimits limits)
        {
            _objects = new JsonObjectParser(columns, limits.MaxColumns);
            _maxDepth = limits.MaxJsonDepth;
            for (var i = 0; i < columns.Count; i++)
            {
                if (columns[i] is "row" or "root")
                {
                    _whole.Add(i);
                }
                else
                {
                    _anyValue = false;
                }
            }
        }

        public override void Line(RowBatch batch, in TextLine line)
        {
            // Room for texts whose escapes are rewritten, so that the buffer stays where it is; a huge line that has none is not paid for twice.
            if (line.Length < 1 << 20 || batch.Buffer.AsSpan(line.Start, line.Length).Contains((byte)'\\'))
            {
                batch.Reserve(line.Length);
            }

            var text = batch.Buffer.AsSpan(line.Start, line.Length);
            var scanner = new JsonScanner(text, _maxDepth);
            scanner.SkipSpace();
            if (scanner.AtEnd)
            {
                return;
            }

            var row = batch.AddRow(line.Place);
            if (RejectBadBytes(batch, line))
            {
                return;
            }

            if (!Record(batch, line.Start, ref scanner, row, out var code))
            {
                row.Clear();
                batch.AddFault(code, scanner.Error!, scanner.Position);
            }
        }

        private bool Record(RowBatch batch, int offset, ref JsonScanner scanner, Span<Cell> row, out string code)
        {
            var start = scanner.Position;
            Cell whole;
            if (scanner.Peek == '{')
            {
                var parsed = _objects.Parse(batch, offset, ref scanner, row);
                code = _objects.ErrorCode;
                if (!parsed)
                {
                    return false;
                }

                whole = new Cell(CellKind.Json, offset + start, scanner.Position - start);
            }
            else
            {
                var parsed = scanner.Value(out var kind, out var valueStart, out var length, out var canonical, 0);
                code = scanner.TooDeep ? SourceCodes.LimitExceeded : SourceCodes.InvalidJson;
                if (!parsed)
                {
                    return false;
                }

                if (!_anyValue)
                {
                    code = SourceCodes.UnexpectedType;
                    scanner.Position = start;
                    return scanner.Fail("expected an object in braces");
                }

                whole = JsonObjectParser.CellOf(batch, kind, offset + valueStart, length, canonical);
            }

            scanner.SkipSpace();
            if (!scanner.AtEnd)
            {
                return scanner.Fail("expected the end of the line behind the value");
            }

            foreach (var column in _whole)
            {
                row[column] = row[column].Kind == CellKind.Missing ? whole : row[column];
            }

            return true;
        }
    }
}
