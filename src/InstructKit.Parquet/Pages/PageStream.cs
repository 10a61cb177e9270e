using InstructKit.Compression;
using InstructKit.Parquet.Compression;
using InstructKit.Parquet.Format;

namespace InstructKit.Parquet.Pages;

/// <summary>
/// A page that is read and decompressed little by little, in step with the reading of its values: pages may be as large as a row group, and no more of one
/// than a window is held. What was just written is still in the processor's cache when it is read.
/// </summary>
internal abstract class PageStream : IDisposable
{
    private const int Step = 32 << 10;

    private readonly PageBuffer _buffer;
    private readonly int _length;
    private readonly int _history;
    private readonly int _margin;
    private readonly int _usual;
    private int _base;

    /// <summary>Begins with a page.</summary>
    /// <param name="buffer">Holds the window.</param>
    /// <param name="length">Length of the page when it is decompressed.</param>
    /// <param name="window">Bytes of the page that are held, besides what the codec needs; a value that is longer gets a larger one.</param>
    /// <param name="history">Bytes that the codec looks back.</param>
    /// <param name="margin">Bytes by which <see cref="Produce"/> may pass what was asked for.</param>
    protected PageStream(PageBuffer buffer, int length, int window, int history = 0, int margin = 0)
    {
        _buffer = buffer;
        _length = length;
        Window = window;
        _history = history;
        _margin = margin;
        _usual = Math.Min(length, window + history + margin);
        _buffer.Slide(0, 0, _usual);
    }

    /// <summary>Bytes of the page that are held.</summary>
    public int Window { get; }

    /// <summary>The window; replaced when it grows.</summary>
    public byte[] Bytes => _buffer.Bytes;

    /// <summary>Where in <see cref="Bytes"/> that ends which may be read.</summary>
    public int Ready { get; private set; }

    /// <summary>Bytes of the page behind <see cref="Ready"/>.</summary>
    public int Undecoded => _length - _base - Ready;

    /// <summary>Bytes of the page in front of the window.</summary>
    protected int Base => _base;

    /// <summary>What may be written to, from the start of the window.</summary>
    protected Span<byte> Target => _buffer.Bytes.AsSpan(0, (int)Math.Min(_buffer.Capacity, (long)Ready + Undecoded));

    /// <summary>Tells, for a place in the window, where it is from now on; a window that a long value has made large becomes as small as others.</summary>
    public int Begin(int from) => IsLarge(Ready - from) ? Move(from, Math.Min(Ready - from, 1)) : from;

    /// <summary>Sees to it that <paramref name="count"/> bytes from a place in the window may be read, and tells where that place is now.</summary>
    /// <param name="from">The place; everything before it is no longer needed if the window may move.</param>
    /// <param name="count">How many bytes.</param>
    /// <param name="mayMove">Whether the window may move; if it must and may not, the answer is -1.</param>
    /// <exception cref="ParquetException">The page ends before, or is broken.</exception>
    public int Require(int from, int count, bool mayMove)
    {
        if (count <= Ready - from) return from;

        if (count > Ready - from + (long)Undecoded) throw ParquetException.Corrupt("a page ends too early");

        if (!Fits((long)from + count))
        {
            if (!mayMove) return -1;

            from = Move(from, count);
        }

        // Places are told from the start of the page while decoding: a codec may have to begin the window anew.
        var place = _base + from;
        while (Ready - (place - _base) < count)
        {
            if (!Produce(Until(place - _base + count), mayMove)) return -1;
        }

        return place - _base;
    }

    /// <summary>Decompresses the rest, so that a page that is broken behind its last value is not passed over, and leaves the file's window behind the page.</summary>
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

    /// <summary>Decompresses until at least <paramref name="until"/> bytes of the window are filled, and says so by <see cref="Made"/>.</summary>
    /// <param name="until">How far; never beyond the page.</param>
    /// <param name="mayMove">Whether the window may begin elsewhere afterwards; false is returned when that is necessary and must not be.</param>
    protected abstract bool Produce(int until, bool mayMove);

