using InstructKit.Sources.Files;
using InstructKit.Sources.Json;

namespace InstructKit.Sources.Lines;

/// <summary>Reads JSON Lines: every line that is not blank is a row, its top-level keys are the columns.</summary>
internal sealed class JsonLinesReader : LineRowReader
{
    private readonly RecordPath? _path;

    public static SourceFormat Format { get; } = new("jsonl", input => new JsonLinesReader(input), JsonColumns.Of)
    {
        Extensions = [".jsonl", ".ndjson"],
        RefusesWebPages = true,
        HasLines = true,
        Count = input => input.Spec.Records is null ? CountLines(input) : null,
    };

    public JsonLinesReader(SourceInput input)
        : base(input) => _path = input.Spec.Records is { } records ? RecordPath.Parse(records) : null;

    protected override int BeginFile(RowBatch batch)
    {
        var line = batch.Buffer.AsSpan(0, batch.Used);
        line = line[..(line.IndexOf((byte)'\n') is >= 0 and var end ? end : line.Length)].Trim(" \t\r"u8);
        return line.StartsWith("["u8) && !line.EndsWith("]"u8)
            ? throw SourceError.At(SourceCodes.UnexpectedType, Files[batch.File], batch.FirstLine, 0, "an array that spans several lines is not JSON Lines; set `format: json` in the layout")
            : 0;
    }

    protected override bool RepairsLines => _path is null;

    protected override LineParser CreateParser(RowBatch batch) => _path is null
        ? new Parser(Columns, Spec)
        : new PathParser(new RecordWalker(Spec, _path, Columns, isXml: false));

    private static long CountLines(SourceInput input)
    {
        using var opener = new SourceOpener(input.Spec, input.Files);
        using var cutter = new LineCutter(input, opener, input.Files);
        using var batch = new RowBatch(0);
        var rows = 0L;
        while (cutter.Read(batch))
        {
            var text = batch.Buffer.AsSpan(0, batch.Used);
            foreach (var line in text.Split((byte)'\n')) rows += text[line].ContainsAnyExcept(" \t\r"u8) ? 1 : 0;
        }

        return rows;
    }

    private sealed class PathParser(RecordWalker walker) : LineParser
    {
        public override void Line(RowBatch batch, in TextLine line)
        {
            if (batch.Buffer.AsSpan(line.Start, line.Length).ContainsAnyExcept(" \t\r"u8))
                walker.Walk(batch, line.Place.File, new JsonPiece(line.Start, line.Length, line.Place.Line, line.Place.Offset));
        }
    }

    private sealed class Parser : LineParser
    {
        private readonly JsonObjectParser _objects;
        private readonly JsonRules _rules;
        private readonly List<int> _whole = [];
        private readonly bool _anyValue = true;

        public Parser(IReadOnlyList<string> columns, SourceSpec spec)
        {
            _objects = new JsonObjectParser(columns, spec.Limits.MaxColumns);
            _rules = new JsonRules(spec);
            for (var i = 0; i < columns.Count; i++)
            {
                if (columns[i] is "row" or "root" or SourceInput.WholeRecord) _whole.Add(i);
                else _anyValue = false;
            }
        }

        public override void Line(RowBatch batch, in TextLine line)
        {
            // Room for texts whose escapes are rewritten, so that the buffer stays where it is; a huge line without any must not need double the memory.
            if (line.Length < 1 << 20 || batch.Buffer.AsSpan(line.Start, line.Length).Contains((byte)'\\')) batch.Reserve(line.Length);

            var text = batch.Buffer.AsSpan(line.Start, line.Length);
            var scanner = new JsonScanner(text, _rules);
            scanner.SkipSpace();
            if (scanner.AtEnd) return;

            var row = batch.AddRow(line.Place);
            if (RejectBadBytes(batch, line)) return;

            if (!Record(batch, line.Start, ref scanner, row))
            {
                row.Clear();
                batch.AddFault(scanner.ErrorCode, scanner.Error!, scanner.Position);
            }
            else if (scanner.Repaired != InputRepairs.None)
            {
                batch.AddRepair(scanner.Repaired);
            }
        }

        private bool Record(RowBatch batch, int offset, ref JsonScanner scanner, Span<Cell> row)
        {
            var start = scanner.Position;
            var (kind, canonical) = (CellKind.Json, true);
            int valueStart, length;
            if (scanner.Peek == '{')
            {
                if (!_objects.Parse(batch, offset, ref scanner, row)) return false;

                (valueStart, length) = (start, scanner.Position - start);
                canonical = !scanner.Repaired.HasFlag(InputRepairs.LoneSurrogates);
            }
            else
            {
                if (!scanner.Value(out kind, out valueStart, out length, out canonical, 0)) return false;

                if (!_anyValue)
                {
                    scanner.Position = start;
                    return scanner.Fail(kind == CellKind.Json ? "expected an object in braces; an array of records is read with `format: json`" : "expected an object in braces", SourceCodes.UnexpectedType);
                }
            }

            scanner.SkipSpace();
            if (!scanner.AtEnd) return scanner.Fail("expected the end of the line after the value");

            if (_whole.Count > 0)
            {
                // Last, because it may move the buffer that the scanner looks at.
                var whole = JsonObjectParser.CellOf(batch, kind, offset + valueStart, length, canonical);
                foreach (var column in _whole) row[column] = row[column].Kind == CellKind.Missing ? whole : row[column];
            }

            return true;
        }
    }
}
