using System.Buffers.Binary;
using InstructKit.Parquet.Metadata;
using InstructKit.Parquet.Writing;

namespace InstructKit.Parquet;

/// <summary>Writes rows value by value, in the order of the schema: a value or null for every field, <see cref="StartList"/> and <see cref="StartStruct"/>
/// around their contents, <see cref="EndRow"/> after the last field. Memory is bounded by the size of a row group. The bytes depend only on the rows and the
/// options.</summary>
/// <remarks>
/// <para>Values go straight from the caller's span into the column's buffer: no string, object or copy of the row is made.</para>
/// <para>A row of <c>text: string, messages: list&lt;struct&lt;role, content, name&gt;&gt;</c>, where most messages lack a name:</para>
/// <code>
/// writer.WriteText("hello"u8);
/// writer.StartList();
/// foreach (var message in messages)
/// {
///     writer.StartStruct();
///     writer.WriteText(message.Role);
///     writer.WriteText(message.Content);
///     writer.SkipTo(3); // every field that was not written is null
///     writer.EndStruct();
/// }
///
/// writer.EndList();
/// writer.EndRow();
/// </code>
/// <para>
/// Calls out of order throw <see cref="InvalidOperationException"/>: they are errors of the caller, not of the data. The file is not readable before <see cref="Finish"/>.
/// </para>
/// </remarks>
public sealed class ParquetWriter : IDisposable
{
    private readonly Stream _output;
    private readonly IReadOnlyList<ParquetField> _fields;
    private readonly ParquetWriterOptions _options;
    private readonly PageCompressor _compressor;
    private readonly WriteNode[] _columns;
    private readonly LeafWriter[] _leaves;
    private readonly Stack<Frame> _outer = [];
    private readonly List<(IReadOnlyList<PlacedChunk> Chunks, long Rows)> _groups = [];
    private Frame _frame;
    private long _position;
    private long _groupRows;
    private long _groupBytes;

    /// <summary>Starts a file on a stream, which is left open and must be at its start.</summary>
    public ParquetWriter(Stream output, IReadOnlyList<ParquetField> fields, ParquetWriterOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfZero(fields.Count, nameof(fields));
        _output = output;
        _fields = fields;
        _options = options ?? ParquetWriterOptions.Default;
        _compressor = new PageCompressor(_options);
        _columns = [.. fields.Select(field => WriteNode.Build(field, _options, _compressor))];
        _leaves = [.. _columns.SelectMany(column => column.Leaves)];
        Put(FileMetadata.Magic);
    }

    /// <summary>Number of rows written so far.</summary>
    public long RowCount { get; private set; }

    /// <summary>Bytes in the stream so far; excludes the current row group.</summary>
    public long Position => _position;

    /// <summary>Writes null for the next field or item, whatever its type.</summary>
    public void WriteNull()
    {
        var (node, repetition) = Next();
        AppendNulls(node, repetition, node.DefinitionLevel - 1);
    }

    /// <summary>Writes null into the fields of the row, or of the innermost open struct, from the next one up to but not including <paramref name="field"/>.</summary>
    /// <param name="field">Zero-based index of the field to be written next; the number of fields ends the row or struct.</param>
    /// <exception cref="InvalidOperationException">The field has been written already, does not exist, or the innermost open element is a list.</exception>
    public void SkipTo(int field)
    {
        var count = _frame.Node is { } node ? node.Children.Length : _columns.Length;
        if (_frame.Node?.Field.Kind == ParquetFieldKind.List || field < _frame.Written || field > count)
            throw new InvalidOperationException($"field {field} was requested after {_frame.Written} of {count} fields, or inside a list");

        while (_frame.Written < field) WriteNull();
    }

    /// <summary>Writes text: plain, unescaped UTF-8. Its validity is not checked.</summary>
    public void WriteText(ReadOnlySpan<byte> utf8) => Append(ParquetFieldKind.Text, utf8);

    /// <summary>Writes a JSON document into a field of kind <see cref="ParquetFieldKind.Json"/>. It must be valid JSON and UTF-8, which is not checked.</summary>
    public void WriteJson(ReadOnlySpan<byte> json) => Append(ParquetFieldKind.Json, json);

    /// <summary>Writes an integer.</summary>
    public void WriteInteger(long value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        Append(ParquetFieldKind.Integer, bytes);
    }

    /// <summary>Writes a list of integers, as between <see cref="StartList"/> and <see cref="EndList"/>, at once.</summary>
    internal void WriteIntegers(ReadOnlySpan<long> items)
    {
        StartList();
        if (!items.IsEmpty)
        {
            var (node, repetition) = Next();
            if (node.Field.Kind != ParquetFieldKind.Integer)
                throw new InvalidOperationException($"the items of the list are of kind {node.Field.Kind} and got integers");

            node.Leaves[0].Append(repetition, items);
            _groupBytes += node.Leaves[0].LastBytes;
        }

        EndList();
    }

    /// <summary>Writes a floating-point number.</summary>
    public void WriteFloat(double value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteDoubleLittleEndian(bytes, value);
        Append(ParquetFieldKind.Float, bytes);
    }

    /// <summary>Writes a boolean.</summary>
    public void WriteBoolean(bool value) => Append(ParquetFieldKind.Boolean, value ? [1] : [0]);

    /// <summary>Starts a list; followed by its items.</summary>
    public void StartList() => Start(ParquetFieldKind.List);

    /// <summary>Ends a list, which may be empty.</summary>
    public void EndList()
    {
        var list = End(ParquetFieldKind.List);
        if (list.Written == 0)
        {
            AppendNulls(list.Node!, list.Repetition, list.Node!.DefinitionLevel); // Only the row itself has no node.
        }
    }

