using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using InstructKit.Parquet.Metadata;

namespace InstructKit.Parquet.Writing;

/// <summary>Collects the entries of one leaf and turns them into pages. Starts with a dictionary; drops it after the first page if it does not save a
/// quarter, and continues without it when it is full.</summary>
internal sealed class LeafWriter
{
    private readonly ParquetFieldKind _kind;
    private readonly bool _isText;
    private readonly string[] _path;
    private readonly int _maxDefinition;
    private readonly int _maxRepetition;
    private readonly ParquetWriterOptions _options;
    private readonly PageCompressor _compressor;
    private readonly List<int> _definitions = [];
    private readonly List<int> _repetitions = [];
    private readonly List<int> _indices = [];
    private readonly Utf8Output _plain = new();
    private readonly Utf8Output _body = new();
    private readonly Utf8Output _levels = new();
    private readonly DictionaryBuilder _dictionary;
    private readonly ValueBounds _pageBounds;
    private readonly ValueBounds _chunkBounds;
    private readonly List<WrittenPage> _pages = [];
    private readonly SortedSet<PageEncoding> _encodings = [];
    private bool _usesDictionary;
    private bool _hasDictionaryPages;
    private bool _hasPageWithoutBounds;
    private int _pagePlainBytes;
    private int _bits;
    private long _pageFirstRow;
    private long _valueCount;

    public LeafWriter(ParquetFieldKind kind, string[] path, int maxDefinition, int maxRepetition, ParquetWriterOptions options, PageCompressor compressor)
    {
        _kind = kind;
        _isText = kind is ParquetFieldKind.Text or ParquetFieldKind.Json;
        _path = path;
        _maxDefinition = maxDefinition;
        _maxRepetition = maxRepetition;
        _options = options;
        _compressor = compressor;
        _dictionary = new DictionaryBuilder(areNumbers: !_isText);
        _pageBounds = new ValueBounds(kind);
        _chunkBounds = new ValueBounds(kind);
        Reset();
    }

    /// <summary>How the values of a kind are stored.</summary>
    public static PhysicalType TypeOf(ParquetFieldKind kind) => kind switch
    {
        ParquetFieldKind.Text or ParquetFieldKind.Json => PhysicalType.ByteArray,
        ParquetFieldKind.Integer => PhysicalType.Int64,
        ParquetFieldKind.Float => PhysicalType.Double,
        _ => PhysicalType.Boolean,
    };

    /// <summary>Size of the entry added last, before encoding.</summary>
    public int LastBytes { get; private set; }

    public void AppendNull(int repetition, int definition)
    {
        _repetitions.Add(repetition);
        _definitions.Add(definition);
        _pageBounds.AddNull();
        LastBytes = 1;
    }

    /// <summary>Adds a value: UTF-8, eight bytes of a number, or one byte that is 0 or 1.</summary>
    public void Append(int repetition, ReadOnlySpan<byte> value)
    {
        _repetitions.Add(repetition);
        _definitions.Add(_maxDefinition);
        _pageBounds.Add(value);
        LastBytes = value.Length + (_isText ? 4 : 0);
        _pagePlainBytes += LastBytes;
        if (!_usesDictionary)
        {
            AppendPlain(value);
            return;
        }

        _indices.Add(_dictionary.Add(value));
    }

    /// <summary>Adds the integers of a list that is not empty.</summary>
    /// <param name="repetition">Repetition level of the first.</param>
    public void Append(int repetition, ReadOnlySpan<long> items)
    {
        Extend(_repetitions, items.Length).Fill(_maxRepetition);
        CollectionsMarshal.AsSpan(_repetitions)[^items.Length] = repetition;
        Extend(_definitions, items.Length).Fill(_maxDefinition);
        _pageBounds.Add(items);
        var bytes = MemoryMarshal.AsBytes(items);
        LastBytes = bytes.Length;
        _pagePlainBytes += LastBytes;
        if (!_usesDictionary) _plain.AppendRaw(bytes);
        else for (; !bytes.IsEmpty; bytes = bytes[sizeof(long)..]) _indices.Add(_dictionary.Add(bytes[..sizeof(long)]));
    }

