namespace InstructKit.Parquet.Metadata;

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
                case 1:
                    physical = reader.ReadI32(type);
                    break;
                case 2:
                    length = reader.ReadI32(type);
                    break;
                case 3:
                    repetition = reader.ReadI32(type);
                    break;
                case 4:
                    name = reader.ReadString(type);
                    break;
                case 5:
                    children = reader.ReadI32(type);
                    break;
                case 6:
                    converted = reader.ReadI32(type);
                    break;
                case 7:
                    scale = reader.ReadI32(type);
                    break;
                case 8:
                    precision = reader.ReadI32(type);
                    break;
                case 10:
                    ThriftReader.ExpectStruct(type);
                    logical = ReadLogical(ref reader);
                    break;
                default:
                    reader.Skip(type);
                    break;
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
                case (LogicalKind.Decimal, 1):
                    logical = logical with { Scale = reader.ReadI32(type) };
                    break;
                case (LogicalKind.Decimal, 2):
                    logical = logical with { Precision = reader.ReadI32(type) };
                    break;
                case (LogicalKind.Time or LogicalKind.Timestamp, 1):
                    logical = logical with { IsUtc = ThriftReader.ReadBool(type) };
                    break;
                case (LogicalKind.Time or LogicalKind.Timestamp, 2):
                    ThriftReader.ExpectStruct(type);
                    logical = logical with { Unit = ReadUnit(ref reader) };
                    break;
                case (LogicalKind.Integer, 1):
                    logical = logical with { BitWidth = reader.ReadI32(type) };
                    break;
                case (LogicalKind.Integer, 2):
                    logical = logical with { IsSigned = ThriftReader.ReadBool(type) };
                    break;
                default:
                    reader.Skip(type);
                    break;
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
