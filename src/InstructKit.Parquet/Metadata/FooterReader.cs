namespace InstructKit.Parquet.Metadata;

/// <summary>Turns the thrift bytes of the footer into <see cref="FileMetadata"/>.</summary>
internal static class FooterReader
{
    public static FileMetadata Read(ReadOnlySpan<byte> bytes, ParquetReaderOptions options)
    {
        var reader = new ThriftReader(bytes);
        List<SchemaElement>? schema = null;
        List<RowGroup>? groups = null;
        string? createdBy = null;
        var field = 0;
        while (reader.ReadField(ref field, out var type))
        {
            switch (field)
            {
                case 2:
                    schema = ReadSchema(ref reader, type, options);
                    break;
                case 4:
                    groups = ReadRowGroups(ref reader, type, schema?.Count ?? 0);
                    break;
                case 6:
                    createdBy = reader.ReadString(type);
                    break;
                case 8:
                    throw new ParquetException(ParquetErrorCodes.Encrypted, "the file has encrypted columns; decrypt it first");
                default:
                    reader.Skip(type);
                    break;
            }
        }

        if (schema is null || groups is null)
        {
            throw ParquetException.Corrupt("the footer lacks the schema or the row groups");
        }

        return new FileMetadata(schema, groups, createdBy);
    }

    private static List<SchemaElement> ReadSchema(ref ThriftReader reader, ThriftType listType, ParquetReaderOptions options)
    {
        var count = reader.ReadList(listType, out var element);
        if (count > options.MaxSchemaElements)
        {
            throw ParquetException.TooLarge($"the schema has {count} elements, more than {nameof(options.MaxSchemaElements)} = {options.MaxSchemaElements}");
        }

        var schema = new List<SchemaElement>(count);
        for (var i = 0; i < count; i++)
        {
            ThriftReader.ExpectStruct(element);
            schema.Add(SchemaElementReader.Read(ref reader));
        }

        return schema;
    }

    private static List<RowGroup> ReadRowGroups(ref ThriftReader reader, ThriftType listType, int schemaElements)
    {
        var count = reader.ReadList(listType, out var element);
        List<RowGroup> groups = [];
        for (var i = 0; i < count; i++)
        {
            ThriftReader.ExpectStruct(element);
            groups.Add(ReadRowGroup(ref reader, schemaElements));
        }

        return groups;
    }

    private static RowGroup ReadRowGroup(ref ThriftReader reader, int schemaElements)
    {
        List<ColumnChunk> columns = [];
        var bytes = 0L;
        long? rows = null;
        var field = 0;
        while (reader.ReadField(ref field, out var type))
        {
            switch (field)
            {
                case 1:
                    var count = reader.ReadList(type, out var element);
                    if (count > schemaElements)
                    {
                        throw ParquetException.Corrupt("a row group has more columns than the schema");
                    }

                    for (var i = 0; i < count; i++)
                    {
                        ThriftReader.ExpectStruct(element);
                        columns.Add(ReadColumnChunk(ref reader));
                    }

                    break;
                case 2:
                    bytes = reader.ReadI64(type);
                    break;
                case 3:
                    rows = reader.ReadI64(type);
                    break;
                default:
                    reader.Skip(type);
                    break;
            }
        }

        return new RowGroup(columns, bytes, rows ?? throw ParquetException.Corrupt("a row group lacks its number of rows"));
    }

    private static ColumnChunk ReadColumnChunk(ref ThriftReader reader)
    {
        var chunk = new ColumnChunk();
        var field = 0;
        while (reader.ReadField(ref field, out var type))
        {
            switch (field)
            {
                case 1:
                    chunk = chunk with { IsInOtherFile = !reader.ReadBinary(type).IsEmpty };
                    break;
                case 3:
                    ThriftReader.ExpectStruct(type);
                    chunk = ReadColumnMetadata(ref reader, chunk);
                    break;
                case 8 or 9:
                    chunk = chunk with { IsEncrypted = true };
                    reader.Skip(type);
                    break;
                default:
                    reader.Skip(type);
                    break;
            }
        }

        return chunk;
    }

    private static ColumnChunk ReadColumnMetadata(ref ThriftReader reader, ColumnChunk chunk)
    {
        int? physical = null;
        var codec = 0;
        long values = 0, compressed = 0;
        long? data = null, dictionary = null;
        var field = 0;
        while (reader.ReadField(ref field, out var type))
        {
            switch (field)
            {
                case 1:
                    physical = reader.ReadI32(type);
                    break;
                case 4:
                    codec = reader.ReadI32(type);
                    break;
                case 5:
                    values = reader.ReadI64(type);
                    break;
                case 7:
                    compressed = reader.ReadI64(type);
                    break;
                case 9:
                    data = reader.ReadI64(type);
                    break;
                case 11:
                    dictionary = reader.ReadI64(type);
                    break;
                default:
                    reader.Skip(type);
                    break;
            }
        }

        if (physical is not { } stored || data is not { } offset)
        {
            throw ParquetException.Corrupt("the metadata of a column lacks the type or the place of its pages");
        }

        return chunk with
        {
            HasMetadata = true,
            Type = (PhysicalType)stored,
            Codec = codec,
            ValueCount = values,
            CompressedBytes = compressed,
            DataPageOffset = offset,
            DictionaryPageOffset = dictionary,
        };
    }
}