    private static Span<int> Extend(List<int> levels, int count)
    {
        CollectionsMarshal.SetCount(levels, levels.Count + count);
        return CollectionsMarshal.AsSpan(levels)[^count..];
    }

    /// <summary>Closes the page if it is large enough. Called between rows, so that rows do not span pages.</summary>
    public void EndRow(long nextRow)
    {
        if (_pagePlainBytes >= _options.PageBytes || _definitions.Count >= _options.PageBytes) FlushPage(nextRow);
        else if (_usesDictionary && _hasDictionaryPages && _dictionary.ByteCount > _options.DictionaryBytes) FlushPage(nextRow);
    }

    /// <summary>Closes the chunk and starts the next.</summary>
    public WrittenChunk Flush(long rows)
    {
        if (_definitions.Count > 0) FlushPage(rows);

        var hasBounds = _chunkBounds.HasBounds;
        var chunk = new WrittenChunk
        {
            Type = TypeOf(_kind),
            Path = _path,
            Dictionary = _hasDictionaryPages ? WriteDictionary() : null,
            Pages = [.. _pages],
            Encodings = [.. _encodings],
            ValueCount = _valueCount,
            NullCount = _chunkBounds.NullCount,
            Bounds = hasBounds ? (_chunkBounds.Lower(out var isLowerExact), isLowerExact, _chunkBounds.Upper(out var isUpperExact), isUpperExact) : null,
            HasColumnIndex = !_hasPageWithoutBounds,
        };
        Reset();
        return chunk;
    }

    private void FlushPage(long nextRow)
    {
        if (_usesDictionary && !_hasDictionaryPages && !DictionaryPays())
        {
            _usesDictionary = false;
            foreach (var index in _indices) AppendPlain(_dictionary.Value(index));
        }

        _body.Length = 0;
        AppendLevels(CollectionsMarshal.AsSpan(_repetitions), _maxRepetition);
        AppendLevels(CollectionsMarshal.AsSpan(_definitions), _maxDefinition);
        var encoding = PageEncoding.Plain;
        if (_usesDictionary)
        {
            encoding = PageEncoding.RleDictionary;
            _hasDictionaryPages = true;
            var width = BitWidth(Math.Max(0, _dictionary.Count - 1));
            _body.AppendByte((byte)width);
            HybridEncoder.Append(_body, CollectionsMarshal.AsSpan(_indices), width);
            _encodings.Add(PageEncoding.Plain);
        }
        else
        {
            _body.AppendRaw(_plain.Written);
        }

        _encodings.Add(encoding);
        _encodings.Add(PageEncoding.Rle);
        var bytes = _compressor.WriteData(_body.Written, _definitions.Count, encoding, out var uncompressed);
        _pages.Add(new WrittenPage(bytes, uncompressed, _pageFirstRow)
        {
            NullCount = _pageBounds.NullCount,
            HasValues = _pageBounds.HasValues,
            Lower = _pageBounds.HasBounds ? _pageBounds.Lower(out _) : [],
            Upper = _pageBounds.HasBounds ? _pageBounds.Upper(out _) : [],
        });
        _hasPageWithoutBounds |= _pageBounds.HasNaN;
        _chunkBounds.Add(_pageBounds);
        _valueCount += _definitions.Count;
        _usesDictionary &= _dictionary.ByteCount <= _options.DictionaryBytes;
        StartPage(nextRow);
    }

    // Three quarters is a guess that leaves rarely repeated texts plain and encodes labels.
    private bool DictionaryPays()
    {
        var coded = _dictionary.ByteCount + ((long)_indices.Count * BitWidth(_dictionary.Count) / 8);
        return coded < _pagePlainBytes * 3L / 4 && _dictionary.ByteCount <= _options.DictionaryBytes;
    }

    private WrittenPage WriteDictionary()
    {
        _body.Length = 0;
        for (var i = 0; i < _dictionary.Count; i++)
        {
            var value = _dictionary.Value(i);
            if (_isText) AppendInt32(_body, value.Length);

            _body.AppendRaw(value);
        }

        return new WrittenPage(_compressor.WriteDictionary(_body.Written, _dictionary.Count, out var uncompressed), uncompressed, 0);
    }

