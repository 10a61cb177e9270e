using System.IO.Compression;
using System.Runtime.CompilerServices;
using InstructKit.Compression;

namespace InstructKit.Sources.Files;

/// <summary>The content of a gzip or Zstandard file, checked to the last byte: checksums and lengths of all members and frames, truncation, and what
/// follows the last gzip member, where only zeros (tape or block padding) are allowed.</summary>
internal sealed class UnpackedContent : ReadOnlyStream
{
    private readonly EndTrackingStream _packed;
    private readonly Stream _unpacked;
    private readonly string _kind;
    private readonly string _name;
    private readonly UnpackedBudget _budget;
    private long _given;
    private bool _isDone;

    /// <summary>Takes ownership of the compressed stream.</summary>
    /// <param name="isGzip">True for gzip, false for Zstandard.</param>
    /// <param name="name">Name of the file, for messages.</param>
    /// <param name="budget">Bounds the decompressed size.</param>
    public UnpackedContent(Stream packed, bool isGzip, string name, UnpackedBudget budget)
    {
        if (isGzip) StrictCompression.Require();

        _packed = new EndTrackingStream(packed);
        _unpacked = isGzip ? new GZipStream(_packed, CompressionMode.Decompress) : new ZstdStream(_packed);
        (_kind, _name, _budget) = (isGzip ? "gzip" : "zstd", name, budget);
    }

    /// <summary>True for the first bytes of either kind of file.</summary>
    public static bool IsPacked(ReadOnlySpan<byte> prefix) => IsGzip(prefix) || prefix.StartsWith(Zstandard.Magic);

    /// <summary>True for the first bytes of a gzip member.</summary>
    public static bool IsGzip(ReadOnlySpan<byte> prefix) => prefix is [0x1F, 0x8B, ..];

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty || _isDone) return 0;

        try
        {
            var count = _unpacked.Read(buffer);
            if (count > 0)
            {
                _given += count;
                _budget.Charge(count, _packed.Given, _given, _name);
                return count;
            }
        }
        catch (InvalidDataException failure)
        {
            throw SourceError.InFile(SourceCodes.DamagedArchive, _name, $"the {_kind} data is truncated or damaged", failure);
        }

        _isDone = true;
        if (!_packed.IsExhausted && !_packed.RestIsZero())
            throw SourceError.InFile(SourceCodes.DamagedArchive, _name, $"there are bytes after the end of the {_kind} data");

        return 0;
    }

    protected override void Dispose(bool disposing)
    {
        _unpacked.Dispose();
        _packed.Dispose();
        base.Dispose(disposing);
    }
}

/// <summary>Returns the last bytes of a stream byte by byte. A decompressor reads ahead and does not say where its data ended; when it stops before the end of
/// this stream, its data is followed by other bytes.</summary>
internal sealed class EndTrackingStream(Stream inner) : ReadOnlyStream
{
    private const int TailBytes = 256;
    private readonly byte[] _buffer = new byte[1 << 16];
    private int _start;
    private int _end;
    private bool _innerIsDone;
    private byte _last;

    /// <summary>Bytes returned so far.</summary>
    public long Given { get; private set; }

    /// <summary>True once the end of the stream has been reported to the reader.</summary>
    public bool IsExhausted { get; private set; }

    public override int Read(Span<byte> buffer)
    {
        Fill();
        var available = _end - _start;
        var count = Math.Min(buffer.Length, _innerIsDone && available <= TailBytes ? Math.Min(1, available) : available - TailBytes);
        if (count == 0)
        {
            IsExhausted |= !buffer.IsEmpty;
            return 0;
        }

        _buffer.AsSpan(_start, count).CopyTo(buffer);
        _start += count;
        _last = _buffer[_start - 1];
        Given += count;
        return count;
    }

    /// <summary>True when the last returned byte and all that follow are zero. Reads them.</summary>
    public bool RestIsZero()
    {
        if (_last != 0) return false;

        do
        {
            if (_buffer.AsSpan(_start, _end - _start).ContainsAnyExcept((byte)0)) return false;

            _start = _end;
            Fill();
        }
        while (_end > _start);
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        inner.Dispose();
        base.Dispose(disposing);
    }

    // At least one byte more than the tail, unless the inner stream has ended.
    private void Fill()
    {
        if (_innerIsDone || _end - _start > TailBytes) return;

        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        _end -= _start;
        _start = 0;
        while (_end < _buffer.Length)
        {
            var read = inner.Read(_buffer.AsSpan(_end));
            if (read == 0)
            {
                _innerIsDone = true;
                return;
            }

            _end += read;
        }
    }
}

/// <summary>.NET treats a truncated gzip stream as complete unless a switch is set before the process uses its first one. The switch is set when
/// this assembly is loaded, which is early enough for everything in it.</summary>
internal static class StrictCompression
{
    private static readonly Lazy<bool> InForce = new(Probe);

    /// <summary>Refuses to read if the host used compression before this assembly was loaded: a truncated file would be taken for a complete one.</summary>
    /// <exception cref="InvalidOperationException">The switch came too late.</exception>
    public static void Require()
    {
        if (!InForce.Value)
        {
            throw new InvalidOperationException(
                "This process used gzip before InstructKit was loaded, so .NET would read truncated files without an error. Set the runtime option System.IO.Compression.UseStrictValidation to true.");
        }
    }

#pragma warning disable CA2255 // The switch is process-wide and only effective before its first use, so it is set on load.
    [ModuleInitializer]
    internal static void Switch() => AppContext.SetSwitch("System.IO.Compression.UseStrictValidation", true);
#pragma warning restore CA2255

    // Whether a stream that ends after its header is an error.
    private static bool Probe()
    {
        byte[] cut = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0];
        try
        {
            using var gzip = new GZipStream(new MemoryStream(cut), CompressionMode.Decompress);
            gzip.ReadByte();
            return false;
        }
        catch (InvalidDataException)
        {
            return true;
        }
    }
}
