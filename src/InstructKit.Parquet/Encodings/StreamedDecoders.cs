using System.Buffers.Binary;
using InstructKit.Parquet.Compression;
using InstructKit.Parquet.Metadata;
using InstructKit.Parquet.Pages;

namespace InstructKit.Parquet.Encodings;

/// <summary>PLAIN for BYTE_ARRAY, from a page in a window. A batch ends where the window would have to move, and after a value that enlarged it.</summary>
/// <param name="start">Where in the window the values begin.</param>
/// <param name="maxBytes">The longest value allowed.</param>
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

/// <summary>PLAIN for everything of one width, from a page in a window.</summary>
/// <param name="start">Where in the window the values begin.</param>
/// <param name="width">Bytes of a value.</param>
/// <param name="maxBytes">The longest value allowed.</param>
internal sealed class StreamedFixedDecoder(PageStream stream, int start, PhysicalType type, int width, int maxBytes) : ValueDecoder
{
    private int _next = start;

    public override int Read(ValueBatch batch, int count)
    {
        if (width > maxBytes)
        {
            throw ParquetException.TooLarge(
                $"a value has {width} bytes, more than {nameof(ParquetReaderOptions.MaxRowBytes)} = {maxBytes}", nameof(ParquetReaderOptions.MaxRowBytes));
        }

        var next = stream.Begin(_next);
        var left = (stream.Ready - next + (long)stream.Undecoded) / width;
        count = (int)Math.Min(Math.Min(count, left), Math.Max(1, stream.Window / width));
        if (count == 0) throw TooFew();

        next = stream.Require(next, count * width, mayMove: true);
        _next = next + (count * width);
        var values = new ByteRange(stream.Bytes, next, _next);
        return type is PhysicalType.FixedLenByteArray or PhysicalType.Int96
            ? new PlainFixedDecoder(values, width).Read(batch, count)
            : new PlainNumberDecoder(values, type).Read(batch, count);
    }
}
