namespace InstructKit.Parquet.Metadata;

/// <summary>Turns the thrift bytes of the footer into <see cref="FileMetadata"/>.</summary>
internal static class FooterReader
{
    // A file of datasets has one or two; some writers keep one per column.
    private const int MaxPairs = 1 << 20;

    private delegate T StructReader<T>(ref ThriftReader reader);

    public static FileMetadata Read(ReadOnlySpan<byte> bytes, ParquetReaderOptions options)
    {
        var reader = new ThriftReader(bytes);
        SchemaElement[]? schema = null;
        RowGroup[]? groups = null;
        KeyValuePair<string, string>[] pairs = [];
        string? createdBy = null;
        var field = 0;
        while (reader.ReadField(ref field, out var type))
        {
            switch (field)
            {
                case 2: schema = ReadStructs(ref reader, type, options.MaxSchemaElements, TooManyElements, SchemaElementReader.Read); break;
                case 4:
                    var columns = schema?.Length ?? 0;
                    groups = ReadStructs(ref reader, type, options.MaxRowGroups, TooManyGroups, (ref ThriftReader group) => ReadRowGroup(ref group, columns));
                    break;
                case 5: pairs = ReadStructs(ref reader, type, MaxPairs, count => ParquetException.TooLarge($"the footer has {count} pairs of metadata, more than {MaxPairs}"), ReadPair); break;
                case 6: createdBy = reader.ReadString(type); break;
                case 8: throw new ParquetException(ParquetErrorCodes.Encrypted, "the file has encrypted columns; decrypt it first");
                default: reader.Skip(type); break;
            }
        }

        if (schema is null || groups is null) throw ParquetException.Corrupt("the footer lacks the schema or the row groups");

        return new FileMetadata(schema, groups, createdBy, pairs);

        ParquetException TooManyElements(int count) =>
            ParquetException.TooLarge($"the schema has {count} elements, more than {nameof(options.MaxSchemaElements)} = {options.MaxSchemaElements}");

        ParquetException TooManyGroups(int count) =>
            ParquetException.TooLarge($"the file has {count} row groups, more than {nameof(options.MaxRowGroups)} = {options.MaxRowGroups}");
    }

    private static KeyValuePair<string, string> ReadPair(ref ThriftReader reader)
    {
        string key = string.Empty, value = string.Empty;
        var field = 0;
        while (reader.ReadField(ref field, out var type))
        {
            switch (field)
            {
                case 1: key = reader.ReadString(type); break;
                case 2: value = reader.ReadString(type); break;
                default: reader.Skip(type); break;
            }
        }

        return new(key, value);
    }

    private static T[] ReadStructs<T>(ref ThriftReader reader, ThriftType type, int most, Func<int, ParquetException> tooMany, StructReader<T> read)
    {
        var count = reader.ReadList(type, out var element);
        if (count > most) throw tooMany(count);

        var items = new T[count];
        for (var i = 0; i < count; i++)
        {
            ThriftReader.ExpectStruct(element);
            items[i] = read(ref reader);
        }

        return items;
    }

    private static RowGroup ReadRowGroup(ref ThriftReader reader, int schemaElements)
    {
        ColumnChunk[] columns = [];
        var bytes = 0L;
        long? rows = null;
        var field = 0;
        while (reader.ReadField(ref field, out var type))
        {
            switch (field)
            {
                case 1: columns = ReadStructs(ref reader, type, schemaElements, _ => ParquetException.Corrupt("a row group has more columns than the schema"), ReadColumnChunk); break;
                case 2: bytes = reader.ReadI64(type); break;
                case 3: rows = reader.ReadI64(type); break;
                default: reader.Skip(type); break;
            }
        }

        return new RowGroup(columns, bytes, rows ?? throw ParquetException.Corrupt("a row group lacks its number of rows"));
    }

    private static ColumnChunk ReadColumnChunk(ref ThriftReader reader)
    {
        ColumnChunk? chunk = null;
        var isInOtherFile = false;
        var field = 0;
        while (reader.ReadField(ref field, out var type))
        {
            switch (field)
            {
                case 1: isInOtherFile = !reader.ReadBinary(type).IsEmpty; break;
                case 3:
                    ThriftReader.ExpectStruct(type);
                    chunk = ReadColumnMetadata(ref reader);
                    break;
                case 8 or 9: throw new ParquetException(ParquetErrorCodes.Encrypted, "the file has encrypted columns; decrypt it first");
                default: reader.Skip(type); break;
            }
        }

        return chunk is { } whole ? whole with { IsInOtherFile = isInOtherFile } : throw ParquetException.Corrupt("a row group has a column without metadata");
    }

