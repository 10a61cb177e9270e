using InstructKit.Sources.Files;

namespace InstructKit.Sources.Lines;

/// <summary>Fills batches with whole lines of a list of files. A chunk never spans two files.</summary>
/// <param name="input">How to read them.</param>
/// <param name="opener">Opens them.</param>
/// <param name="files">The files.</param>
internal sealed class LineCutter(SourceInput input, SourceOpener opener, IReadOnlyList<SourceFile> files) : IDisposable
{
    private const int MinRoom = 1 << 16;

    private Stream? _stream;
    private int _file = -1;
    private long _line;
    private long _origin;
    private byte[] _carry = [];
    private int _carried;

    /// <summary>How many bytes of a chunk may be returned: the end of the last complete record, or zero. Receives the bytes and whether the file ends with them.</summary>
    public Func<ReadOnlySpan<byte>, bool, int> EndOfRecords { get; init; } = EndOfLines;

    /// <summary>The end of the last complete line, if every line is a record.</summary>
    public static int EndOfLines(ReadOnlySpan<byte> bytes, bool isEnd) => isEnd ? bytes.Length : bytes.LastIndexOf((byte)'\n') + 1;

    /// <summary>True when the last chunk ends its file.</summary>
    public bool EndsFile => _stream is null;

    /// <summary>Where the open file's lines begin.</summary>
    public SourceStart Start { get; private set; }

    /// <summary>True when the last chunk begins its file.</summary>
    public bool BeginsFile { get; private set; }

    /// <summary>Resets the batch and fills it with the next lines. False after the last file.</summary>
    public bool Read(RowBatch batch)
    {
        batch.Reset();
        batch.Tag = 0;
        while (true)
        {
            if (_stream is null)
            {
                if (_file + 1 >= files.Count) return false;

                _stream = opener.Open(files[++_file], out var start);
                Start = start;
                _line = start.Line;
                _origin = start.Bytes;
                BeginsFile = true;
            }
            else
            {
                BeginsFile = false;
            }

            if (Fill(batch)) return true;
        }
    }

    public void Dispose() => _stream?.Dispose();

    private bool Fill(RowBatch batch)
    {
        batch.Append(_carry.AsSpan(0, _carried));
        _carried = 0;
        var target = input.ChunkBytes;
        while (true)
        {
            var isEnd = FillTo(batch, target);
            var whole = EndOfRecords(batch.Buffer.AsSpan(0, batch.Used), isEnd);
            if (whole > 0 || isEnd) return Deliver(batch, whole, isEnd);

            var limit = input.Spec.Limits.MaxLineBytes;
            if (batch.Used - 2 > limit) throw TooLong(_line, limit);

            target = (int)Math.Min(Math.Max(2L * batch.Used, input.ChunkBytes), (long)limit + 3);
        }
    }

    private bool FillTo(RowBatch batch, int target)
    {
        while (batch.Used < target)
        {
            // Grows on demand: a folder of many small files needs no large buffers.
            var room = Math.Min(target - batch.Used, Math.Max(batch.Buffer.Length - batch.Used, MinRoom));
            var read = _stream!.Read(batch.Reserve(room)[..room]);
            if (read == 0)
            {
                _stream.Dispose();
                _stream = null;
                return true;
            }

            batch.Append(read);
        }

        return false;
    }

    private bool Deliver(RowBatch batch, int whole, bool isEnd)
    {
        var used = batch.Used;
        if (used == 0) return false;

        _carried = isEnd ? 0 : used - whole;
        if (_carried > 0)
        {
            if (_carry.Length < _carried) _carry = new byte[Math.Max(_carried, 2 * _carry.Length)];

            batch.Buffer.AsSpan(whole, _carried).CopyTo(_carry);
            batch.Used = whole;
        }

        if (batch.Used > input.Spec.Limits.MaxLineBytes) CheckLengths(batch.Buffer.AsSpan(0, batch.Used));

        batch.File = _file;
        batch.FirstLine = _line;
        batch.Origin = _origin;
        _origin += batch.Used - input.Spec.Surplus(batch.Buffer.AsSpan(0, batch.Used));
        _line += batch.Buffer.AsSpan(0, batch.Used).Count((byte)'\n');
        return true;
    }

    private void CheckLengths(ReadOnlySpan<byte> lines)
    {
        var limit = input.Spec.Limits.MaxLineBytes;
        for (var line = _line; ; line++)
        {
            var end = lines.IndexOf((byte)'\n');
            var length = end < 0 ? lines.Length : end;
            if (length > 0 && end >= 0 && lines[length - 1] == '\r') length--;

            if (length > limit) throw TooLong(line, limit);

            if (end < 0) return;

            lines = lines[(end + 1)..];
        }
    }

    private DiagnosticException TooLong(long line, int limit) => SourceError.At(
        SourceCodes.LimitExceeded, files[_file].Name, line, 0,
        string.Create(CultureInfo.InvariantCulture, $"the line is longer than {limit} bytes; raise --max-line-bytes if that is right"));
}
