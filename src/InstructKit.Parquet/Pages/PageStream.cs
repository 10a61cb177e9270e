using InstructKit.Compression;
using InstructKit.Parquet.Compression;

namespace InstructKit.Parquet.Pages;

/// <summary>A compressed page in the file, and what is needed to read it a window at a time.</summary>
/// <param name="Window">Positioned at the page, and after it when the page is finished.</param>
/// <param name="Codec">How the page is compressed.</param>
/// <param name="Packed">Its length in the file, in bytes.</param>
/// <param name="Length">Its length when it is decompressed, in bytes.</param>
/// <param name="Held">Bytes of it that are held, in addition to what the codec needs; a longer value gets a larger window.</param>
/// <param name="Memory">Counts what the codec needs.</param>
/// <param name="Buffer">Holds the page's window.</param>
internal readonly record struct PackedPage(ChunkWindow Window, ParquetCodec Codec, int Packed, int Length, int Held, PageMemory Memory, PageBuffer Buffer);

/// <summary>A page that is read and decompressed incrementally, in step with the reading of its values: pages may be as large as a row group, and no more
/// than a window of one is held. What was just written is still in the CPU cache when it is read.</summary>
internal abstract class PageStream : IDisposable
{
    private const int Step = 32 << 10;

    private readonly PageBuffer _buffer;
    private readonly int _length;
    private readonly int _history;
    private readonly int _margin;
    private readonly int _usual;
    private int _base;

    /// <summary>Starts reading a page.</summary>
    /// <param name="history">Bytes of history that the codec needs.</param>
    /// <param name="margin">Bytes by which <see cref="Produce"/> may exceed what was requested.</param>
    protected PageStream(in PackedPage page, int history = 0, int margin = 0)
    {
        _buffer = page.Buffer;
        _length = page.Length;
        Window = page.Held;
        _history = history;
        _margin = margin;
        _usual = Math.Min(_length, Window + history + margin);
        _buffer.Slide(0, 0, _usual);
    }

    /// <summary>Bytes of the page that are held.</summary>
    public int Window { get; }

    /// <summary>The window; replaced when it grows.</summary>
    public byte[] Bytes => _buffer.Bytes;

    /// <summary>End of the readable part of <see cref="Bytes"/>.</summary>
    public int Ready { get; private set; }

    /// <summary>Bytes of the page after <see cref="Ready"/>.</summary>
    public int Undecoded => _length - _base - Ready;

    /// <summary>Bytes of the page before the window.</summary>
    protected int Base => _base;

    /// <summary>The writable bytes, from the start of the window.</summary>
    protected Span<byte> Target => _buffer.Bytes.AsSpan(0, (int)Math.Min(_buffer.Capacity, (long)Ready + Undecoded));

    /// <summary>Translates a position in the window to its new one; a window that a long value has enlarged shrinks to the usual size.</summary>
    public int Begin(int from) => IsLarge(Ready - from) ? Move(from, Math.Min(Ready - from, 1)) : from;

    /// <summary>Ensures that <paramref name="count"/> bytes from a position in the window can be read, and returns that position's new value.</summary>
    /// <param name="from">The position; everything before it is no longer needed if the window may move.</param>
    /// <param name="count">How many bytes.</param>
    /// <param name="mayMove">Whether the window may move; if it would have to but may not, the result is -1.</param>
    /// <exception cref="ParquetException">The page ends earlier, or is broken.</exception>
    public int Require(int from, int count, bool mayMove)
    {
        if (count <= Ready - from) return from;

        if (count > Ready - from + (long)Undecoded) throw ParquetException.Corrupt("a page ends too early");

        if (!Fits((long)from + count))
        {
            if (!mayMove) return -1;

            from = Move(from, count);
        }

        // Positions are counted from the start of the page while decoding: a codec may have to restart the window.
        var place = _base + from;
        while (Ready - (place - _base) < count)
        {
            if (!Produce(Until(place - _base + count), mayMove)) return -1;
        }

        return place - _base;
    }

