using System.IO.Compression;

namespace InstructKit.Sources.Files;

/// <summary>
/// The content of a gzip file, checked to the last byte: check sums and lengths of all members, truncation, and what lies behind the last
/// member, where only zeros (padding of tapes and blocks) may be.
/// </summary>
internal sealed class GzipContent : ReadOnlyStream
{
    private readonly EndTrackingStream _packed;
    private readonly GZipStream _gzip;
    private readonly string _name;
    private readonly UnpackedBudget _budget;
    private long _unpacked;
    private bool _isDone;

    /// <summary>Takes the packed stream over.</summary>
    public GzipContent(Stream packed, string name, UnpackedBudget budget)
    {
        StrictCompression.Require();
        _packed = new EndTrackingStream(packed);
        _gzip = new GZipStream(_packed, CompressionMode.Decompress);
        _name = name;
        _budget = budget;
    }

    /// <summary>How every gzip member begins.</summary>
    public static ReadOnlySpan<byte> Magic => [0x1F, 0x8B];

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty || _isDone) return 0;

        try
        {
            var count = _gzip.Read(buffer);
            if (count > 0)
            {
                _unpacked += count;
                _budget.Charge(count, _packed.Given, _unpacked, _name);
                return count;
            }
        }
        catch (InvalidDataException failure)
        {
            throw SourceError.InFile(SourceCodes.DamagedArchive, _name, "the gzip data is truncated or damaged", failure);
        }

        _isDone = true;
        if (!_packed.IsExhausted && !_packed.RestIsZero())
            throw SourceError.InFile(SourceCodes.DamagedArchive, _name, "there are bytes behind the end of the gzip data");

        return 0;
    }

    protected override void Dispose(bool disposing)
    {
        _gzip.Dispose();
        _packed.Dispose();
        base.Dispose(disposing);
    }
}
