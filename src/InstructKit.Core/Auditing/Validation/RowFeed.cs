using System.Text.Unicode;
using InstructKit.Formats.Consumers;
using InstructKit.Sources;
using InstructKit.Sources.Files;
using InstructKit.Sources.Formats;

namespace InstructKit.Auditing.Validation;

/// <summary>The text of a row and its position in the file.</summary>
/// <param name="Line">One-based line (of binary formats the one-based row) on which the row begins.</param>
/// <param name="Indent">Zero-based column on that line at which its text begins.</param>
/// <param name="Offset">Bytes before it in the decompressed file.</param>
internal readonly record struct RowPlace(long Line, int Indent, long Offset);

/// <summary>Receives the rows of a file in order.</summary>
internal interface IRowTaker
{
    /// <summary>A row, which is any JSON; its bytes are valid UTF-8 and stay unchanged until the call returns.</summary>
    void Row(byte[] buffer, int start, int length, RowPlace place);

    /// <summary>A line of tab-separated fields, without its line feed.</summary>
    void Fields(byte[] buffer, int start, int length, RowPlace place) => throw new NotSupportedException();

    /// <summary>A line of only white space.</summary>
    void Blank(long line)
    {
    }

    /// <summary>An unreadable part; the column is zero-based and in bytes, -1 for the whole row.</summary>
    void Broken(string code, string message, long line, int column);

    /// <summary>The file begins with a byte-order mark.</summary>
    void ByteOrderMark()
    {
    }
}

/// <summary>How a file is split into rows.</summary>
internal enum RowForm
{
    /// <summary>One JSON text per line.</summary>
    Lines,

    /// <summary>One JSON document: an array of rows, or an object.</summary>
    Document,

    /// <summary>Tab-separated fields without quoting, one row per line.</summary>
    Fields,

    /// <summary>One text per line, which is a row with the single column <c>text</c>.</summary>
    Texts,

    /// <summary>As read by the format's reader: Parquet, CSV.</summary>
    Reader,
}

/// <summary>
/// Reads the rows of files, compressed or not, as JSON texts with positions. Memory is bounded by the longest row. JSON Lines are split here: a checker
/// needs only the text of a row, and nothing that a column reader prepares.
/// </summary>
/// <param name="limits">The longest row and others.</param>
internal sealed class RowFeed(SourceLimits limits)
{
    private const int ChunkBytes = 1 << 20;
    private const int SniffedBytes = 1 << 16;

    private readonly Utf8Output _row = new();

    private byte[] _buffer = new byte[ChunkBytes];

    /// <summary>How a file is split into rows: by its extension, and by its first bytes if it is JSON or has no extension.</summary>
    /// <exception cref="DiagnosticException">The file cannot be read.</exception>
    public RowForm FormOf(SourceFile file, bool isTabSeparated)
    {
        if (isTabSeparated) return RowForm.Fields;

        var format = FormatOf(file);
        if (format == SourceFormats.Lines) return RowForm.Texts;

        if (format is not null && format != SourceFormats.Json && format != SourceFormats.Jsonl) return RowForm.Reader;

        using var opener = new SourceOpener(Spec(SourceFormats.Json), [file]);
        using var stream = opener.Open(file);
        var first = new byte[SniffedBytes];
        var text = first.AsSpan(0, stream.ReadAtLeast(first, first.Length, throwOnEndOfStream: false));
        var trimmed = text.TrimStart(" \t\r\n"u8);
        if (trimmed.StartsWith("["u8)) return RowForm.Document;

        // A multi-line object is a document; one that ends on its line begins JSON Lines.
        var end = trimmed.IndexOf((byte)'\n');
        if (format != SourceFormats.Json || end < 0) return RowForm.Lines;

        var line = trimmed[..end].ToArray();
        return new JsonTape(limits).Read(line, 0, line.Length) ? RowForm.Lines : RowForm.Document;
    }

    /// <summary>Parses a file.</summary>
    /// <exception cref="DiagnosticException">The file cannot be read further; the rows before that were delivered.</exception>
    public void Read(SourceFile file, RowForm form, IRowTaker taker, CancellationToken cancel)
    {
        if (form is RowForm.Document or RowForm.Reader)
        {
            ReadBatches(file, form == RowForm.Document ? SourceFormats.Json : FormatOf(file)!, taker, cancel);
            return;
        }

        using var opener = new SourceOpener(Spec(SourceFormats.Lines), [file]);
        using var stream = opener.Open(file, out var start);
        if (start.Bytes > 0) taker.ByteOrderMark();
        ReadLines(stream, form, start.Bytes, taker, cancel);
    }

    /// <summary>Reads a stream of lines, decompressing gzip or Zstandard.</summary>
    /// <exception cref="DiagnosticException">It cannot be read further.</exception>
    public void Read(Stream input, string name, bool isTabSeparated, IRowTaker taker, CancellationToken cancel)
    {
        using var stream = new PrefixedStream(input, 512);
        using var unpacked = Unpack(stream, name);
        using var text = new PrefixedStream(unpacked, 512);
        var hasMark = text.Prefix.StartsWith("\uFEFF"u8);
        if (hasMark)
        {
            text.Skip(3);
            taker.ByteOrderMark();
        }

        ReadLines(text, isTabSeparated ? RowForm.Fields : RowForm.Lines, hasMark ? 3 : 0, taker, cancel);
    }

