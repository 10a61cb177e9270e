using System.Text.Json;
using InstructKit.Lengths;
using InstructKit.Pipeline;
using InstructKit.Sources;
using InstructKit.Sources.Files;
using InstructKit.Sources.Formats;
using InstructKit.Sources.Json;

namespace InstructKit.Rendering;

/// <summary>Settings of <see cref="TokenFilter"/>.</summary>
public sealed record TokenRequest
{
    /// <summary>The tokenizer; every thread uses a fork.</summary>
    public required ITokenizer Tokenizer { get; init; }

    /// <summary>The field whose text is counted; null for the whole line, of any form.</summary>
    public string? Column { get; init; }

    /// <summary>True to also write the ids.</summary>
    public bool WritesIds { get; init; }

    /// <summary>Number of threads; the output does not depend on it.</summary>
    public int Jobs { get; init; } = 1;

    /// <summary>Limits on the input.</summary>
    public SourceLimits InputLimits { get; init; } = new();

    /// <summary>Which errors of the input are repaired instead of failing the row.</summary>
    public RepairChoices Repairs { get; init; }
}

/// <summary>Totals of a run.</summary>
/// <param name="Lines">Lines written.</param>
/// <param name="Failed">Number of error objects among them.</param>
/// <param name="Tokens">Tokens of all texts.</param>
/// <param name="TextBytes">Bytes of all texts, UTF-8.</param>
/// <param name="Repaired">Rows that were repaired.</param>
/// <param name="FirstErrors">The first failures, in input order.</param>
public sealed record TokenTotals(long Lines, long Failed, long Tokens, long TextBytes, RepairCounts Repaired, IReadOnlyList<Diagnostic> FirstErrors);

/// <summary>A tokenizer as a filter: JSON Lines in, one line with the number of tokens per row out, in order. Without a column every line of any text is a row,
/// including blank ones. Memory is bounded by the number of threads, not by the input.</summary>
public sealed class TokenFilter : IPassBody<TokenChunk>
{
    private readonly TokenRequest _request;
    private readonly string _inputName;
    private readonly Stream _output;
    private readonly RepairCounts _repairs = new();
    private readonly List<Diagnostic> _errors = [];
    private long _lines;
    private long _failed;
    private long _tokens;
    private long _textBytes;

    private TokenFilter(TokenRequest request, string inputName, Stream output)
    {
        _request = request;
        _inputName = inputName;
        _output = output;
    }

    /// <summary>Counts the tokens of all lines of a stream.</summary>
    /// <param name="request">What to do.</param>
    /// <param name="input">Lines, UTF-8.</param>
    /// <param name="inputName">Name of the input in messages.</param>
    /// <param name="output">Receives the lines; flushed after every block.</param>
    /// <param name="cancel">Stops between blocks.</param>
    /// <exception cref="DiagnosticException">A line is too long to be held (IK3012).</exception>
    /// <exception cref="IOException">Reading or writing failed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static TokenTotals Run(TokenRequest request, Stream input, string inputName, Stream output, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(output);
        using var reader = new LineBlockReader(input, inputName, request.InputLimits.MaxLineBytes);
        var filter = new TokenFilter(request, inputName, output);
        new RowPass<TokenChunk>(reader, filter, new PassOptions(request.Jobs, cancel, RenderFilter.StackBytes)).Run();
        return new TokenTotals(filter._lines, filter._failed, filter._tokens, filter._textBytes, filter._repairs, filter._errors);
    }

    /// <summary>Like <see cref="Run(TokenRequest, Stream, string, Stream, CancellationToken)"/>, from a file, which may be compressed or in an archive.</summary>
    /// <exception cref="DiagnosticException">As there, or the file cannot be read (IK30xx).</exception>
    public static TokenTotals RunFile(TokenRequest request, string path, Stream output, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var file = new SourceFile(path, path);
        using var opener = new SourceOpener(new SourceSpec { Format = SourceFormats.Jsonl, Limits = request.InputLimits }, [file]);
        using var input = opener.Open(file);
        return Run(request, input, path, output, cancel);
    }

    TokenChunk IPassBody<TokenChunk>.MakeChunk() => new();

    Func<TokenChunk, bool> IPassBody<TokenChunk>.MakeWorker(RowPass<TokenChunk> pass)
    {
        var worker = new LineTokenizer(_request, _inputName);
        return chunk =>
        {
            chunk.Begin();
            worker.Write(chunk);
            return true;
        };
    }

    bool IPassBody<TokenChunk>.Commit(TokenChunk chunk)
    {
        _output.Write(chunk.Output.Written);
        _output.Flush();
        _lines += chunk.Lines;
        _failed += chunk.Failed;
        _tokens += chunk.Tokens;
        _textBytes += chunk.TextBytes;
        _repairs.Add(chunk.Repairs);
        _errors.AddRange(chunk.Errors.Take(LineTokenizer.MaxErrors - _errors.Count));
        return true;
    }
}

/// <summary>A block of lines, counted.</summary>
internal sealed class TokenChunk : LineChunk
{
    public long Tokens { get; set; }

    public long TextBytes { get; set; }

    /// <summary>The first failures.</summary>
    public List<Diagnostic> Errors { get; } = [];

    public override void Begin()
    {
        base.Begin();
        Errors.Clear();
        (Tokens, TextBytes) = (0, 0);
    }
}

/// <summary>Writes the tokens of the lines of blocks. One per worker.</summary>
internal sealed class LineTokenizer
{
    /// <summary>Number of failures kept for display.</summary>
    public const int MaxErrors = 20;

    private readonly TokenRequest _request;
    private readonly string _inputName;
    private readonly ITokenizer _tokenizer;
    private readonly RowObjectReader? _rows;
    private readonly List<int> _ids = [];
    private byte[] _decoded = [];

