using InstructKit.Parquet.Compression;
using InstructKit.Parquet.Metadata;

namespace InstructKit.Parquet.Encodings;

/// <summary>RLE_DICTIONARY and PLAIN_DICTIONARY: indices into the dictionary page.</summary>
internal sealed class DictionaryDecoder : ValueDecoder
{
    private readonly ValueDictionary _dictionary;
    private readonly HybridDecoder _indices;
    private int[] _batch = [];

    public DictionaryDecoder(ByteRange source, ValueDictionary dictionary)
    {
        _dictionary = dictionary;
        _indices = source.Length == 0 ? throw TooFew() : new HybridDecoder(source.Skip(1), source.Bytes[source.Start]);
    }

    public override int Read(ValueBatch batch, int count)
    {
        if (_batch.Length < count) _batch = new int[batch.Capacity];

        var indices = _batch.AsSpan(0, count);
        _indices.Read(indices);
        if (_dictionary.Numbers is { } numbers)
        {
            Look(numbers, indices, batch.Numbers);
        }
        else
        {
            Look(_dictionary.Slices!, indices, batch.Slices); // A dictionary holds either numbers or slices.
            batch.Bytes = _dictionary.Bytes;
        }

        return count;
    }

    private static void Look<T>(T[] values, ReadOnlySpan<int> indices, Span<T> target)
    {
        for (var i = 0; i < indices.Length; i++)
        {
            var index = indices[i];
            if ((uint)index >= (uint)values.Length) throw ParquetException.Corrupt($"a value is number {(uint)index} of a dictionary that has {values.Length}");

            target[i] = values[index];
        }
    }
}

/// <summary>The values of a dictionary page. Byte arrays stay in the page's buffer.</summary>
internal sealed class ValueDictionary
{
    // Every value takes eight bytes here, but next to none in a compressed page of empty strings. Writers stop at a page of a megabyte or so.
    private const int MaxValues = 1 << 23;

    private ValueDictionary(int count, bool isNumbers, byte[] bytes)
    {
        Count = count;
        Numbers = isNumbers ? new long[count] : null;
        Slices = isNumbers ? null : new Slice[count];
        Bytes = bytes;
    }

    public int Count { get; }

    public long[]? Numbers { get; }

    public Slice[]? Slices { get; }

    public byte[] Bytes { get; }

    /// <summary>Reads a page of <paramref name="count"/> values; the count is checked against the bytes before anything is allocated.</summary>
    public static ValueDictionary Read(ByteRange source, PhysicalType type, int width, int count)
    {
        var bytesPerValue = type == PhysicalType.ByteArray ? 4 : width;
        if (type == PhysicalType.Boolean || count > source.Length / bytesPerValue)
            throw ParquetException.Corrupt($"a dictionary page of {source.Length} bytes cannot hold {count} values of type {type}");

        if (count > MaxValues) throw ParquetException.TooLarge($"a dictionary of {count} values is larger than {MaxValues}");

        ValueDecoder decoder = type switch
        {
            PhysicalType.ByteArray => new PlainByteArrayDecoder(source),
            PhysicalType.FixedLenByteArray or PhysicalType.Int96 => new PlainFixedDecoder(source, width),
            _ => new PlainNumberDecoder(source, type),
        };
        var isNumbers = decoder is PlainNumberDecoder;
        var dictionary = new ValueDictionary(count, isNumbers, source.Bytes);
        var batch = new ValueBatch(Math.Min(count, ValueBatch.MaxCapacity));
        for (var read = 0; read < count;)
        {
            var got = decoder.Read(batch, Math.Min(batch.Capacity, count - read));
            if (dictionary.Numbers is { } numbers) batch.Numbers.AsSpan(0, got).CopyTo(numbers.AsSpan(read));
            else batch.Slices.AsSpan(0, got).CopyTo(dictionary.Slices.AsSpan(read));

            read += got;
        }

        return dictionary;
    }
}
