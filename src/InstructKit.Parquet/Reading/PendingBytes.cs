using InstructKit.Parquet.Compression;
using InstructKit.Parquet.Encodings;

namespace InstructKit.Parquet.Reading;

/// <summary>
/// A snappy page that is read and decompressed little by little, in step with the reading of its values: pages may be as large as a row group, and what was
/// just written is still in the processor's cache when it is read.
/// </summary>
internal sealed class PendingBytes
{
    private const int Step = 32 << 10;

    // Longer elements, which are rare, are asked for by themselves.
    private const int FirstPeek = 4 << 10;

    private readonly ChunkWindow _window;
    private readonly byte[] _target;
    private readonly int _length;
    private int _packedLeft;
    private SnappyPlace _at;

    /// <summary>Begins with a page.</summary>
    /// <param name="window">Stands at the page, and behind it when the page is finished.</param>
    /// <param name="packed">Length of the page in the file.</param>
    /// <param name="page">Where it goes, from the start.</param>
    /// <param name="length">Length of the page when it is decompressed.</param>
    /// <exception cref="ParquetException">The page is not of these lengths.</exception>
    public PendingBytes(ChunkWindow window, int packed, PageBuffer page, int length)
    {
        _window = window;
        _packedLeft = packed;
        _length = length;

        // What the page says of itself is compared before room is made for it.
        _at = SnappyDecoder.Start(Peek(FirstPeek).Span, packed, length);
        page.Reserve(0, length);
        _target = page.Bytes;
        Pass();
    }

    /// <summary>Bytes from the start of the page that may be read.</summary>
    public int Ready => _at.Written;

    /// <summary>Sees to it that the first <paramref name="end"/> bytes of the page may be read, and tells how many may.</summary>
    public int Require(int end)
    {
        if (end > _at.Written)
        {
            DecodeTo(Math.Min(_length, Math.Max(end, _at.Written + Step)));
        }

        return _at.Written;
    }

    /// <summary>Decompresses the rest, so that a page that is broken behind its last value is not passed over.</summary>
    public void Finish() => Require(_length);

    private void DecodeTo(int until)
    {
        var wanted = FirstPeek;
        while (_at.Written < until)
        {
            var packed = Peek(wanted);
            var before = _at.Written;
            SnappyDecoder.DecodeTo(packed.Span, packed.Length == _packedLeft, _target.AsSpan(0, _length), ref _at, until);
            Pass();
            wanted = _at.Written > before ? FirstPeek : (int)Math.Min(_packedLeft, 4L * wanted);
        }
    }

    private ByteRange Peek(int wanted)
    {
        var bytes = _window.Peek(Math.Min(wanted, _packedLeft));
        return bytes.Take(Math.Min(bytes.Length, _packedLeft));
    }

    private void Pass()
    {
        _window.Advance(_at.Read);
        _packedLeft -= _at.Read;
        _at = _at with { Read = 0 };
    }
}
