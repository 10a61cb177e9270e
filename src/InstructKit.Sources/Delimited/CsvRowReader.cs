using CsvHelper;
using InstructKit.Sources.Files;

namespace InstructKit.Sources.Delimited;

/// <summary>Reads comma-separated values through CsvHelper. The end of a record is only known by reading from the start, so all reading is done record by
/// record in <see cref="ReadChunk"/>; nothing remains for <see cref="Parse"/>.</summary>
internal sealed class CsvRowReader : FileRowReader
{
    private readonly DelimitedFormat _format;
    private int _file = -1;
    private CsvReader? _csv;
    private HeaderRow? _header;
    private Cell[] _fields = [];
    private bool _malformed;
    private EscapedQuoteStream? _rewritten;
    private SourceStart _start;
    private byte _delimiter;
    private int _rows;
    private long _surplusBefore;
    private int _surplus;

    public CsvRowReader(SourceInput input)
        : base(input) => _format = DelimitedFormat.Create(input.Spec);

    /// <summary>The header of the current file; null before the first chunk.</summary>
    public HeaderRow? Header => _header;

    private string FileName => Files[_file];

    private long LineNumber => _csv!.LineNumber + _start.Line - 1;

    private long HeaderLine => _format.HasHeader ? LineNumber : _start.Line;

    public override bool ReadChunk(RowBatch batch)
    {
        batch.Reset();
        while (_csv is not null || NextFile())
        {
            batch.File = _file;
            while (_csv is not null && batch.Used < Input.ChunkBytes && Advance())
            {
                if (_csv.RawRecord.Length > 0) Add(batch);
            }

            if (batch.Count > 0) return true;
        }

        return false;
    }

    public override void Parse(RowBatch batch)
    {
    }

    protected override void Dispose(bool disposing)
    {
        _csv?.Dispose();
        base.Dispose(disposing);
    }

    private bool NextFile()
    {
        if (_file + 1 >= Input.Files.Count) return false;

        var stream = Opener.Open(Input.Files[++_file], out _start);
        _delimiter = _format.DelimiterOf(_start, FileName);
        _rows = 0;
        _surplus = 0;
        _surplusBefore = 0;
        _csv = _format.Read(stream, _delimiter, Spec.Limits, Math.Clamp(Input.ChunkBytes, 256, 1 << 16), () => _malformed = true, out _rewritten);
        _header = null;
        var names = _format.Names;
        if (_format.HasHeader)
        {
            if (!Advance()) return true;

            names ??= HeaderNames();
        }

        _header = HeaderRow.Create(names!, Columns, FileName, HeaderLine, Spec.Limits);
        _fields = new Cell[_header.Names.Count];
        return true;
    }

    private bool Advance()
    {
        _malformed = false;
        try
        {
            if (_csv!.Read())
            {
                if (_csv.RawRecord.Length > Spec.Limits.MaxLineBytes) throw TooLong(null);

                _surplusBefore += _surplus;
                _surplus = Spec.Surplus(_csv.RawRecord);
                return true;
            }
        }
        catch (CsvFormatException failure)
        {
            throw TooLong(failure);
        }

        _csv.Dispose();
        _csv = null;
        return false;
    }

    private Diagnostics.DiagnosticException TooLong(CsvFormatException? failure) => SourceError.At(
        SourceCodes.LimitExceeded,
        FileName,
        Math.Max(1, (failure?.LineNumber ?? _csv!.LineNumber) + _start.Line - 1),
        0,
        string.Create(
            CultureInfo.InvariantCulture,
            $"the record that begins here is longer than {Spec.Limits.MaxLineBytes} bytes; a quote may be open, or raise --max-line-bytes"),
        failure);

    private List<string> HeaderNames()
    {
        var raw = _csv!.RawRecord;
        var bad = Utf8Check.FirstBad(raw);
        if (bad >= 0 && !Spec.Repairs.Repairs(InputRepairs.InvalidUtf8))
            throw SourceError.At(SourceCodes.InvalidEncoding, FileName, LineNumber, Utf8Check.Units(raw[..bad]), Utf8Check.Message(raw[bad]));

        if (_malformed && BrokenQuote(raw, out var broken) is { } message) throw SourceError.At(SourceCodes.BrokenQuoting, FileName, LineNumber, Utf8Check.Units(raw[..broken]), message);

        List<string> names = [];
        for (var i = 0; i < _csv.FieldCount; i++) names.Add(Encoding.UTF8.GetString(_csv.GetSpan(i)));

        return names;
    }