    // All of these are required by the format; insisting on them also bounds how many columns a footer can claim.
    private static ColumnChunk ReadColumnMetadata(ref ThriftReader reader)
    {
        int? physical = null, codec = null;
        long? values = null, compressed = null, data = null;
        var dictionary = 0L;
        var field = 0;
        while (reader.ReadField(ref field, out var type))
        {
            switch (field)
            {
                case 1: physical = reader.ReadI32(type); break;
                case 4: codec = reader.ReadI32(type); break;
                case 5: values = reader.ReadI64(type); break;
                case 7: compressed = reader.ReadI64(type); break;
                case 9: data = reader.ReadI64(type); break;
                case 11: dictionary = reader.ReadI64(type); break;
                default: reader.Skip(type); break;
            }
        }

        return (physical, codec, values, compressed, data) is ({ } ofType, { } ofCodec, { } ofValues, { } ofSize, { } ofData)
            ? new ColumnChunk { Type = (PhysicalType)ofType, Codec = ofCodec, ValueCount = ofValues, CompressedBytes = ofSize, DataPageOffset = ofData, DictionaryPageOffset = dictionary }
            : throw ParquetException.Corrupt("the metadata of a column lack its type, its codec, its number of values, its size or the place of its pages");
    }
}

/// <summary>Reads one schema element with its annotation.</summary>
internal static class SchemaElementReader
{
    public static SchemaElement Read(ref ThriftReader reader)
    {
        string? name = null;
        int? physical = null, converted = null;
        int length = 0, repetition = 0, children = 0, scale = 0, precision = 0;
        LogicalType logical = default;
        var field = 0;
        while (reader.ReadField(ref field, out var type))
        {
            switch (field)
            {
                case 1: physical = reader.ReadI32(type); break;
                case 2: length = reader.ReadI32(type); break;
                case 3: repetition = reader.ReadI32(type); break;
                case 4: name = reader.ReadString(type); break;
                case 5: children = reader.ReadI32(type); break;
                case 6: converted = reader.ReadI32(type); break;
                case 7: scale = reader.ReadI32(type); break;
                case 8: precision = reader.ReadI32(type); break;
                case 10:
                    ThriftReader.ExpectStruct(type);
                    logical = ReadLogical(ref reader);
                    break;
                default: reader.Skip(type); break;
            }
        }

        if (name is null || physical is < 0 or > (int)PhysicalType.FixedLenByteArray || repetition is < 0 or > 2 || children < 0)
            throw ParquetException.Corrupt("a schema element lacks its name, or its type, repetition or number of children does not exist");

        return new SchemaElement
        {
            Name = name,
            Type = (PhysicalType?)physical,
            TypeLength = length,
            Repetition = (Repetition)repetition,
            ChildCount = children,
            Converted = (ConvertedType?)converted,
            Logical = logical,
            Scale = scale,
            Precision = precision,
        };
    }

    // A union: one field whose number is the kind and whose struct holds the parameters.
    private static LogicalType ReadLogical(ref ThriftReader reader)
    {
        LogicalType logical = default;
        var field = 0;
        while (reader.ReadField(ref field, out var type))
        {
            ThriftReader.ExpectStruct(type);
            logical = ReadParameters(ref reader, new LogicalType((LogicalKind)field));
        }

        return logical;
    }

    private static LogicalType ReadParameters(ref ThriftReader reader, LogicalType logical)
    {
        var field = 0;
        while (reader.ReadField(ref field, out var type))
        {
            switch (logical.Kind, field)
            {
                case (LogicalKind.Decimal, 1): logical = logical with { Scale = reader.ReadI32(type) }; break;
                case (LogicalKind.Decimal, 2): logical = logical with { Precision = reader.ReadI32(type) }; break;
                case (LogicalKind.Time or LogicalKind.Timestamp, 1): logical = logical with { IsUtc = ThriftReader.ReadBool(type) }; break;
                case (LogicalKind.Time or LogicalKind.Timestamp, 2):
                    ThriftReader.ExpectStruct(type);
                    logical = logical with { Unit = ReadUnit(ref reader) };
                    break;
                case (LogicalKind.Integer, 1): logical = logical with { BitWidth = reader.ReadI32(type) }; break;
                case (LogicalKind.Integer, 2): logical = logical with { IsSigned = ThriftReader.ReadBool(type) }; break;
                default: reader.Skip(type); break;
            }
        }

        return logical;
    }

    private static TimeUnit ReadUnit(ref ThriftReader reader)
    {
        TimeUnit unit = default;
        var field = 0;
        while (reader.ReadField(ref field, out var type))
        {
            unit = (TimeUnit)field;
            reader.Skip(type);
        }

        return unit;
    }
}
