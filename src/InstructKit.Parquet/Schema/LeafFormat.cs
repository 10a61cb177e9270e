using InstructKit.Parquet.Metadata;

namespace InstructKit.Parquet.Schema;

/// <summary>Decides how the values of a leaf become text, and rejects annotations that do not fit the stored type.</summary>
internal static class LeafFormat
{
    // A decimal of more digits than this was not written on purpose (64 bytes hold 154 digits).
    private const int MaxPrecision = 154;
    private const int MaxDecimalBytes = 64;

    /// <summary>Whether the element is declared to hold text.</summary>
    public static bool IsText(SchemaElement element) =>
        element.Type == PhysicalType.ByteArray
        && (element.Converted is ConvertedType.Utf8 or ConvertedType.Enum or ConvertedType.Json
            || element.Logical.Kind is LogicalKind.String or LogicalKind.Enum or LogicalKind.Json);

    public static LeafNode Describe(
        SchemaElement element, int index, SchemaPath place, (int Definition, int Repetition, bool IsNullable) levels, bool textIsDeclared)
    {
        var type = element.Type!.Value; // The caller uses it to distinguish leaves from groups.
        var width = type switch
        {
            PhysicalType.Boolean => 1,
            PhysicalType.Int32 or PhysicalType.Float => 4,
            PhysicalType.Int64 or PhysicalType.Double => 8,
            PhysicalType.Int96 => 12,
            PhysicalType.FixedLenByteArray => element.TypeLength,
            _ => 0,
        };
        if (type == PhysicalType.FixedLenByteArray && width <= 0) throw ParquetException.Corrupt($"values of {width} bytes do not exist");

        var logical = element.Logical.Kind == LogicalKind.None ? FromConverted(element) : element.Logical;
        var format = element.Converted == ConvertedType.Interval && element.Logical.Kind == LogicalKind.None
            ? Require(type == PhysicalType.FixedLenByteArray && width == 12, ValueFormat.Interval, element)
            : FormatOf(element, type, width, logical, textIsDeclared);
        return new LeafNode(element.Name, levels.Definition, levels.IsNullable)
        {
            Index = index,
            Place = place,
            Type = type,
            Width = width,
            RepetitionLevel = levels.Repetition,
            Format = format,
            IsJson = logical.Kind == LogicalKind.Json,
            Scale = logical.Scale,
            Unit = logical.Unit,
            IsUtc = logical.IsUtc,
        };
    }

    private static LogicalType FromConverted(SchemaElement element) => element.Converted switch
    {
        ConvertedType.Utf8 => new(LogicalKind.String),
        ConvertedType.Enum => new(LogicalKind.Enum),
        ConvertedType.Json => new(LogicalKind.Json),
        ConvertedType.Bson => new(LogicalKind.Bson),
        ConvertedType.Decimal => new(LogicalKind.Decimal, Scale: element.Scale, Precision: element.Precision),
        ConvertedType.Date => new(LogicalKind.Date),
        ConvertedType.TimeMillis => new(LogicalKind.Time, TimeUnit.Millis, true),
        ConvertedType.TimeMicros => new(LogicalKind.Time, TimeUnit.Micros, true),
        ConvertedType.TimestampMillis => new(LogicalKind.Timestamp, TimeUnit.Millis, true),
        ConvertedType.TimestampMicros => new(LogicalKind.Timestamp, TimeUnit.Micros, true),
        ConvertedType.UInt8 => new(LogicalKind.Integer, BitWidth: 8),
        ConvertedType.UInt16 => new(LogicalKind.Integer, BitWidth: 16),
        ConvertedType.UInt32 => new(LogicalKind.Integer, BitWidth: 32),
        ConvertedType.UInt64 => new(LogicalKind.Integer, BitWidth: 64),
        ConvertedType.Int8 => new(LogicalKind.Integer, BitWidth: 8, IsSigned: true),
        ConvertedType.Int16 => new(LogicalKind.Integer, BitWidth: 16, IsSigned: true),
        ConvertedType.Int32 => new(LogicalKind.Integer, BitWidth: 32, IsSigned: true),
        ConvertedType.Int64 => new(LogicalKind.Integer, BitWidth: 64, IsSigned: true),
        _ => default,
    };

    private static ValueFormat FormatOf(SchemaElement element, PhysicalType type, int width, LogicalType logical, bool textIsDeclared)
    {
        var isBytes = type is PhysicalType.ByteArray or PhysicalType.FixedLenByteArray;
        switch (logical.Kind)
        {
            case LogicalKind.String or LogicalKind.Enum or LogicalKind.Json: return Require(isBytes, ValueFormat.Text, element);
            case LogicalKind.Bson or LogicalKind.Geometry or LogicalKind.Geography: return Require(isBytes, ValueFormat.Binary, element);
            case LogicalKind.Unknown: return ValueFormat.Null;
            case LogicalKind.Uuid: return Require(type == PhysicalType.FixedLenByteArray && width == 16, ValueFormat.Uuid, element);
            case LogicalKind.Float16: return Require(type == PhysicalType.FixedLenByteArray && width == 2, ValueFormat.Float16, element);
            case LogicalKind.Date: return Require(type == PhysicalType.Int32, ValueFormat.Date, element);
            case LogicalKind.Time:
                var stored = logical.Unit == TimeUnit.Millis ? PhysicalType.Int32 : PhysicalType.Int64;
                return Require(type == stored && Enum.IsDefined(logical.Unit), ValueFormat.Time, element);
            case LogicalKind.Timestamp: return Require(type == PhysicalType.Int64 && Enum.IsDefined(logical.Unit), ValueFormat.Timestamp, element);
            case LogicalKind.Integer:
                Require(type == (logical.BitWidth == 64 ? PhysicalType.Int64 : PhysicalType.Int32) && logical.BitWidth is 8 or 16 or 32 or 64, default, element);
                return (logical.IsSigned, logical.BitWidth) switch
                {
                    (true, _) => ValueFormat.Signed,
                    (false, 64) => ValueFormat.Unsigned64,
                    _ => ValueFormat.Unsigned32,
                };
            case LogicalKind.Decimal:
                var fits = (type is PhysicalType.Int32 or PhysicalType.Int64 || (isBytes && width <= MaxDecimalBytes))
                    && logical.Precision is > 0 and <= MaxPrecision
                    && logical.Scale >= 0
                    && logical.Scale <= logical.Precision;
                return Require(fits, ValueFormat.Decimal, element);
            default:
                return type switch
                {
                    PhysicalType.Boolean => ValueFormat.Boolean,
                    PhysicalType.Int32 or PhysicalType.Int64 => ValueFormat.Signed,
                    PhysicalType.Int96 => ValueFormat.Int96,
                    PhysicalType.Float => ValueFormat.Float32,
                    PhysicalType.Double => ValueFormat.Float64,

                    // If the writer marks its strings, this unmarked one is binary. If it never does, this may be text, though not where all
                    // values have the same length: those are hashes and numbers, some of which happen to be UTF-8.
                    _ => textIsDeclared || type == PhysicalType.FixedLenByteArray ? ValueFormat.Binary : ValueFormat.TextOrBinary,
                };
        }
    }

    private static ValueFormat Require(bool fits, ValueFormat format, SchemaElement element) => fits
        ? format
        : throw ParquetException.Corrupt(
            $"the annotation {(element.Logical.Kind == LogicalKind.None ? element.Converted.ToString() : element.Logical.Kind.ToString())} does not fit the stored type {element.Type}");
}