    private void Add(RowBatch batch)
    {
        var raw = _csv!.RawRecord;
        var at = batch.Append(raw);
        var row = batch.AddRow(new RowLocation(_file, LineNumber, at, raw.Length, Offset()));
        var bad = Utf8Check.FirstBad(raw);
        if (bad >= 0 && !Spec.Repairs.Repairs(InputRepairs.InvalidUtf8))
        {
            batch.AddFault(SourceCodes.InvalidEncoding, Utf8Check.Message(raw[bad]), bad);
            return;
        }

        if (bad >= 0) batch.AddRepair(InputRepairs.InvalidUtf8);

        if (_malformed && BrokenQuote(raw, out var broken) is { } message)
        {
            batch.AddFault(SourceCodes.BrokenQuoting, message, broken);
            return;
        }

        _rows++;
        if (_csv.FieldCount != _fields.Length)
        {
            if (_rows < HeaderRow.SampleLines && _format.HasHeader) RefuseLinesAbove();

            batch.AddFault(SourceCodes.RaggedRow, string.Create(CultureInfo.InvariantCulture, $"expected {_fields.Length} fields, found {_csv.FieldCount}"));
            return;
        }

        for (var i = 0; i < _fields.Length; i++)
        {
            if (_header!.IsWanted(i)) _fields[i] = Field(batch, at, i, isValid: bad < 0);
        }

        _header!.Fill(batch, row, _fields);
    }

    // An early row does not match the header, so the header may be further down. A second reader examines the first records.
    private void RefuseLinesAbove()
    {
        var sample = DelimitedSample.Read(Spec, Input.Files[_file], HeaderRow.SampleLines);
        if (HeaderRow.LinesAbove([.. sample.Records.Select(record => (record.Line, record.Fields.Count))], FileName) is { } error) throw error;
    }

    // Where the record begins in the file: the reader counts the bytes that it receives.
    private long Offset()
    {
        var at = _csv!.ByteOffset;
        return _start.Bytes + at - _surplusBefore + (_rewritten?.RemovedBefore(at) ?? 0);
    }

    // A field that needed no decoding is a slice of the raw record, which is already in the batch.
    private Cell Field(RowBatch batch, int rawStart, int index, bool isValid)
    {
        var text = _csv!.GetSpan(index);
        if (isValid && _csv.RawRecord.Overlaps(text, out var offset)) return new Cell(CellKind.Text, rawStart + offset, text.Length);

        var start = batch.Append(text);
        if (!isValid && !System.Text.Unicode.Utf8.IsValid(text)) start = Utf8Check.AppendReplaced(batch, start, text.Length);

        return new Cell(CellKind.Text, start, batch.Used - start);
    }

    // The quoting error of a record, and its position. An unclosed quote that has swallowed the rest of the file ends it: no next record is left to continue
    // with. On the last line it has swallowed nothing, and is a fault of that row only.
    private string? BrokenQuote(ReadOnlySpan<byte> raw, out int at)
    {
        at = -1;
        if (_format.Quote is not { } quote) return null;

        var open = CsvQuoting.Check(raw, _delimiter, quote, out at);
        if (open >= 0)
        {
            if (raw[open..].TrimEnd("\r\n"u8).IndexOfAny((byte)'\n', (byte)'\r') < 0)
            {
                at = open;
                return OpenQuote;
            }

            // LF, CRLF and CR end lines within quotes as well.
            var before = raw[..open];
            var lines = before.Count((byte)'\n') + before.Count((byte)'\r') - before.Count("\r\n"u8);
            var lineStart = before.LastIndexOfAny((byte)'\n', (byte)'\r') + 1;
            throw SourceError.At(SourceCodes.BrokenQuoting, FileName, LineNumber + lines, Utf8Check.Units(before[lineStart..]), OpenQuote);
        }

        return at >= 0 ? CsvQuoting.TextBehindQuote : null;
    }

    private const string OpenQuote = "the quote opened here is never closed";
}