    /// <summary>Starts a struct; followed by all its fields.</summary>
    public void StartStruct() => Start(ParquetFieldKind.Struct);

    /// <summary>Ends a struct.</summary>
    public void EndStruct()
    {
        var structure = End(ParquetFieldKind.Struct);
        if (structure.Written != structure.Node!.Children.Length)
            throw new InvalidOperationException($"the struct '{structure.Node.Field.Name}' has {structure.Node.Children.Length} fields and {structure.Written} were written");
    }

    /// <summary>Ends a row.</summary>
    public void EndRow()
    {
        if (_frame.Node is not null || _frame.Written != _columns.Length)
            throw new InvalidOperationException($"a row ended after {_frame.Written} of {_columns.Length} columns or inside a list or struct");

        _frame = default;
        _groupRows++;
        RowCount++;
        foreach (var leaf in _leaves) leaf.EndRow(_groupRows);

        if (_groupBytes >= _options.RowGroupBytes) FlushRowGroup();
    }

    /// <summary>Writes the remaining rows and the footer, and flushes the stream without closing it.</summary>
    public void Finish()
    {
        if (_frame.Written > 0 || _frame.Node is not null) throw new InvalidOperationException("the last row has not been ended");

        if (_groupRows > 0) FlushRowGroup();

        WriteIndexes();
        var footer = FooterWriter.WriteFooter(_fields, _groups, _options);
        Put(footer);
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, footer.Length);
        Put(length);
        Put(FileMetadata.Magic);
        _output.Flush();
        Dispose();
    }

    /// <summary>Releases the compressor's memory, as <see cref="Finish"/> does; a file that was not finished stays unreadable.</summary>
    public void Dispose() => _compressor.Dispose();

    private void Append(ParquetFieldKind kind, ReadOnlySpan<byte> value)
    {
        var (node, repetition) = Next();
        if (node.Field.Kind != kind)
            throw new InvalidOperationException($"the field '{node.Field.Name}' is of kind {node.Field.Kind} and got a value of kind {kind}");

        node.Leaves[0].Append(repetition, value);
        _groupBytes += node.Leaves[0].LastBytes;
    }

    private void AppendNulls(WriteNode node, int repetition, int definition)
    {
        foreach (var leaf in node.Leaves)
        {
            leaf.AppendNull(repetition, definition);
            _groupBytes += leaf.LastBytes;
        }
    }

    private void Start(ParquetFieldKind kind)
    {
        var (node, repetition) = Next();
        if (node.Field.Kind != kind) throw new InvalidOperationException($"the field '{node.Field.Name}' is of kind {node.Field.Kind} and got a {kind}");

        _outer.Push(_frame);
        _frame = new Frame(node, repetition, 0);
    }

    private Frame End(ParquetFieldKind kind)
    {
        var ended = _frame;
        if (ended.Node?.Field.Kind != kind) throw new InvalidOperationException($"a {kind} ended that had not been started");

        _frame = _outer.Pop();
        return ended;
    }

    // The next field or item, and the repetition level of its first entry.
    private (WriteNode Node, int Repetition) Next()
    {
        var index = _frame.Written;
        var repetition = _frame.Repetition;
        var children = _columns;
        if (_frame.Node is { } node)
        {
            children = node.Children;
            if (node.Field.Kind == ParquetFieldKind.List)
            {
                repetition = index == 0 ? repetition : node.RepetitionLevel;
                index = 0;
            }
        }

        if (index >= children.Length) throw new InvalidOperationException($"more values than the {children.Length} fields of the row or struct");

        _frame = _frame with { Written = _frame.Written + 1 };
        return (children[index], repetition);
    }

    private void FlushRowGroup()
    {
        List<PlacedChunk> chunks = [];
        foreach (var leaf in _leaves) chunks.Add(Place(leaf.Flush(_groupRows)));

        _groups.Add((chunks, _groupRows));
        _groupRows = 0;
        _groupBytes = 0;
    }

    private PlacedChunk Place(WrittenChunk chunk)
    {
        var start = _position;
        if (chunk.Dictionary is { } dictionary) Put(dictionary.Bytes);

        var pages = chunk.Pages.Select(page => PutPart(page.Bytes)).ToList();
        var kept = chunk with { Pages = [.. chunk.Pages.Select(page => page with { Bytes = [] })] };
        return new PlacedChunk(kept, start, pages, _position - start, (chunk.Dictionary?.UncompressedBytes ?? 0L) + chunk.Pages.Sum(page => (long)page.UncompressedBytes));
    }

    private void WriteIndexes()
    {
        // All column indexes come before all offset indexes.
        Place(chunk => chunk.Chunk.HasColumnIndex ? chunk with { ColumnIndex = PutPart(FooterWriter.WriteColumnIndex(chunk.Chunk)) } : chunk);
        Place(chunk => chunk with { OffsetIndex = PutPart(FooterWriter.WriteOffsetIndex(chunk)) });

        void Place(Func<PlacedChunk, PlacedChunk> place)
        {
            for (var i = 0; i < _groups.Count; i++) _groups[i] = ([.. _groups[i].Chunks.Select(place)], _groups[i].Rows);
        }
    }

    private (long Offset, int Length) PutPart(byte[] part)
    {
        var start = _position;
        Put(part);
        return (start, part.Length);
    }

    private void Put(ReadOnlySpan<byte> bytes)
    {
        _output.Write(bytes);
        _position += bytes.Length;
    }

    // The list or struct being written (none: the row), the repetition level it began with, and how many fields or items it has so far.
    private readonly record struct Frame(WriteNode? Node, int Repetition, int Written);
}
