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
        _indices = source.Length == 0
            ? throw TooFew()
            : new HybridDecoder(source.Skip(1), source.Bytes[source.Start]);
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
            Look(_dictionary.Slices!, indices, batch.Slices); // A dictionary has either numbers or slices.
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
