using InstructKit.Parquet.Compression;

namespace InstructKit.Parquet.Pages;

/// <summary>A snappy page in a window. Compressors cut their input into blocks of 64 KiB and never look back beyond one, though the format would let them:
/// a page that does is restarted in a window of its full size.</summary>
internal sealed class SnappyPageStream : PageStream
{
    private const int Block = 64 << 10;

    // A literal is at most as long as a block; a few extra bytes are for wide stores.
    private const int Margin = Block + 256;

    // Longer elements, which are rare, are handled separately.
    private const int FirstPeek = 4 << 10;

    private readonly ChunkWindow _window;
    private readonly long _start;
    private readonly int _packed;
    private readonly int _length;
    private int _packedLeft;
    private int _read;

    /// <summary>Begins with a page.</summary>
    /// <exception cref="ParquetException">The page does not have the declared lengths.</exception>
    public SnappyPageStream(in PackedPage page)
        : base(Checked(page), Block, Margin)
    {
        _window = page.Window;
        _start = _window.Position;
        _packed = page.Packed;
        _length = page.Length;
        Begin();
    }

    protected override bool Produce(int until, bool mayMove)
    {
        try
        {
            Decode(until);
            return true;
        }
        catch (ParquetException) when (Base > 0)
        {
            if (!mayMove) return false;
        }

        var all = Base + until;
        Restart();
        _window.Seek(_start);
        Begin();
        Decode(all);
        return true;
    }

    protected override void End()
    {
        if (_packedLeft > 0) throw ParquetException.Corrupt("a snappy block is broken");
    }

    // The page's own length is checked before memory is allocated for it.
    private static PackedPage Checked(in PackedPage page)
    {
        SnappyDecoder.Start(Peek(page.Window, FirstPeek, page.Packed).Span, page.Packed, page.Length);
        return page;
    }

    private static ByteRange Peek(ChunkWindow window, int wanted, int left)
    {
        var bytes = window.Peek(Math.Min(wanted, left));
        return bytes.Take(Math.Min(bytes.Length, left));
    }

    private void Begin()
    {
        _packedLeft = _packed;
        _read = SnappyDecoder.Start(Peek(_window, FirstPeek, _packedLeft).Span, _packed, _length).Read;
        Pass();
    }

    private void Decode(int until)
    {
        var wanted = FirstPeek;
        while (Ready < until)
        {
            var packed = Peek(_window, wanted, _packedLeft);
            var at = new SnappyPlace(0, Ready);
            SnappyDecoder.DecodeTo(packed.Span, packed.Length == _packedLeft, Target, ref at, until);
            wanted = at.Written > Ready ? FirstPeek : (int)Math.Min(_packedLeft, 4L * wanted);
            Made(at.Written);
            _read = at.Read;
            Pass();
        }
    }

    private void Pass()
    {
        _window.Advance(_read);
        _packedLeft -= _read;
        _read = 0;
    }
}
