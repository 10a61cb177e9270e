using InstructKit.Parquet.Metadata;

namespace InstructKit.Parquet.Writing;

/// <summary>Writes what follows the pages: column indexes, offset indexes and the footer.</summary>
internal static class FooterWriter
{
    private const int FormatVersion = 2;

    public static byte[] WriteColumnIndex(WrittenChunk chunk)
    {
        var pages = chunk.Pages;
        var writer = new ThriftWriter();
        writer.StartStruct();
        writer.StartList(1, ThriftType.True, pages.Count);
        foreach (var page in pages) writer.WriteBool(!page.HasValues);

        writer.StartList(2, ThriftType.Binary, pages.Count);
        foreach (var page in pages) writer.WriteBinary(page.Lower);

        writer.StartList(3, ThriftType.Binary, pages.Count);
        foreach (var page in pages) writer.WriteBinary(page.Upper);

        writer.WriteI32(4, 0); // Boundary order: none is promised.
        writer.StartList(5, ThriftType.I64, pages.Count);
        foreach (var page in pages) writer.WriteI64(page.NullCount);

        writer.EndStruct();
        return writer.Written.ToArray();
    }

    public static byte[] WriteOffsetIndex(PlacedChunk placed)
    {
        var writer = new ThriftWriter();
        writer.StartStruct();
        writer.StartList(1, ThriftType.Struct, placed.Pages.Count);
        for (var i = 0; i < placed.Pages.Count; i++)
        {
            writer.StartStruct();
            writer.WriteI64(1, placed.Pages[i].Offset);
            writer.WriteI32(2, placed.Pages[i].Length);
            writer.WriteI64(3, placed.Chunk.Pages[i].FirstRow);
            writer.EndStruct();
        }

        writer.EndStruct();
        return writer.Written.ToArray();
    }

    public static byte[] WriteFooter(
        IReadOnlyList<ParquetField> fields, IReadOnlyList<(IReadOnlyList<PlacedChunk> Chunks, long Rows)> groups, ParquetWriterOptions options)
    {
        var writer = new ThriftWriter();
        writer.StartStruct();
        writer.WriteI32(1, FormatVersion);
        WriteSchema(writer, fields);
        writer.WriteI64(3, groups.Sum(group => group.Rows));
        writer.StartList(4, ThriftType.Struct, groups.Count);
        for (var i = 0; i < groups.Count; i++) WriteRowGroup(writer, groups[i].Chunks, groups[i].Rows, i, options);

        if (options.Metadata.Count > 0)
        {
            writer.StartList(5, ThriftType.Struct, options.Metadata.Count);
            foreach (var (key, value) in options.Metadata)
            {
                writer.StartStruct();
                writer.WriteString(1, key);
                writer.WriteString(2, value);
                writer.EndStruct();
            }
        }

        writer.WriteString(6, "instructkit");
        WriteColumnOrders(writer, fields.Sum(CountLeaves));
        writer.EndStruct();
        return writer.Written.ToArray();
    }

    private static void WriteColumnOrders(ThriftWriter writer, int leaves)
    {
        // Bounds are stated in the order of the logical type (TypeDefinedOrder).
        writer.StartList(7, ThriftType.Struct, leaves);
        for (var i = 0; i < leaves; i++)
        {
            writer.StartStruct();
            writer.StartStruct(1);
            writer.EndStruct();
            writer.EndStruct();
        }
    }

    private static void WriteSchema(ThriftWriter writer, IReadOnlyList<ParquetField> fields)
    {
        writer.StartList(2, ThriftType.Struct, 1 + fields.Sum(CountElements));
        writer.StartStruct();
        writer.WriteString(4, "schema");
        writer.WriteI32(5, fields.Count);
        writer.EndStruct();
        foreach (var field in fields) WriteElement(writer, field, field.Name);
    }

