using System.Buffers.Binary;
using InstructKit.Parquet.Reading;

namespace InstructKit.Parquet.Encodings;

/// <summary>PLAIN for BYTE_ARRAY, from a page in a window. A batch ends where the window would have to move, and behind a value that made it large.</summary>
/// <param name="stream">The page.</param>
/// <param name="start">Where in the window the values begin.</param>
/// <param name="maxBytes">The longest value that may be.</param>
internal sealed class StreamedByteArrayDecoder(PageStream stream, int start, int maxBytes) : ValueDecoder
{
    private int _next = start;

    public override int Read(ValueBatch batch, int count)
    {
        var slices = batch.Slices.AsSpan(0, count);
        var next = stream.Begin(_next);
        var bytes = stream.Bytes;
        var ready = stream.Ready;
        var made = 0;
        while (made < slices.Length)
        {
            if (ready - next < 4)
            {
                var at = Require(next, 4, made);
                if (at < 0) break;

                next = at;
                bytes = stream.Bytes;
                ready = stream.Ready;
            }

            var length = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(next));
            next += 4;
            if ((uint)length > (uint)(ready - next))
            {
                var at = RequireValue(next, length, made);
                if (at < 0)
                {
                    next -= 4;
                    break;
                }

                next = at;
                bytes = stream.Bytes;
                ready = stream.Ready;
            }

            slices[made++] = new Slice(next, length);
            next += length;
            if (length > stream.Window) break;
        }

        _next = next;
        batch.Bytes = bytes;
        return made;
    }

    private int Require(int at, int count, int made) =>
        count <= stream.Ready - at + (long)stream.Undecoded ? stream.Require(at, count, mayMove: made == 0) : throw TooFew();

    private int RequireValue(int at, int length, int made)
    {
        if (length < 0 || length > stream.Ready - at + (long)stream.Undecoded) throw ParquetException.Corrupt("a byte array is longer than its page");

        return length <= maxBytes
            ? Require(at, length, made)
            : throw ParquetException.TooLarge(
                $"a value has {length} bytes, more than {nameof(ParquetReaderOptions.MaxRowBytes)} = {maxBytes}", nameof(ParquetReaderOptions.MaxRowBytes));
    }
}