    /// <summary>Checks that nothing is left, and passes over the page in the file.</summary>
    protected abstract void End();

    /// <summary>Says how many bytes of the window are filled.</summary>
    protected void Made(int ready) => Ready = ready;

    /// <summary>Begins the page anew, with a window as large as the page.</summary>
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

/// <summary>A page that is not compressed, in a window.</summary>
/// <param name="window">Stands at the page, and behind it when the page is finished.</param>
/// <param name="buffer">Holds the window.</param>
/// <param name="length">Length of the page.</param>
/// <param name="held">Bytes of the page that are held.</param>
internal sealed class StoredPageStream(ChunkWindow window, PageBuffer buffer, int length, int held) : PageStream(buffer, length, held)
{
    private const int FirstPeek = 64 << 10;

    protected override bool Produce(int until, bool mayMove)
    {
        while (Ready < until)
        {
            var bytes = window.Peek(Math.Min(FirstPeek, until - Ready));
            var count = Math.Min(bytes.Length, until - Ready);
            if (count == 0) throw ParquetException.Corrupt("a page ends too early");

            bytes.Span[..count].CopyTo(Target[Ready..]);
            window.Advance(count);
            Made(Ready + count);
        }

        return true;
    }

    protected override void End()
    {
        // As many bytes were taken as the page has.
    }
}

/// <summary>Chooses how a page is read a window at a time.</summary>
internal static class PageStreams
{
    public const string TwoSizes = "a page that is not compressed has two sizes";

    // What the codecs that say how far they look back need for that.
    private const int HeadBytes = 512;

    /// <summary>Begins with the page at which the file's window stands. Null where the page is better held whole, or can only be.</summary>
    /// <param name="window">The file's window.</param>
    /// <param name="codec">How the page is compressed.</param>
    /// <param name="packed">Length of the page in the file.</param>
    /// <param name="expected">Length of the page when it is decompressed.</param>
    /// <param name="held">Bytes of the page that are held.</param>
    /// <param name="isHuge">Whether the page is too large to be held whole.</param>
    /// <param name="memory">Lends what the codec needs.</param>
    /// <param name="buffer">Holds the page's window.</param>
    /// <exception cref="ParquetException">The page is not of these lengths.</exception>
    public static PageStream? Open(ChunkWindow window, ParquetCodec codec, int packed, int expected, int held, bool isHuge, PageMemory memory, PageBuffer buffer)
    {
        switch (codec)
        {
            case ParquetCodec.Uncompressed:
                return packed == expected ? new StoredPageStream(window, buffer, expected, held) : throw ParquetException.Corrupt(TwoSizes);
            case ParquetCodec.Snappy:
                return new SnappyPageStream(window, packed, buffer, expected, held);
            case ParquetCodec.Gzip:
                return new InflatedPageStream(new PackedBytes(window, packed), codec, memory, buffer, expected, held);
            case ParquetCodec.Lz4Raw:
                return new Lz4PageStream(new PackedBytes(window, packed), buffer, expected, held);
            case ParquetCodec.Brotli:
                return IsWorthwhile(InflatedPageStream.BrotliWindow(Head(window, packed)))
                    ? new InflatedPageStream(new PackedBytes(window, packed), codec, memory, buffer, expected, held)
                    : null;
            case ParquetCodec.Zstd:
                return Zstandard.WindowOf(Head(window, packed)) is { } lookBack && lookBack < int.MaxValue && IsWorthwhile(lookBack)
                    ? new ZstdPageStream(new PackedBytes(window, packed), memory, lookBack, buffer, expected, held)
                    : null;
            default:
                return null;
        }

        // Where the library's own window is as large as the page nothing is won.
        bool IsWorthwhile(long lookBack) => isHuge || lookBack <= expected / 2;
    }

    private static ReadOnlySpan<byte> Head(ChunkWindow window, int packed) => window.Peek(Math.Min(packed, HeadBytes)).Span;
}
