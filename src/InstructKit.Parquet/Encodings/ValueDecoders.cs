using InstructKit.Parquet.Compression;
using InstructKit.Parquet.Metadata;
using InstructKit.Parquet.Reading;
using InstructKit.Parquet.Schema;

namespace InstructKit.Parquet.Encodings;

/// <summary>Chooses the decoder of a page.</summary>
internal static class ValueDecoders
{
    /// <summary>The decoder for the values of a page.</summary>
    /// <param name="page">The page.</param>
    /// <param name="leaf">The column.</param>
    /// <param name="dictionary">The dictionary of the column, where it has one.</param>
    /// <param name="values">Room for values that have to be put together.</param>
    /// <param name="maxBytes">The longest value that may be.</param>
    public static ValueDecoder Create(in Page page, LeafNode leaf, ValueDictionary? dictionary, PageBuffer values, int maxBytes)
    {
        var source = page.Values;
        var encoding = page.Encoding;
        var type = leaf.Type;
        switch (encoding)
        {
            case PageEncoding.PlainDictionary or PageEncoding.RleDictionary:
                return new DictionaryDecoder(source, dictionary ?? throw ParquetException.Corrupt("a page refers to a dictionary that the column does not have"));
            case PageEncoding.Plain:
                return type switch
                {
                    PhysicalType.Boolean => new PlainBooleanDecoder(source),
                    PhysicalType.ByteArray => page.Stream is { } stream ? new StreamedByteArrayDecoder(stream, source.Start, maxBytes) : new PlainByteArrayDecoder(source),
                    _ when page.Stream is { } stream => new StreamedFixedDecoder(stream, source.Start, type, leaf.Width, maxBytes),
                    PhysicalType.FixedLenByteArray or PhysicalType.Int96 => new PlainFixedDecoder(source, leaf.Width),
                    _ => new PlainNumberDecoder(source, type),
                };
            case PageEncoding.Rle when type == PhysicalType.Boolean:
                return new RleBooleanDecoder(source);
            case PageEncoding.DeltaBinaryPacked when type is PhysicalType.Int32 or PhysicalType.Int64:
                return new DeltaBinaryPackedDecoder(source, type == PhysicalType.Int32);
            case PageEncoding.DeltaLengthByteArray when type == PhysicalType.ByteArray:
                return new DeltaLengthDecoder(source, page.ValueCount);
            case PageEncoding.DeltaByteArray when type is PhysicalType.ByteArray or PhysicalType.FixedLenByteArray:
                return new DeltaByteArrayDecoder(source, values, leaf.Width, page.ValueCount, maxBytes);
            case PageEncoding.ByteStreamSplit when type is not (PhysicalType.Boolean or PhysicalType.ByteArray or PhysicalType.Int96):
                return new ByteStreamSplitDecoder(source, leaf.Width, type != PhysicalType.FixedLenByteArray);
            default:
                throw ParquetException.Unsupported($"the encoding {encoding} is not supported for values of type {type}");
        }
    }
}
