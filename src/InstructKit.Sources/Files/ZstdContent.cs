using InstructKit.Compression;

namespace InstructKit.Sources.Files;

/// <summary>The content of a Zstandard file: all its frames, with their checksums, to the last byte.</summary>
/// <param name="packed">The compressed stream; ownership is taken.</param>
/// <param name="name">Name of the file, for messages.</param>
/// <param name="budget">Bounds the decompressed size.</param>
internal sealed class ZstdContent(Stream packed, string name, UnpackedBudget budget) : ReadOnlyStream
{
    private readonly ZstdDecoder _decoder = new();
    private readonly byte[] _input = new byte[1 << 16];
    private int _position;
    private int _end;
    private long _given;
    private long _unpacked;
    private bool _isInFrame;
    private bool _holdsOutput;

    public override int Read(Span<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            if (_position == _end && !_holdsOutput && !Refill()) break;

            var written = Step(buffer);
            if (written > 0)
            {
                _unpacked += written;
                budget.Charge(written, _given, _unpacked, name);
                return written;
            }
        }

        return 0;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _decoder.Dispose();
            packed.Dispose();
        }

        base.Dispose(disposing);
    }

    private bool Refill()
    {
        _position = 0;
        _end = packed.Read(_input);
        _given += _end;
        return _end > 0 || (_isInFrame ? throw Damaged() : false);
    }

    private int Step(Span<byte> buffer)
    {
        try
        {
            var (read, written) = _decoder.Step(_input.AsSpan(_position.._end), buffer, out _isInFrame);
            _position += read;

            // A full buffer may have left output in the decoder that needs no more input.
            _holdsOutput = _isInFrame && written == buffer.Length;
            return written;
        }
        catch (InvalidDataException failure)
        {
            throw Damaged(failure);
        }
    }

    private Diagnostics.DiagnosticException Damaged(Exception? failure = null) =>
        SourceError.InFile(SourceCodes.DamagedArchive, name, "the zstd data is truncated or damaged", failure);
}
