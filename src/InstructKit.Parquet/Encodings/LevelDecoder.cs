using System.Numerics;
using InstructKit.Parquet.Metadata;

namespace InstructKit.Parquet.Encodings;

/// <summary>Definition or repetition levels of a page, in the hybrid or in the bit-packed form of the format's first years.</summary>
internal sealed class LevelDecoder
{
    private readonly HybridDecoder? _hybrid;
    private readonly ByteRange _packed;
    private readonly int _width;
    private readonly int _maxLevel;
    private long _bit;

    public LevelDecoder(ByteRange source, int maxLevel, PageEncoding encoding)
    {
        _maxLevel = maxLevel;
        _width = WidthOf(maxLevel);
        _packed = source;
        _hybrid = encoding switch
        {
            PageEncoding.Rle => new HybridDecoder(source, _width),
            PageEncoding.BitPacked => null,
            _ => throw ParquetException.Unsupported($"levels in the encoding {encoding} are not supported"),
        };
    }

    /// <summary>Bytes that <paramref name="count"/> bit-packed levels take.</summary>
    public static int PackedBytes(int maxLevel, int count) => (int)((((long)count * WidthOf(maxLevel)) + 7) / 8);

    /// <summary>Fills the target and checks every level against the largest that the column can have.</summary>
    public void Read(Span<int> target)
    {
        if (_hybrid is not null) _hybrid.Read(target);
        else ReadPacked(target);

        // Not only where the bits have room for more: a run repeats a whole byte.
        if (target.ContainsAnyExceptInRange(0, _maxLevel)) throw ParquetException.Corrupt($"a level is larger than {_maxLevel}");
    }

    // Most significant bit first, unlike everything else in the format.
    private void ReadPacked(Span<int> target)
    {
        for (var i = 0; i < target.Length; i++)
        {
            var level = 0;
            for (var k = 0; k < _width; k++, _bit++) level = (level << 1) | ((_packed.Bytes[_packed.Start + (_bit >> 3)] >> (7 - (int)(_bit & 7))) & 1);

            target[i] = level;
        }
    }

    private static int WidthOf(int maxLevel) => 32 - BitOperations.LeadingZeroCount((uint)maxLevel);
}