    /// <summary>Creates a worker's part of a run.</summary>
    public LineTokenizer(TokenRequest request, string inputName)
    {
        _request = request;
        _inputName = inputName;
        _tokenizer = request.Tokenizer.Fork();
        _rows = request.Column is { } column ? new RowObjectReader([column], new RenderRequest { InputLimits = request.InputLimits, Repairs = request.Repairs }) : null;
    }

    /// <summary>Appends one line for every row of the block.</summary>
    public void Write(TokenChunk chunk)
    {
        foreach (var line in LineBlockReader.LinesOf(chunk.Batch))
        {
            var text = chunk.Batch.Buffer.AsSpan(line.Start, line.Length).TrimEnd((byte)'\r');
            if (_rows is null || text.ContainsAnyExcept(" \t"u8)) Write(chunk, line with { Length = text.Length });
        }
    }

    private void Write(TokenChunk chunk, RowLine line)
    {
        chunk.Lines++;
        try
        {
            WriteTokens(TextOf(chunk.Batch, line), chunk);
        }
        catch (DiagnosticException exception)
        {
            var diagnostic = exception.Diagnostics[0];
            if (diagnostic.Span is null)
                diagnostic = SourceError.At(diagnostic.Code, _inputName, line.Number, 0, diagnostic.Message).Diagnostics[0] with { Hint = diagnostic.Hint };

            ErrorObject.Write(diagnostic, line.Number, chunk.Output);
            chunk.Failed++;
            if (chunk.Errors.Count < MaxErrors) chunk.Errors.Add(diagnostic);
        }

        chunk.Repairs.Add(chunk.Batch.TakeRepair());
        chunk.Output.AppendRaw("\n"u8);
    }

    private void WriteTokens(ReadOnlySpan<byte> text, TokenChunk chunk)
    {
        var output = chunk.Output;
        _ids.Clear();
        if (_request.WritesIds) _tokenizer.Encode(text, _ids);
        var count = _request.WritesIds ? _ids.Count : _tokenizer.Count(text);
        chunk.Tokens += count;
        chunk.TextBytes += text.Length;
        output.AppendRaw("{\"tokens\": "u8);
        output.AppendInteger(count);
        if (_request.WritesIds)
        {
            output.AppendRaw(", \"ids\": ["u8);
            for (var i = 0; i < _ids.Count; i++)
            {
                if (i > 0) output.AppendRaw(", "u8);
                output.AppendInteger(_ids[i]);
            }

            output.AppendRaw("]"u8);
        }

        if (_tokenizer.IsApproximate) output.AppendRaw(", \"approximate\": true"u8);

        output.AppendRaw("}"u8);
    }

    private ReadOnlySpan<byte> TextOf(RowBatch batch, RowLine line)
    {
        if (Utf8Check.FirstBad(batch.Buffer.AsSpan(line.Start, line.Length)) is >= 0 and var bad)
        {
            if (!_request.Repairs.Repairs(InputRepairs.InvalidUtf8))
                throw Error(batch, line, SourceCodes.InvalidEncoding, Utf8Check.Message(batch.Buffer[line.Start + bad]), bad);

            var at = Utf8Check.AppendReplaced(batch, line.Start, line.Length);
            line = line with { Start = at, Length = batch.Used - at };
            batch.AddRepair(InputRepairs.InvalidUtf8);
        }

        if (_rows is null) return batch.Buffer.AsSpan(line.Start, line.Length);

        if (!_rows.TryRead(batch, line.Start, line.Length)) throw Error(batch, line, _rows.Fault.Code, _rows.Fault.Message, _rows.Fault.Column);

        var cell = _rows.Cells[0];
        var bytes = batch.Bytes(cell);
        if (cell.Kind == CellKind.Text) return bytes;

        if (cell.Kind != CellKind.EscapedText) throw NotText(batch, line, cell);

        if (_decoded.Length < bytes.Length) _decoded = new byte[2 * bytes.Length];

        return _decoded.AsSpan(0, JsonText.Decode(bytes, _decoded));
    }

    private DiagnosticException NotText(RowBatch batch, RowLine line, Cell cell)
    {
        if (cell.Kind != CellKind.Missing)
        {
            var found = System.Text.Encoding.UTF8.GetString(batch.Bytes(cell)[..Math.Min(40, cell.Length)]);
            return Error(batch, line, SourceCodes.UnexpectedType, $"the column '{_request.Column}' must hold a text, found {(found.Length == 0 ? cell.Kind.ToString() : found)}", Math.Max(0, cell.Offset - line.Start));
        }

        List<string> names = [];
        var reader = new Utf8JsonReader(batch.Buffer.AsSpan(line.Start, line.Length), new JsonReaderOptions { MaxDepth = _request.InputLimits.MaxJsonDepth + 1 });
        while (reader.Read())
        {
            if (reader is { TokenType: JsonTokenType.PropertyName, CurrentDepth: 1 }) names.Add(reader.GetString()!);
        }

        var error = Error(batch, line, SourceCodes.UnexpectedType, $"the row has no column '{_request.Column}'.", 0).Diagnostics[0];
        return new DiagnosticException(error with
        {
            Hint = NearestName.Hint(_request.Column!, names) ?? $"It has {string.Join(", ", names.Take(8).Select(name => $"'{name}'"))}.", // a missing column implies a column setting
        });
    }

    private DiagnosticException Error(RowBatch batch, RowLine line, string code, string message, int position) =>
        SourceError.At(code, _inputName, line.Number, Utf8Check.Units(batch.Buffer.AsSpan(line.Start, Math.Clamp(position, 0, line.Length))), message);
}
