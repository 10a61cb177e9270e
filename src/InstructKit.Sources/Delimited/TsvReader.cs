using InstructKit.Sources.Lines;

namespace InstructKit.Sources.Delimited;

/// <summary>Reads delimited lines without any quoting: a quote is data, a line end always ends the row.</summary>
internal sealed class TsvReader : LineRowReader
{
    private const int MaxSample = 1 << 16;

    private readonly DelimitedFormat _format;
    private readonly HeaderRow?[] _headers;
    private readonly byte[] _delimiters;

    public TsvReader(SourceInput input)
        : base(input)
    {
        _format = DelimitedFormat.Create(input.Spec);
        _headers = new HeaderRow?[input.Files.Count];
        _delimiters = new byte[input.Files.Count];
    }

    public HeaderRow? Header(int file) => _headers[file];

    protected override int BeginFile(RowBatch batch)
    {
        var names = _format.Names;
        var rows = 0;
        var line = batch.FirstLine;
        var delimiter = _format.DelimiterOf(Start, Input.Files[batch.File].Name);
        if (_format.HasHeader)
        {
            var text = batch.Buffer.AsSpan(0, batch.Used);
            var end = text.IndexOf((byte)'\n');
            rows = end < 0 ? text.Length : end + 1;
            batch.FirstLine++;
            RefuseLinesAbove(text, line, delimiter, Input.Files[batch.File]);
            names ??= Names(end < 0 ? text : text[..end], line, delimiter, Input.Files[batch.File].Name);
        }

        _delimiters[batch.File] = delimiter;
        _headers[batch.File] = HeaderRow.Create(names!, Columns, Input.Files[batch.File].Name, line, Spec.Limits);
        return rows;
    }

    protected override LineParser CreateParser(RowBatch batch) => new Parser(_headers[batch.File]!, _delimiters[batch.File]);

    // A small chunk may have too few lines.
    private void RefuseLinesAbove(ReadOnlySpan<byte> text, long line, byte delimiter, SourceFile file)
    {
        var lines = Sample(text, line, delimiter);
        if (lines.Count < HeaderRow.SampleLines && !EndsFile)
        {
            using var stream = Opener.Open(file);
            var more = new byte[MaxSample];
            lines = Sample(more.AsSpan(0, stream.ReadAtLeast(more, more.Length, throwOnEndOfStream: false)), line, delimiter);
        }

        if (HeaderRow.LinesAbove(lines, file.Name) is { } error) throw error;
    }

    private static List<(long Line, int Fields)> Sample(ReadOnlySpan<byte> text, long line, byte delimiter)
    {
        List<(long Line, int Fields)> lines = [];
        for (; !text.IsEmpty && lines.Count < HeaderRow.SampleLines; line++)
        {
            var end = text.IndexOf((byte)'\n');
            var one = (end < 0 ? text : text[..end]).TrimEnd((byte)'\r');
            if (!one.IsEmpty) lines.Add((line, one.Count(delimiter) + 1));

            text = end < 0 ? default : text[(end + 1)..];
        }

        return lines;
    }

    private List<string> Names(ReadOnlySpan<byte> line, long number, byte delimiter, string file)
    {
        line = line.EndsWith("\r"u8) ? line[..^1] : line;
        var bad = Utf8Check.FirstBad(line);
        if (bad >= 0 && !Spec.Repairs.Repairs(InputRepairs.InvalidUtf8))
            throw SourceError.At(SourceCodes.InvalidEncoding, file, number, Utf8Check.Units(line[..bad]), Utf8Check.Message(line[bad]));

        List<string> names = [];
        foreach (var range in line.Split(delimiter)) names.Add(Encoding.UTF8.GetString(line[range]));

        return names;
    }

    private sealed class Parser(HeaderRow header, byte delimiter) : LineParser
    {
        private readonly Cell[] _fields = new Cell[header.Names.Count];

        public override void Line(RowBatch batch, in TextLine line)
        {
            if (line.Length == 0) return;

            var row = batch.AddRow(line.Place);
            if (RejectBadBytes(batch, line)) return;

            var count = Split(batch.Buffer.AsSpan(line.Start, line.Length), line.Start);
            if (count != _fields.Length)
            {
                batch.AddFault(SourceCodes.RaggedRow, string.Create(CultureInfo.InvariantCulture, $"expected {_fields.Length} fields, found {count}"));
                return;
            }

            header.Fill(batch, row, _fields);
        }

        private int Split(ReadOnlySpan<byte> text, int offset)
        {
            var count = 0;
            while (true)
            {
                var length = text.IndexOf(delimiter);
                if (count < _fields.Length) _fields[count] = new Cell(CellKind.Text, offset, length < 0 ? text.Length : length);

                count++;
                if (length < 0) return count;

                text = text[(length + 1)..];
                offset += length + 1;
            }
        }
    }
}
