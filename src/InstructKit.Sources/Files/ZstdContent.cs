namespace InstructKit.Sources.Files;

/// <summary>The content of a Zstandard file: all its frames, with their check sums, to the last byte.</summary>
internal sealed unsafe class ZstdContent : ReadOnlyStream
{
    private readonly Stream _packed;
    private readonly string _name;
    private readonly UnpackedBudget _budget;
    private readonly ZstdLibrary _library;
    private readonly byte[] _input = new byte[1 << 16];
    private nint _stream;
    private int _position;
    private int _end;
    private long _given;
    private long _unpacked;
    private bool _isInFrame;
    private bool _holdsOutput;

    /// <summary>Takes the packed stream over.</summary>
    /// <exception cref="Diagnostics.DiagnosticException">The system has no libzstd.</exception>
    public ZstdContent(Stream packed, string name, UnpackedBudget budget)
    {
        _packed = packed;
        _name = name;
        _budget = budget;
        _library = ZstdLibrary.Instance ?? throw SourceError.InFile(
            SourceCodes.UnsupportedArchive, name, "compressed with Zstandard, and libzstd was not found; install it (Debian: libzstd1, Fedora: libzstd, macOS: brew install zstd) or unpack the file");
        _stream = _library.CreateStream();
    }

    ~ZstdContent() => Dispose(false);

    /// <summary>How every Zstandard frame begins.</summary>
    public static ReadOnlySpan<byte> Magic => [0x28, 0xB5, 0x2F, 0xFD];

    public override int Read(Span<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            if (_position == _end && !_holdsOutput && !Refill()) break;

            var written = Step(buffer);
            if (written > 0)
            {
                _unpacked += written;
                _budget.Charge(written, _given, _unpacked, _name);
                return written;
            }
        }

        return 0;
    }

    protected override void Dispose(bool disposing)
    {
        if (_stream != 0)
        {
            _library.FreeStream(_stream);
            _stream = 0;
        }

        if (disposing) _packed.Dispose();

        base.Dispose(disposing);
    }

    private bool Refill()
    {
        _position = 0;
        _end = _packed.Read(_input);
        _given += _end;
        return _end > 0 || (_isInFrame ? throw Damaged() : false);
    }

    private int Step(Span<byte> buffer)
    {
        fixed (byte* input = _input, output = buffer)
        {
            var from = new ZstdBuffer { Data = input, Size = (nuint)_end, Position = (nuint)_position };
            var to = new ZstdBuffer { Data = output, Size = (nuint)buffer.Length };
            var result = _library.Decompress(_stream, &to, &from);
            if (_library.IsError(result) != 0) throw Damaged();

            _position = (int)from.Position;
            _isInFrame = result != 0;

            // A full buffer may have left output in the library, for which no more input is needed.
            _holdsOutput = _isInFrame && to.Position == to.Size;
            return (int)to.Position;
        }
    }

    private Diagnostics.DiagnosticException Damaged() =>
        SourceError.InFile(SourceCodes.DamagedArchive, _name, "the zstd data is truncated or damaged");
}
