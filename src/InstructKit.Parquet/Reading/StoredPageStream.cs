using InstructKit.Parquet.Compression;

namespace InstructKit.Parquet.Reading;

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
