using System.Text.Unicode;
using InstructKit.Sources.Files;

namespace InstructKit.Sources.Lines;

/// <summary>Base of the readers whose records are lines: chunks are cut sequentially and parsed in parallel.</summary>
internal abstract class LineRowReader : FileRowReader
{
    private readonly LineCutter _cutter;

    /// <summary>Creates a reader.</summary>
    /// <param name="endOfRecords">Like <see cref="LineCutter.EndOfRecords"/>, for records of several lines.</param>
    protected LineRowReader(SourceInput input, Func<ReadOnlySpan<byte>, bool, int>? endOfRecords = null)
        : base(input) => _cutter = new LineCutter(input, Opener, input.Files) { EndOfRecords = endOfRecords ?? LineCutter.EndOfLines };

    /// <summary>Where the lines of the current file begin.</summary>
    protected SourceStart Start => _cutter.Start;

    /// <summary>True when the last chunk ends its file.</summary>
    protected bool EndsFile => _cutter.EndsFile;

    /// <summary>False when the parser replaces bad bytes itself.</summary>
    protected virtual bool RepairsLines => true;

    public sealed override bool ReadChunk(RowBatch batch)
    {
        while (_cutter.Read(batch))
        {
            if (!_cutter.BeginsFile) return true;

            batch.Tag = BeginFile(batch);
            if (batch.Tag < batch.Used) return true;
        }

        return false;
    }

    public sealed override void Parse(RowBatch batch)
    {
        var parser = CreateParser(batch);
        var position = (int)batch.Tag;
        var end = batch.Used;
        var isValid = Utf8.IsValid(batch.Buffer.AsSpan(position, end - position));
        var origin = batch.Origin - Spec.Surplus(batch.Buffer.AsSpan(0, position));
        for (var line = batch.FirstLine; position < end; line++)
        {
            var rest = batch.Buffer.AsSpan(position, end - position);
            var length = rest.IndexOf((byte)'\n');
            var next = length < 0 ? end : position + length + 1;
            if (length < 0) length = rest.Length;
            else if (length > 0 && rest[length - 1] == '\r') length--;

            var place = new RowLocation(batch.File, line, position, length, origin + position);
            parser.Line(batch, isValid ? new TextLine(position, length, place, -1) : Checked(batch, position, length, place));
            if (Spec.SingleByte is not null) origin -= Spec.Surplus(batch.Buffer.AsSpan(position, next - position));

            position = next;
        }

        parser.End(batch);
    }

    /// <summary>Called with the first chunk of a file; returns how many of its bytes are not rows, and sets <see cref="RowBatch.FirstLine"/> accordingly.</summary>
    protected virtual int BeginFile(RowBatch batch) => 0;

    /// <summary>Creates the parser for one chunk. Called by several threads.</summary>
    protected abstract LineParser CreateParser(RowBatch batch);

    protected override void Dispose(bool disposing)
    {
        _cutter.Dispose();
        base.Dispose(disposing);
    }

    private TextLine Checked(RowBatch batch, int start, int length, RowLocation place)
    {
        var bad = Utf8Check.FirstBad(batch.Buffer.AsSpan(start, length));
        if (bad < 0 || !RepairsLines || !Spec.Repairs.Repairs(InputRepairs.InvalidUtf8)) return new TextLine(start, length, place, bad);

        var at = Utf8Check.AppendReplaced(batch, start, length);
        return new TextLine(at, batch.Used - at, place, -1);
    }
}

/// <summary>Turns the lines of one chunk into rows; one for each chunk.</summary>
internal abstract class LineParser
{
    /// <summary>Parses the next line.</summary>
    public abstract void Line(RowBatch batch, in TextLine line);

    /// <summary>Called after the last line of the chunk.</summary>
    public virtual void End(RowBatch batch)
    {
    }

    /// <summary>Marks the row added last as a fault when the line has a byte that is not UTF-8; records when such bytes were replaced.</summary>
    protected static bool RejectBadBytes(RowBatch batch, in TextLine line)
    {
        if (line.BadByte < 0)
        {
            if (line.IsRepaired) batch.AddRepair(InputRepairs.InvalidUtf8);

            return false;
        }

        batch.AddFault(SourceCodes.InvalidEncoding, Utf8Check.Message(batch.Buffer[line.Start + line.BadByte]), line.BadByte);
        return true;
    }
}

/// <summary>A line of a chunk, without its end.</summary>
/// <param name="Start">Start of the text in the batch's buffer; differs from the raw text when invalid bytes were replaced.</param>
/// <param name="Length">Length in bytes.</param>
/// <param name="Place">Position of the line, with its raw text.</param>
/// <param name="BadByte">Offset in the line of the first byte that is not UTF-8, or -1.</param>
internal readonly record struct TextLine(int Start, int Length, RowLocation Place, int BadByte)
{
    /// <summary>True when bad bytes were replaced.</summary>
    public bool IsRepaired => Start != Place.RawOffset;
}
