using InstructKit.Pipeline;
using InstructKit.Sources;
using InstructKit.Sources.Files;

namespace InstructKit.Rendering;

/// <summary>Splits a stream into blocks of whole lines. A pause of the sender ends a block, so that the other end of a pipe gets its output.</summary>
internal sealed class LineBlockReader(Stream stream, string name, int maxLineBytes) : RowReader
{
    private const int BlockBytes = 1 << 20;

    private byte[] _carry = [];
    private int _carried;
    private long _line = 1;
    private bool _begun;
    private bool _ended;

    public override IReadOnlyList<string> Files { get; } = [name];

    public override IReadOnlyList<string> Columns => [];

    /// <summary>Resets the batch and fills it with lines; <see cref="RowBatch.Tag"/> is where the first begins. False at the end.</summary>
    /// <exception cref="DiagnosticException">A line is too long (IK3012).</exception>
    public override bool ReadChunk(RowBatch batch)
    {
        batch.Reset();
        batch.Append(_carry.AsSpan(0, _carried));
        _carried = 0;
        var whole = Fill(batch);
        if (batch.Used == 0) return false;

        var rest = batch.Used - whole;
        if (_carry.Length < rest) _carry = new byte[Math.Max(rest, 2 * _carry.Length)];

        batch.Buffer.AsSpan(whole, rest).CopyTo(_carry);
        _carried = rest;
        batch.Used = whole;
        if (!_begun) ContentSniffer.RefuseForLines(batch.Buffer.AsSpan(0, batch.Used), name);

        batch.Tag = !_begun && batch.Buffer.AsSpan(0, whole).StartsWith("\uFEFF"u8) ? 3 : 0;
        _begun = true;
        batch.FirstLine = _line;
        _line += batch.Buffer.AsSpan(0, whole).Count((byte)'\n');
        return true;
    }

    /// <summary>Lines are parsed by the renderer, which knows the fields it needs.</summary>
    public override void Parse(RowBatch batch)
    {
    }

    /// <summary>The lines of a batch that was filled, without their line feeds. What was rewritten behind them for a line goes with the next one.</summary>
    public static IEnumerable<RowLine> LinesOf(RowBatch batch)
    {
        var (start, end) = ((int)batch.Tag, batch.Used);
        for (var number = batch.FirstLine; start < end; number++)
        {
            var length = batch.Buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
            yield return new RowLine(start, length < 0 ? end - start : length, number);
            batch.Used = end;
            start = length < 0 ? end : start + length + 1;
        }
    }

    // Reads until there is a whole line and either enough or a pause; returns where the last whole line ends.
    private int Fill(RowBatch batch)
    {
        var searched = 0;
        while (true)
        {
            var wanted = Math.Max(BlockBytes - batch.Used, BlockBytes / 4);
            var read = _ended ? 0 : stream.Read(batch.Reserve(wanted)[..wanted]);
            if (read == 0)
            {
                _ended = true;
                return batch.Used;
            }

            batch.Append(read);
            var end = batch.Buffer.AsSpan(searched, batch.Used - searched).LastIndexOf((byte)'\n');
            if (end >= 0 && (read < wanted || batch.Used >= BlockBytes)) return searched + end + 1;

            if (end < 0) searched = batch.Used;

            if (end < 0 && batch.Used > maxLineBytes)
            {
                throw SourceError.At(
                    SourceCodes.LimitExceeded, name, _line, 0, string.Create(CultureInfo.InvariantCulture, $"the line is longer than {maxLineBytes} bytes; raise --max-line-bytes if that is right"));
            }
        }
    }
}

/// <summary>One line of a block.</summary>
/// <param name="Start">Where it begins in the batch's buffer.</param>
/// <param name="Length">Bytes, without the line end.</param>
/// <param name="Number">One-based number in the input.</param>
internal readonly record struct RowLine(int Start, int Length, long Number);

/// <summary>A block of lines and its output.</summary>
internal abstract class LineChunk() : RowChunk(0)
{
    /// <summary>The lines to write.</summary>
    public Utf8Output Output { get; } = new(1 << 16) { JsonEscaped = true };

    /// <summary>Lines written.</summary>
    public long Lines { get; set; }

    /// <summary>Lines that are error objects.</summary>
    public long Failed { get; set; }

    /// <summary>Rows that were repaired.</summary>
    public RepairCounts Repairs { get; private set; } = new();

    /// <summary>Empties it.</summary>
    public virtual void Begin()
    {
        Output.Length = 0;
        (Lines, Failed, Repairs) = (0, 0, new RepairCounts());
    }
}