    /// <summary>Decompresses the rest, so that damage after the last value is noticed, and leaves the file's window after the page.</summary>
    public void Finish()
    {
        while (Undecoded > 0)
        {
            if (!Fits(Ready + 1L)) Move(Ready, 1);

            Produce(Until(Ready + 1), mayMove: true);
        }

        End();
    }

    public virtual void Dispose()
    {
    }

    /// <summary>Decompresses until at least <paramref name="until"/> bytes of the window are filled, and reports that through <see cref="Made"/>.</summary>
    /// <param name="until">How far; never beyond the page.</param>
    /// <param name="mayMove">Whether the window may move; false is returned when that would be necessary but is not allowed.</param>
    protected abstract bool Produce(int until, bool mayMove);

    /// <summary>Checks that nothing is left, and skips the page in the file.</summary>
    protected abstract void End();

    /// <summary>Sets how many bytes of the window are filled.</summary>
    protected void Made(int ready) => Ready = ready;

    /// <summary>Restarts the page, with a window as large as the page.</summary>
    protected void Restart()
    {
        _buffer.Slide(0, 0, _length);
        _base = 0;
        Ready = 0;
    }

    private bool Fits(long end) => end + _margin <= _buffer.Capacity || (long)Ready + Undecoded <= _buffer.Capacity;

    private bool IsLarge(int wanted) => _buffer.Capacity > Math.Max(4L * _usual, 1 << 20) && wanted < _usual;

    private int Until(int end)
    {
        var all = (long)Ready + Undecoded;
        return (int)Math.Min(Math.Max(end, Ready + (long)Step), all <= _buffer.Capacity ? all : Math.Max(end, _buffer.Capacity - _margin));
    }

    private int Move(int from, int count)
    {
        var keep = Math.Min(from, Math.Max(0, Ready - _history));
        var wanted = Math.Max(_usual, (long)from - keep + count + _margin);
        _buffer.Slide(keep, Ready - keep, (int)Math.Min(Math.Max(wanted, Ready - keep), (long)Ready - keep + Undecoded));
        _base += keep;
        Ready -= keep;
        return from - keep;
    }
}

/// <summary>Chooses how a page is read a window at a time.</summary>
internal static class PageStreams
{
    public const string TwoSizes = "a page that is not compressed has two sizes";

    // Header bytes that the codecs with a declared window need to state it.
    private const int HeadBytes = 512;

    /// <summary>Starts reading a page. Null where it is better, or only possible, to hold it whole.</summary>
    /// <param name="isHuge">Whether the page is too large to be held whole.</param>
    /// <exception cref="ParquetException">The page does not have these lengths.</exception>
    public static PageStream? Open(in PackedPage page, bool isHuge)
    {
        var head = page.Codec is ParquetCodec.Brotli or ParquetCodec.Zstd ? page.Window.Peek(Math.Min(page.Packed, HeadBytes)).Span : [];

        // Nothing is gained where the library's own window is as large as the page.
        var most = isHuge ? int.MaxValue - 1 : page.Length / 2;
        return page.Codec switch
        {
            ParquetCodec.Uncompressed => page.Packed == page.Length ? new LibraryPageStream(page) : throw ParquetException.Corrupt(TwoSizes),
            ParquetCodec.Snappy => new SnappyPageStream(page),
            ParquetCodec.Gzip => new LibraryPageStream(page),
            ParquetCodec.Lz4Raw => new Lz4PageStream(page),
            ParquetCodec.Brotli when LibraryPageStream.BrotliWindow(head) is var window && window <= most => new LibraryPageStream(page, window),
            ParquetCodec.Zstd when Zstandard.WindowOf(head) is { } window && window <= most => new LibraryPageStream(page, window),
            _ => null,
        };
    }
}