    private static void WriteElement(ThriftWriter writer, ParquetField field, string name)
    {
        writer.StartStruct();
        switch (field.Kind)
        {
            case ParquetFieldKind.List:
                writer.WriteI32(3, (int)Repetition.Optional);
                writer.WriteString(4, name);
                writer.WriteI32(5, 1);
                writer.WriteI32(6, (int)ConvertedType.List);
                WriteLogical(writer, LogicalKind.List);
                writer.EndStruct();
                writer.StartStruct();
                writer.WriteI32(3, (int)Repetition.Repeated);
                writer.WriteString(4, "list");
                writer.WriteI32(5, 1);
                writer.EndStruct();
                WriteElement(writer, field.Children[0], "element");
                return;
            case ParquetFieldKind.Struct:
                writer.WriteI32(3, (int)Repetition.Optional);
                writer.WriteString(4, name);
                writer.WriteI32(5, field.Children.Count);
                writer.EndStruct();
                foreach (var child in field.Children) WriteElement(writer, child, child.Name);

                return;
            default:
                writer.WriteI32(1, (int)LeafWriter.TypeOf(field.Kind));
                writer.WriteI32(3, (int)Repetition.Optional);
                writer.WriteString(4, name);
                if (field.Kind is ParquetFieldKind.Text or ParquetFieldKind.Json)
                {
                    var isJson = field.Kind == ParquetFieldKind.Json;
                    writer.WriteI32(6, (int)(isJson ? ConvertedType.Json : ConvertedType.Utf8));
                    WriteLogical(writer, isJson ? LogicalKind.Json : LogicalKind.String);
                }

                writer.EndStruct();
                return;
        }
    }

    private static void WriteLogical(ThriftWriter writer, LogicalKind kind)
    {
        writer.StartStruct(10);
        writer.StartStruct((int)kind);
        writer.EndStruct();
        writer.EndStruct();
    }

    private static void WriteRowGroup(ThriftWriter writer, IReadOnlyList<PlacedChunk> chunks, long rows, int ordinal, ParquetWriterOptions options)
    {
        writer.StartStruct();
        writer.StartList(1, ThriftType.Struct, chunks.Count);
        foreach (var chunk in chunks) WriteChunk(writer, chunk, options);

        writer.WriteI64(2, chunks.Sum(chunk => chunk.UncompressedBytes));
        writer.WriteI64(3, rows);
        writer.WriteI64(5, chunks.Count == 0 ? 0 : chunks[0].Offset);
        writer.WriteI64(6, chunks.Sum(chunk => chunk.CompressedBytes));
        if (ordinal <= short.MaxValue) writer.WriteI16(7, (short)ordinal);

        writer.EndStruct();
    }

    private static void WriteChunk(ThriftWriter writer, PlacedChunk placed, ParquetWriterOptions options)
    {
        var chunk = placed.Chunk;
        writer.StartStruct();
        writer.WriteI64(2, 0); // Deprecated, and required.
        writer.StartStruct(3);
        writer.WriteI32(1, (int)chunk.Type);
        writer.StartList(2, ThriftType.I32, chunk.Encodings.Count);
        foreach (var encoding in chunk.Encodings) writer.WriteI64((long)encoding);

        writer.StartList(3, ThriftType.Binary, chunk.Path.Count);
        foreach (var name in chunk.Path) writer.WriteBinary(System.Text.Encoding.UTF8.GetBytes(name));

        writer.WriteI32(4, (int)options.Codec);
        writer.WriteI64(5, chunk.ValueCount);
        writer.WriteI64(6, placed.UncompressedBytes);
        writer.WriteI64(7, placed.CompressedBytes);
        writer.WriteI64(9, placed.Pages is [var first, ..] ? first.Offset : placed.Offset);
        if (chunk.Dictionary is not null) writer.WriteI64(11, placed.Offset);

        WriteStatistics(writer, chunk);
        writer.EndStruct();
        if (placed.OffsetIndex is { } offsetIndex)
        {
            writer.WriteI64(4, offsetIndex.Offset);
            writer.WriteI32(5, offsetIndex.Length);
        }

        if (placed.ColumnIndex is { } columnIndex)
        {
            writer.WriteI64(6, columnIndex.Offset);
            writer.WriteI32(7, columnIndex.Length);
        }

        writer.EndStruct();
    }

    private static void WriteStatistics(ThriftWriter writer, WrittenChunk chunk)
    {
        writer.StartStruct(12);
        writer.WriteI64(3, chunk.NullCount);
        if (chunk.Bounds is { } bounds)
        {
            writer.WriteBinary(5, bounds.Upper);
            writer.WriteBinary(6, bounds.Lower);
            writer.WriteBool(7, bounds.IsUpperExact);
            writer.WriteBool(8, bounds.IsLowerExact);
        }

        writer.EndStruct();
    }

    private static int CountLeaves(ParquetField field) => field.Children.Count == 0 ? 1 : field.Children.Sum(CountLeaves);

    private static int CountElements(ParquetField field) => 1 + (field.Kind == ParquetFieldKind.List ? 1 : 0) + field.Children.Sum(CountElements);
}
