using InstructKit.Parquet.Compression;
using InstructKit.Parquet.Encodings;
using InstructKit.Parquet.Metadata;
using InstructKit.Parquet.Schema;
using Microsoft.Win32.SafeHandles;

namespace InstructKit.Parquet.Reading;

/// <summary>Walks over the entries of one leaf: a definition level, a repetition level and, where the definition level is full, a value. Levels and values are
/// decoded a batch at a time.</summary>
internal sealed class LeafCursor : IDisposable
{
    // Shared by required leaves and leaves outside any list; never written.
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

    /// <summary>The kind of decimals with a fraction.</summary>
    public ValueKind FractionKind => _options.DecimalsAsText ? ValueKind.PlainText : ValueKind.Float;

    /// <summary>Repetition level of the current entry; -1 after the last.</summary>
    public int Repetition => _next < _filled || Fill(null) ? _repetitions[_next] : -1;

    /// <summary>Definition level of the current entry, which must exist.</summary>
    public int Definition => _next < _filled || Fill(null) ? _definitions[_next] : throw TooFew();

    /// <summary>Skips the current entry and returns its definition level. It must have the repetition level that the structure requires.</summary>
    public int Take(int repetition)
    {
        if (_next >= _filled && !Fill(null)) throw TooFew();

        if (_repetitions[_next] != repetition)
            throw ParquetException.Corrupt("the levels of the column do not fit those of its neighbours or the number of rows");

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

    /// <summary>Number of the next entries, at most <paramref name="most"/>, that are decoded together with their values; decodes more when there are none. For
    /// leaves outside any list. Zero means nothing by itself: reading a single entry reports what is wrong.</summary>
    public int Prepare(int most)
    {
        if (_next >= _filled && !Fill(null)) return 0;

        var count = Math.Min(most, _filled - _next);
        var values = CountValues(count);
        if (values > 0 && _nextValue == _filledValues) Fill(owed: 0);

        return values <= _filledValues - _nextValue ? count : CountEntries(_filledValues - _nextValue);
    }

    /// <summary>Upper bound of the text size of the next, prepared entries, in bytes; null if there is none.</summary>
    public long? MeasureText(int count)
    {
        var values = CountValues(count);
        switch (Leaf.Format)
        {
            case ValueFormat.Decimal or ValueFormat.Null: return null;
            case ValueFormat.Text or ValueFormat.TextOrBinary or ValueFormat.Binary:
                var bytes = 0L;
                foreach (var slice in _values.Slices.AsSpan(_nextValue, values)) bytes += slice.Length;

                return Leaf.Format == ValueFormat.Text ? bytes : (bytes + (2L * values)) / 3 * 4;
            default: return (long)values * ValueText.LongestNumber;
        }
    }

    /// <summary>Reads all prepared entries at once.</summary>
    /// <param name="cells">Receives the cell of every entry, one per <paramref name="stride"/>.</param>
    /// <param name="stride">Cells per row.</param>
    /// <param name="count">Entries.</param>
    /// <param name="invalid">Receives the zero-based indices of the entries that are declared to be text but are not.</param>
    public void TakeMany(Span<Cell> cells, int stride, int count, CellBuffer target, List<int> invalid)
    {
        var isText = Leaf.Format == ValueFormat.Text; // by far the most common, and the most bytes
        var bytes = _values.Bytes.AsSpan();
        var slices = isText ? _values.Slices.AsSpan() : default;
        var at = 0;
        foreach (var definition in _definitions.AsSpan(_next, count))
        {
            var start = target.Length;
            ValueKind kind;
            if (definition != Leaf.DefinitionLevel)
            {
                kind = ValueKind.Null;
            }
            else if (isText)
            {
                var slice = slices[_nextValue++];
                kind = ValueText.AppendText(target, bytes.Slice(slice.Offset, slice.Length));
            }
            else
            {
                kind = ValueText.Append(this, target);
            }

            cells[at] = ValueText.CellOf(kind, start, target.Length - start);
            if (kind >= ValueKind.InvalidText) invalid.Add(at / stride);

            at += stride;
        }

        _next += count;
    }

    /// <summary>Throws when there are entries after the last row.</summary>
    public void ExpectEnd()
    {
        if (Repetition >= 0) throw ParquetException.Corrupt("the column holds more values than the row group has rows").At(null, null, Leaf.Path);
    }

    public void Dispose() => _pages.Dispose();

    private int TakeValue()
    {
        if (_nextValue == _filledValues) Fill(owed: 1);

        return _nextValue++;
    }

    // Reads levels, or values when some are owed or the current levels have any.
    private bool Fill(int? owed)
    {
        try
        {
            if (owed is not { } values) return FillLevels();

            FillValues(values);
            return true;
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
            if (!_pages.TryRead(out _page)) return false;

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

    // The decoder cannot be asked for more values than the page has, and the nulls ahead are not known beyond the decoded levels: it returns what they require,
    // and what is owed to entries that were skipped. The values of a page may be fewer than its entries, but never more.
    private void FillValues(int owed)
    {
        _decoder ??= ValueDecoders.Create(_page, Leaf, _pages.Dictionary, _pages.Joined, _options.MaxRowBytes);
        var wanted = Math.Min(CountValues(_filled - _next) + owed, Math.Min(_values.Capacity, _valuesLeftInPage));
        _nextValue = 0;
        _filledValues = _decoder.Read(_values, Math.Max(1, wanted));
        _valuesLeftInPage -= _filledValues;
    }

    // Number of values among the next entries.
    private int CountValues(int entries) => Leaf.DefinitionLevel == 0 ? entries : _definitions.AsSpan(_next, entries).Count(Leaf.DefinitionLevel);

    // Number of next entries that have at most that many values.
    private int CountEntries(int values)
    {
        var at = _next;
        while (_definitions[at] != Leaf.DefinitionLevel || values-- > 0) at++;

        return at - _next;
    }

    private static ParquetException TooFew() => ParquetException.Corrupt("the column holds fewer values than the row group has rows");
}

/// <summary>Where the cells of a column come from: a leaf, an assembler of several leaves, or nowhere (the file has no such column).</summary>
internal readonly record struct ColumnSource(string Name, LeafCursor? Flat, JsonAssembler? Nested)
{
    /// <summary>Appends the cell of the next row and returns its kind.</summary>
    public ValueKind Append(CellBuffer target)
    {
        if (Flat is { } cursor) return cursor.Take(0) == cursor.Leaf.DefinitionLevel ? ValueText.Append(cursor, target) : ValueKind.Null;

        return Nested?.Append(target) ?? ValueKind.Missing;
    }
}