    private void AppendPlain(ReadOnlySpan<byte> value)
    {
        if (_isText)
        {
            AppendInt32(_plain, value.Length);
            _plain.AppendRaw(value);
        }
        else if (_kind != ParquetFieldKind.Boolean)
        {
            _plain.AppendRaw(value);
        }
        else
        {
            if (_bits % 8 == 0) _plain.AppendByte(0);

            _plain.Rewrite(_plain.Length - 1, 1)[0] |= (byte)(value[0] << (_bits % 8));
            _bits++;
        }
    }

    private static void AppendInt32(Utf8Output target, int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(target.Reserve(sizeof(int)), value);
        target.Advance(sizeof(int));
    }

    private void AppendLevels(ReadOnlySpan<int> levels, int maxLevel)
    {
        if (maxLevel > 0)
        {
            _levels.Length = 0;
            HybridEncoder.Append(_levels, levels, BitWidth(maxLevel));
            AppendInt32(_body, _levels.Length);
            _body.AppendRaw(_levels.Written);
        }
    }

    private void StartPage(long firstRow)
    {
        _pageFirstRow = firstRow;
        _definitions.Clear();
        _repetitions.Clear();
        _indices.Clear();
        _plain.Length = 0;
        _pageBounds.Clear();
        _pagePlainBytes = 0;
        _bits = 0;
    }

    private void Reset()
    {
        StartPage(0);
        _pages.Clear();
        _encodings.Clear();
        _dictionary.Clear();
        _chunkBounds.Clear();
        _valueCount = 0;
        _hasPageWithoutBounds = false;
        _hasDictionaryPages = false;
        _usesDictionary = _kind != ParquetFieldKind.Boolean && _options.DictionaryBytes > 0;
    }

    private static int BitWidth(int max) => 32 - BitOperations.LeadingZeroCount((uint)max);
}

/// <summary>A field of the schema being written, with its levels and the leaves below it.</summary>
internal sealed class WriteNode
{
    private WriteNode(ParquetField field, int definitionLevel, int repetitionLevel)
    {
        Field = field;
        DefinitionLevel = definitionLevel;
        RepetitionLevel = repetitionLevel;
    }

    public ParquetField Field { get; }

    /// <summary>Definition level of an entry where this field is not null.</summary>
    public int DefinitionLevel { get; }

    /// <summary>Repetition level of the innermost list around the field; for a list, of its items but the first.</summary>
    public int RepetitionLevel { get; }

    public WriteNode[] Children { get; private set; } = [];

    /// <summary>The leaves at or below this field.</summary>
    public LeafWriter[] Leaves { get; private set; } = [];

    public static WriteNode Build(ParquetField field, ParquetWriterOptions options, PageCompressor compressor) => Build(field, 0, 0, [field.Name], options, compressor);

    private static WriteNode Build(ParquetField field, int outer, int repetition, string[] path, ParquetWriterOptions options, PageCompressor compressor)
    {
        // Every field is optional, which is one level; a list adds one for the presence of an item.
        var definition = outer + 1;
        switch (field.Kind)
        {
            case ParquetFieldKind.List:
                var list = new WriteNode(field, definition, repetition + 1);
                list.Children = [Build(field.Children[0], definition + 1, repetition + 1, [.. path, "list", "element"], options, compressor)];
                list.Leaves = list.Children[0].Leaves;
                return list;
            case ParquetFieldKind.Struct:
                var structure = new WriteNode(field, definition, repetition);
                structure.Children = [.. field.Children.Select(child => Build(child, definition, repetition, [.. path, child.Name], options, compressor))];
                structure.Leaves = [.. structure.Children.SelectMany(child => child.Leaves)];
                return structure;
            default:
                return new WriteNode(field, definition, repetition) { Leaves = [new LeafWriter(field.Kind, path, definition, repetition, options, compressor)] };
        }
    }
}
