using InstructKit.Parquet.Metadata;
using InstructKit.Parquet.Reading;

namespace InstructKit.Parquet.Encodings;

/// <summary>PLAIN for everything of one width, from a page in a window.</summary>
/// <param name="stream">The page.</param>
/// <param name="start">Where in the window the values begin.</param>
/// <param name="type">Their type.</param>
/// <param name="width">Bytes of a value.</param>
/// <param name="maxBytes">The longest value that may be.</param>
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
