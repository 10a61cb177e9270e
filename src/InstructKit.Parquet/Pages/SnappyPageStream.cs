using InstructKit.Parquet.Compression;

namespace InstructKit.Parquet.Pages;

/// <summary>A snappy page in a window. Compressors cut their input into blocks of 64 KiB and never look back beyond one, though the format would let them:
/// a page that does is restarted in a window of its full size.</summary>
internal sealed class SnappyPageStream : PageStream
{
    private const int Block = 64 << 10;

    // A literal is at most as long as a block; a few extra bytes are for wide stores.
    private const int Margin = Block + 256;

    private readonly PackedPage _page;
    private readonly long _start;
    private PackedBytes _packed;

    /// <summary>Starts reading a page.</summary>
    /// <exception cref="ParquetException">The page does not have the declared lengths.</exception>
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

    // The page's own length is checked before memory is allocated for it.
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

            // Longer elements, which are rare, are handled separately.
            wanted = at.Written > Ready ? PackedBytes.FirstPeek : (int)Math.Min(_packed.Left, 4L * wanted);
            Made(at.Written);
            _packed.Advance(at.Read);
        }
    }
}
