using System.Buffers.Binary;
using InstructKit.Parquet.Compression;
using InstructKit.Parquet.Metadata;
using InstructKit.Parquet.Reading;
using InstructKit.Parquet.Schema;
using Microsoft.Win32.SafeHandles;

namespace InstructKit.Parquet;

/// <summary>An open Parquet file. Opening reads only the footer. Thread-safe: each thread reads row groups with its own readers.</summary>
public sealed class ParquetFile : IDisposable
{
    private const int FooterTail = 8;

    private readonly SafeFileHandle _handle;
    private readonly ParquetReaderOptions _options;
    private readonly FileMetadata _metadata;
    private readonly Dictionary<string, SchemaNode> _fields = new(StringComparer.Ordinal);
    private readonly HashSet<string> _doubled = new(StringComparer.Ordinal);
    private readonly LeafNode[] _leaves;
    private readonly long _dataEnd;
    private readonly PageMemory _memory;

    private ParquetFile(string path, SafeFileHandle handle, ParquetReaderOptions options)
    {
        Path = path;
        _handle = handle;
        _options = options;
        _memory = new PageMemory(options.MaxBufferBytes);
        var footer = ReadFooter(handle, options, out _dataEnd);
        _metadata = FooterReader.Read(footer, options);
        (var fields, _leaves) = SchemaTree.Build(_metadata.Schema, options, _metadata.CreatedBy);
        foreach (var field in fields)
        {
            // Nothing forbids two columns of the same name; which one is meant is unknown.
            if (!_fields.TryAdd(field.Name, field)) _doubled.Add(field.Name);
        }

        Columns = [.. fields.Select(field => new ParquetColumn(field.Name, field.TypeText, field.IsNullable))];
        RowGroups = CountRows();
        RowCount = RowGroups.Sum(group => group.RowCount);
    }

    /// <summary>The path that was opened.</summary>
    public string Path { get; }

    /// <summary>The top-level columns, in the file's order.</summary>
    public IReadOnlyList<ParquetColumn> Columns { get; }

    /// <summary>The row groups, in the file's order.</summary>
    public IReadOnlyList<ParquetRowGroup> RowGroups { get; }

    /// <summary>Number of rows, summed over the row groups; the footer's own sum is wrong in some writers' files.</summary>
    public long RowCount { get; }

    /// <summary>The program that wrote the file, if stated.</summary>
    public string? CreatedBy => _metadata.CreatedBy;

    /// <summary>The pairs of the footer's key-value metadata, in the file's order. <c>huggingface</c> holds the features of a dataset as JSON.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Metadata => _metadata.Pairs;

