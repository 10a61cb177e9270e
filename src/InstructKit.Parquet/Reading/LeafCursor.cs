using InstructKit.Parquet.Compression;
using InstructKit.Parquet.Encodings;
using InstructKit.Parquet.Metadata;
using InstructKit.Parquet.Schema;
using Microsoft.Win32.SafeHandles;

namespace InstructKit.Parquet.Reading;

/// <summary>
/// Walks over the entries of one leaf: a definition level, a repetition level and, where the definition level is full, a value. Levels and values are
/// decoded a batch at a time.
/// </summary>
internal sealed class LeafCursor : IDisposable
{
    // What required leaves and leaves outside any list share; never written.
    private static readonly int[] Zeros = new int[ValueBatch.MaxCapacity];

    private readonly PageReader _pages;
    private readonly ParquetReaderOptions _options;
    private readonly int[] _definitions;
    private readonly int[] _repetitions;
    private readonly ValueBatch _values;
    private Page _page;
    private int _pageLeft;
    private int _valuesLeftInPage;
    private int _next;
    private int _filled;
    private ValueDecoder? _decoder;
    private int _nextValue;
    private int _filledValues;

    public LeafCursor(PageMemory memory, SafeFileHandle file, long dataEnd, ColumnChunk chunk, LeafNode leaf, ParquetReaderOptions options, int held)
    {
        Leaf = leaf;
        _options = options;

        // Small chunks get small arrays: a file may have thousands of columns.
        var capacity = (int)Math.Clamp(chunk.ValueCount, 1, ValueBatch.MaxCapacity);
        _values = new ValueBatch(capacity);
        _definitions = leaf.DefinitionLevel == 0 ? Zeros : new int[capacity];
        _repetitions = leaf.RepetitionLevel == 0 ? Zeros : new int[capacity];
        _pages = new PageReader(memory, file, dataEnd, chunk, leaf, options, held);
    }

    public LeafNode Leaf { get; }

    /// <summary>Repetition level of the entry at hand; -1 behind the last.</summary>
    public int Repetition => _next < _filled || TryFill() ? _repetitions[_next] : -1;

    /// <summary>Definition level of the entry at hand, which there must be.</summary>
    public int Definition => _next < _filled || TryFill() ? _definitions[_next] : throw TooFew();

    /// <summary>Passes over the entry at hand and returns its definition level. It must have the repetition level that the structure asks for.</summary>
    public int Take(int repetition)
    {
        if (_next >= _filled && !TryFill())
        {
            throw TooFew();
        }

        if (_repetitions[_next] != repetition)
        {
            throw ParquetException.Corrupt("the levels of the column do not fit those of its neighbours or the number of rows");
        }

        return _definitions[_next++];
    }

    /// <summary>The next value of a leaf of numbers.</summary>
    public long TakeNumber()
    {
        var at = TakeValue();
        return _values.Numbers[at];
    }

    /// <summary>The next value of a leaf of bytes; valid until the next value.</summary>
    public ReadOnlySpan<byte> TakeBytes()
    {
        var at = TakeValue();
        var slice = _values.Slices[at];
        return _values.Bytes.AsSpan(slice.Offset, slice.Length);
    }

    /// <summary>Throws when there are entries behind the last row.</summary>
    public void ExpectEnd()
    {
        if (Repetition >= 0)
        {
            throw ParquetException.Corrupt("the column holds more values than the row group has rows").At(null, null, Leaf.Path);
        }
    }

    public void Dispose() => _pages.Dispose();

    private int TakeValue()
    {
        if (_nextValue == _filledValues)
        {
            try
            {
                FillValues();
            }
            catch (ParquetException problem)
            {
                throw problem.At(null, null, Leaf.Path);
            }
        }

        return _nextValue++;
    }

    private bool TryFill()
    {
        try
        {
            return FillLevels();
        }
        catch (ParquetException problem)
        {
            throw problem.At(null, null, Leaf.Path);
        }
    }

    private bool FillLevels()
    {
        if (_pageLeft == 0)
        {
            if (!_pages.TryRead(out _page))
            {
                return false;
            }

            _pageLeft = _page.ValueCount;
            _valuesLeftInPage = _page.ValueCount;
            _decoder = null;
            _nextValue = _filledValues = 0;
        }

        _filled = Math.Min(_pageLeft, _values.Capacity);
        _next = 0;
        _pageLeft -= _filled;
        _page.Repetitions?.Read(_repetitions.AsSpan(0, _filled));
        _page.Definitions?.Read(_definitions.AsSpan(0, _filled));
        return true;
    }

    // The values of a page may be fewer than its entries, but never more.
    private void FillValues()
    {
        _decoder ??= ValueDecoders.Create(_page, Leaf, _pages.Dictionary, _pages.Joined, _options.MaxRowBytes);
        var wanted = Math.Min(_values.Capacity, _valuesLeftInPage);
        _nextValue = 0;
        _filledValues = _decoder.Read(_values, Math.Max(1, CountWanted(wanted)));
        _valuesLeftInPage -= _filledValues;
    }

    // The decoder cannot be asked for more values than the page has, and the nulls ahead are not known beyond the levels at hand.
    private int CountWanted(int limit)
    {
        var full = Leaf.DefinitionLevel;
        var count = full == 0 ? _filled - _next : _definitions.AsSpan(_next, _filled - _next).Count(full);
        return Math.Min(limit, count + 1);
    }

    private static ParquetException TooFew() => ParquetException.Corrupt("the column holds fewer values than the row group has rows");
}