    private static SourceFormat? FormatOf(SourceFile file)
    {
        var extension = Path.GetExtension(ValidationInputs.Bare(file.Name)).ToLowerInvariant();
        return SourceFormats.All.FirstOrDefault(format => format.Extensions.Contains(extension));
    }

    private Stream Unpack(PrefixedStream stream, string name) =>
        UnpackedContent.IsPacked(stream.Prefix) ? new UnpackedContent(stream, UnpackedContent.IsGzip(stream.Prefix), name, new UnpackedBudget(limits)) : stream;

    private SourceSpec Spec(SourceFormat format) => new() { Format = format, Limits = limits };

    private void ReadLines(Stream stream, RowForm form, long origin, IRowTaker taker, CancellationToken cancel)
    {
        int used = 0, searched = 0;
        var line = 1L;
        var isEnd = false;
        while (!isEnd)
        {
            cancel.ThrowIfCancellationRequested();
            if (used == _buffer.Length) Array.Resize(ref _buffer, Math.Min(Array.MaxLength, 2 * used));

            var read = stream.Read(_buffer, used, _buffer.Length - used);
            isEnd = read == 0;
            used += read;
            var whole = isEnd ? used : searched + _buffer.AsSpan(searched, used - searched).LastIndexOf((byte)'\n') + 1;
            if (!isEnd && whole == searched)
            {
                searched = used;
                if (used > limits.MaxLineBytes)
                {
                    taker.Broken(SourceCodes.LimitExceeded, $"the line is longer than {limits.MaxLineBytes} bytes (--max-line-bytes); reading stops here", line, -1);
                    return;
                }

                continue;
            }

            var isValid = Utf8.IsValid(_buffer.AsSpan(0, whole));
            for (var start = 0; start < whole;)
            {
                var length = _buffer.AsSpan(start, whole - start).IndexOf((byte)'\n');
                var next = length < 0 ? whole : start + length + 1;
                if (length < 0) length = whole - start;
                Line(form, start, length, line, origin + start, isValid, taker);
                line++;
                start = next;
            }

            _buffer.AsSpan(whole, used - whole).CopyTo(_buffer);
            origin += whole;
            used -= whole;
            searched = 0;
        }
    }

    private void Line(RowForm form, int start, int length, long line, long offset, bool isValid, IRowTaker taker)
    {
        var text = _buffer.AsSpan(start, length);
        if (!isValid && Utf8Check.FirstBad(text) is >= 0 and var bad) taker.Broken(SourceCodes.InvalidEncoding, $"byte 0x{text[bad]:x2} is not valid UTF-8", line, bad);
        else if (form == RowForm.Texts) Text(text, line, offset, taker);
        else if (text.IsEmpty || (text[0] <= ' ' && !text.ContainsAnyExcept(form == RowForm.Fields ? "\r"u8 : " \t\r"u8))) taker.Blank(line);
        else if (form == RowForm.Fields) taker.Fields(_buffer, start, length, new RowPlace(line, 0, offset));
        else taker.Row(_buffer, start, length, new RowPlace(line, 0, offset));
    }

    // As `datasets` reads a text file (packaged_modules/text/text.py): blank lines are rows as well.
    private void Text(ReadOnlySpan<byte> text, long line, long offset, IRowTaker taker)
    {
        _row.Length = 0;
        _row.AppendRaw("{\"text\": \""u8);
        _row.JsonEscaped = true;
        _row.AppendText(text.TrimEnd((byte)'\r'));
        _row.JsonEscaped = false;
        _row.AppendRaw("\"}"u8);
        var written = _row.Written.ToArray();
        taker.Row(written, 0, written.Length, new RowPlace(line, 0, offset));
    }

    private void ReadBatches(SourceFile file, SourceFormat format, IRowTaker taker, CancellationToken cancel)
    {
        using var reader = RowReaders.Open(Spec(format), [new SourcePart(null, [file])], [SourceInput.WholeRecord]);
        using var batch = new RowBatch(1);
        while (reader.ReadChunk(batch))
        {
            cancel.ThrowIfCancellationRequested();
            reader.Parse(batch);
            var fault = 0;
            for (var row = 0; row < batch.Count; row++)
            {
                var place = batch.Place(row);
                if (batch.ErrorOf(row, ref fault) is { } error)
                {
                    taker.Broken(error.Code, error.Message, place.Line, error.Column);
                    continue;
                }

                // A document's own bytes have positions in the file; rows of other formats were converted to JSON.
                var isOwn = format == SourceFormats.Json && place.RawLength > 0;
                var cell = batch.Row(row)[0];
                var (start, length) = isOwn ? (place.RawOffset, place.RawLength) : cell.Kind == CellKind.Json ? (cell.Offset, cell.Length) : (0, 0);
                if (length > 0) taker.Row(batch.Buffer, start, length, new RowPlace(place.Line, isOwn ? place.Indent : 0, place.Offset));
                else taker.Broken(ConsumerCodes.NotAnObject, "the row is not an object", place.Line, -1);
            }
        }
    }
}