    /// <summary>Opens a file and reads its footer.</summary>
    /// <exception cref="ParquetException">The file is not Parquet, broken, encrypted or beyond a limit.</exception>
    /// <exception cref="IOException">The file could not be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Access to the file is denied, or it is a folder.</exception>
    public static ParquetFile Open(string path, ParquetReaderOptions? options = null)
    {
        var handle = File.OpenHandle(path);
        try
        {
            return Guarded.Run(path, null, () => new ParquetFile(path, handle, options ?? ParquetReaderOptions.Default));
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Opens a reader for one row group. <paramref name="columns"/> are names of top-level columns, in the order of the cells; a name
    /// that the file does not have yields missing cells. Other columns are not read.</summary>
    /// <exception cref="ParquetException">The metadata of a column are broken, or it is stored in a way that is not supported.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row group.</exception>
    public ParquetRowReader OpenRowGroup(int index, IReadOnlyList<string> columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, RowGroups.Count);
        return Guarded.Run(Path, index, () => Open(index, columns));
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _handle.Dispose();

    private ParquetRowReader Open(int index, IReadOnlyList<string> columns)
    {
        var group = _metadata.RowGroups[index];
        if (group.Columns.Count != _leaves.Length)
            throw ParquetException.Corrupt($"the row group has {group.Columns.Count} columns where the schema has {_leaves.Length}");

        List<LeafCursor> opened = [];
        var held = _memory.WindowFor(columns.Sum(name => _fields.TryGetValue(name, out var field) ? field.LeafCount : 0));
        try
        {
            ColumnSource[] sources = [.. columns.Select(name => OpenColumn(name, group, opened, held))];
            return new ParquetRowReader(Path, RowGroups[index], sources, opened, _options);
        }
        catch
        {
            opened.ForEach(cursor => cursor.Dispose());
            throw;
        }
    }

    private ColumnSource OpenColumn(string name, RowGroup group, List<LeafCursor> opened, int held)
    {
        if (!_fields.TryGetValue(name, out var field)) return new ColumnSource(name, null, null);

        if (_doubled.Contains(name)) throw ParquetException.Unsupported("several columns of the file have this name").At(null, null, name);

        var first = opened.Count;
        for (var i = 0; i < field.LeafCount; i++)
        {
            var leaf = _leaves[field.FirstLeaf + i];
            try
            {
                Guarded.Run(Path, null, () => opened.Add(OpenLeaf(leaf, group, held)));
            }
            catch (ParquetException problem)
            {
                throw problem.At(null, null, leaf.Path);
            }
        }

        if (field is LeafNode) return new ColumnSource(name, opened[first], null);

        try
        {
            return new ColumnSource(name, null, new JsonAssembler(field, [.. opened[first..]]));
        }
        catch (ParquetException problem)
        {
            throw problem.At(null, null, name);
        }
    }

    private LeafCursor OpenLeaf(LeafNode leaf, RowGroup group, int held)
    {
        var chunk = group.Columns[leaf.Index];
        if (chunk.IsInOtherFile) throw ParquetException.Unsupported("the column is stored in another file");

        if (chunk.Type != leaf.Type || (leaf.RepetitionLevel == 0 && chunk.ValueCount != group.RowCount))
            throw ParquetException.Corrupt("the metadata of the column have another type or number of values than the schema and the row group");

        return new LeafCursor(_memory, _handle, _dataEnd, chunk, leaf, _options, held);
    }

    private List<ParquetRowGroup> CountRows()
    {
        List<ParquetRowGroup> groups = [];
        var rows = 0L;
        foreach (var group in _metadata.RowGroups)
        {
            if (group.RowCount < 0) throw ParquetException.Corrupt("a row group has a negative number of rows");

            if (group.RowCount > _options.MaxRowGroupRows)
                throw ParquetException.TooLarge($"a row group of {group.RowCount} rows is larger than {nameof(_options.MaxRowGroupRows)} = {_options.MaxRowGroupRows}");

            groups.Add(new ParquetRowGroup(groups.Count, rows, group.RowCount, group.TotalBytes));
            rows += group.RowCount;
        }

        return groups;
    }

    private static byte[] ReadFooter(SafeFileHandle handle, ParquetReaderOptions options, out long dataEnd)
    {
        var length = LengthOf(handle);
        if (length < FileMetadata.Magic.Length + FooterTail) throw new ParquetException(ParquetErrorCodes.NotParquet, $"not a Parquet file: {length} bytes are too few");

        Span<byte> ends = stackalloc byte[FooterTail + FileMetadata.Magic.Length];
        ReadExactly(handle, ends[..FileMetadata.Magic.Length], 0);
        ReadExactly(handle, ends[FileMetadata.Magic.Length..], length - FooterTail);
        var head = ends[..FileMetadata.Magic.Length];
        var tail = ends[^FileMetadata.Magic.Length..];
        if (tail.SequenceEqual("PARE"u8))
            throw new ParquetException(ParquetErrorCodes.Encrypted, "the file is encrypted (its magic bytes are PARE); decrypt it first");

        if (!head.SequenceEqual(FileMetadata.Magic) || !tail.SequenceEqual(FileMetadata.Magic))
            throw new ParquetException(ParquetErrorCodes.NotParquet, "not a whole Parquet file: it does not begin and end with the bytes PAR1");

        var size = BinaryPrimitives.ReadUInt32LittleEndian(ends[FileMetadata.Magic.Length..]);
        dataEnd = length - FooterTail - size;
        if (dataEnd < FileMetadata.Magic.Length) throw new ParquetException(ParquetErrorCodes.NotParquet, $"a footer of {size} bytes does not fit into the file");

        if (size > options.MaxFooterBytes)
            throw ParquetException.TooLarge($"a footer of {size} bytes is larger than {nameof(options.MaxFooterBytes)} = {options.MaxFooterBytes}");

        var footer = new byte[size];
        ReadExactly(handle, footer, dataEnd);
        return footer;
    }

    private static long LengthOf(SafeFileHandle handle)
    {
        try
        {
            return RandomAccess.GetLength(handle);
        }
        catch (NotSupportedException problem)
        {
            throw new ParquetException(ParquetErrorCodes.Unsupported, "a pipe or device: Parquet needs a file that can be read at any place", problem);
        }
    }

    private static void ReadExactly(SafeFileHandle handle, Span<byte> target, long offset)
    {
        while (!target.IsEmpty)
        {
            var read = RandomAccess.Read(handle, target, offset);
            if (read == 0) throw ParquetException.Corrupt("the file has become shorter while it was read");

            target = target[read..];
            offset += read;
        }
    }
}

/// <summary>A top-level column.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type as text, such as <c>list&lt;struct&lt;role: string, content: string&gt;&gt;</c>.</param>
/// <param name="IsNullable">Whether it may hold nulls.</param>
public sealed record ParquetColumn(string Name, string Type, bool IsNullable);

/// <summary>A part of a file that can be read on its own.</summary>
/// <param name="Index">Zero-based position in the file.</param>
/// <param name="FirstRow">Zero-based ordinal of its first row in the file.</param>
/// <param name="RowCount">Number of its rows.</param>
/// <param name="TotalBytes">Size before compression as the file states it, in bytes; not reliable.</param>
public sealed record ParquetRowGroup(int Index, long FirstRow, long RowCount, long TotalBytes);

/// <summary>The boundary to the caller: adds the location to errors, and turns the runtime's own exceptions about an index or a size, which only broken files
/// can cause, into errors of the file.</summary>
internal static class Guarded
{
    public static T Run<T>(string file, int? rowGroup, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (ParquetException problem)
        {
            throw problem.At(file, rowGroup);
        }
        catch (Exception problem) when (problem is IndexOutOfRangeException or ArgumentException or ArithmeticException or InvalidDataException)
        {
            throw ParquetException.Corrupt("the file contradicts itself", problem).At(file, rowGroup);
        }
    }

    public static void Run(string file, int? rowGroup, Action work) => Run(file, rowGroup, () =>
    {
        work();
        return true;
    });
}
