using InstructKit.Parquet.Metadata;
using InstructKit.Parquet.Schema;

namespace InstructKit.Parquet.Encodings;

/// <summary>Chooses the decoder of a page.</summary>
internal static class ValueDecoders
{
    /// <summary>The decoder for a page of <paramref name="maxValues"/> values, nulls included.</summary>
    public static ValueDecoder Create(PageEncoding encoding, LeafNode leaf, ByteRange source, ValueDictionary? dictionary, int maxValues, int maxBytes)
    {
        var type = leaf.Type;
        switch (encoding)
        {
            case PageEncoding.PlainDictionary or PageEncoding.RleDictionary:
                return new DictionaryDecoder(source, dictionary ?? throw ParquetException.Corrupt("a page refers to a dictionary that the column does not have"));
            case PageEncoding.Plain:
                return type switch
                {
                    PhysicalType.Boolean => new PlainBooleanDecoder(source),
                    PhysicalType.ByteArray => new PlainByteArrayDecoder(source),
                    PhysicalType.FixedLenByteArray or PhysicalType.Int96 => new PlainFixedDecoder(source, leaf.Width),
                    _ => new PlainNumberDecoder(source, type),
                };
            case PageEncoding.Rle when type == PhysicalType.Boolean:
                return new RleBooleanDecoder(source);
            case PageEncoding.DeltaBinaryPacked when type is PhysicalType.Int32 or PhysicalType.Int64:
                return new DeltaBinaryPackedDecoder(source, type == PhysicalType.Int32);
            case PageEncoding.DeltaLengthByteArray when type == PhysicalType.ByteArray:
                return new DeltaLengthDecoder(source, maxValues);
            case PageEncoding.DeltaByteArray when type is PhysicalType.ByteArray or PhysicalType.FixedLenByteArray:
                return new DeltaByteArrayDecoder(source, leaf.Width, maxValues, maxBytes);
            case PageEncoding.ByteStreamSplit when type is not (PhysicalType.Boolean or PhysicalType.ByteArray or PhysicalType.Int96):
                return new ByteStreamSplitDecoder(source, leaf.Width, type != PhysicalType.FixedLenByteArray);
            default:
                throw ParquetException.Unsupported($"the encoding {encoding} is not supported for values of type {type}");
        }
    }
}
