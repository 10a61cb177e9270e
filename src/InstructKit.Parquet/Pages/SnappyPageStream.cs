using InstructKit.Parquet.Compression;

namespace InstructKit.Parquet.Pages;

/// <summary>A snappy page in a window. Compressors cut their input into blocks of 64 KiB and never look back beyond one, though the format would let them:
/// where a page does, it is started again in a window of its own size.</summary>
internal sealed class SnappyPageStream : PageStream
{
    private const int Block = 64 << 10;

    // A literal is at most as long as a block; a few bytes more are for wide stores.
    private const int Margin = Block + 256;

    private readonly PackedPage _page;
    private readonly long _start;
    private PackedBytes _packed;

    /// <summary>Begins with a page.</summary>
    /// <exception cref="ParquetException">The page is not of the lengths that it is said to have.</exception>
    public SnappyPageStream(in PackedPage page)
        : base(Checked(page), Block, Margin)
    {
        _page = page;
        _start = page.Window.Position;
        _packed = Begin(page);
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
        _page.Window.Seek(_start);
        _packed = Begin(_page);
        Decode(all);
        return true;
    }

    protected override void End()
    {
        if (_packed.Left > 0) throw ParquetException.Corrupt("a snappy block is broken");
    }

    // What the page says of itself is compared before room is made for it.
    private static PackedPage Checked(in PackedPage page)
    {
        Start(page, new PackedBytes(page.Window, page.Packed));
        return page;
    }

    private static PackedBytes Begin(in PackedPage page)
    {
        var packed = new PackedBytes(page.Window, page.Packed);
        packed.Advance(Start(page, packed));
        return packed;
    }

    private static int Start(in PackedPage page, PackedBytes packed) => SnappyDecoder.Start(packed.Peek(), page.Packed, page.Length).Read;

    private void Decode(int until)
    {
        var wanted = PackedBytes.FirstPeek;
        while (Ready < until)
        {
            var packed = _packed.Peek(wanted);
            var at = new SnappyPlace(0, Ready);
            SnappyDecoder.DecodeTo(packed, packed.Length == _packed.Left, Target, ref at, until);

            // Longer elements, which are rare, are asked for by themselves.
            wanted = at.Written > Ready ? PackedBytes.FirstPeek : (int)Math.Min(_packed.Left, 4L * wanted);
            Made(at.Written);
            _packed.Advance(at.Read);
        }
    }
}
