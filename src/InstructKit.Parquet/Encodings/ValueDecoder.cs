using InstructKit.Parquet.Compression;
using InstructKit.Parquet.Metadata;
using InstructKit.Parquet.Pages;
using InstructKit.Parquet.Schema;

namespace InstructKit.Parquet.Encodings;

/// <summary>Decodes the values of one page, a batch at a time, so that a page that expands without bound needs no memory.</summary>
internal abstract class ValueDecoder
{
    /// <summary>Reads at least one and at most <paramref name="count"/> of the next values into the start of the batch; returns how many.</summary>
    public abstract int Read(ValueBatch batch, int count);

    private protected static ParquetException TooFew() => ParquetException.Corrupt("a page holds fewer values than its header says");
}

/// <summary>Chooses the decoder of a page.</summary>
internal static class ValueDecoders
{
    /// <summary>The decoder for the values of a page.</summary>
    /// <param name="leaf">The column.</param>
    /// <param name="dictionary">The dictionary of the column, if it has one.</param>
    /// <param name="values">Buffer for values that have to be assembled.</param>
    /// <param name="maxBytes">The longest value allowed.</param>
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
            case PageEncoding.Rle when type == PhysicalType.Boolean: return new RleBooleanDecoder(source);
            case PageEncoding.DeltaBinaryPacked when type is PhysicalType.Int32 or PhysicalType.Int64:
                return new DeltaBinaryPackedDecoder(source, type == PhysicalType.Int32);
            case PageEncoding.DeltaLengthByteArray when type == PhysicalType.ByteArray: return new DeltaLengthDecoder(source, page.ValueCount);
            case PageEncoding.DeltaByteArray when type is PhysicalType.ByteArray or PhysicalType.FixedLenByteArray:
                return new DeltaByteArrayDecoder(source, values, leaf.Width, page.ValueCount, maxBytes);
            case PageEncoding.ByteStreamSplit when type is not (PhysicalType.Boolean or PhysicalType.ByteArray or PhysicalType.Int96):
                return new ByteStreamSplitDecoder(source, leaf.Width, type != PhysicalType.FixedLenByteArray);
            default: throw ParquetException.Unsupported($"the encoding {encoding} is not supported for values of type {type}");
        }
    }
}

/// <summary>Some consecutive values (without nulls) of a leaf. Numbers and booleans are 64 bits each, floats as their bit patterns; everything else is a slice
/// of an array that belongs to the page, the dictionary or the decoder. Arrays are allocated on first use: files may have thousands of columns.</summary>
internal sealed class ValueBatch(int capacity = ValueBatch.MaxCapacity)
{
    /// <summary>Largest capacity of any batch, in values.</summary>
    public const int MaxCapacity = 1024;

    /// <summary>Capacity of this batch, in values.</summary>
    public int Capacity => capacity;

    public long[] Numbers => field ??= new long[capacity];

    public Slice[] Slices => field ??= new Slice[capacity];

    /// <summary>The array that the slices refer to.</summary>
    public byte[] Bytes { get; set; } = [];
}

/// <summary>Where the bytes of a value lie in <see cref="ValueBatch.Bytes"/>.</summary>
internal readonly record struct Slice(int Offset, int Length);

/// <summary>A data page, decompressed and split into its parts. Its ranges are valid until the next page is read.</summary>
/// <param name="ValueCount">Values, nulls included.</param>
/// <param name="Repetitions">Decoder of the repetition levels; null when there are none.</param>
/// <param name="Definitions">Decoder of the definition levels; null when there are none.</param>
/// <param name="Values">The encoded values.</param>
/// <param name="Encoding">How they are encoded.</param>
/// <param name="Stream">The page in a window, in which the values begin where <paramref name="Values"/> does; null when all of them are there.</param>
internal readonly record struct Page(int ValueCount, LevelDecoder? Repetitions, LevelDecoder? Definitions, ByteRange Values, PageEncoding Encoding, PageStream? Stream);
