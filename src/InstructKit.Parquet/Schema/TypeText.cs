namespace InstructKit.Parquet.Schema;

/// <summary>Types for people.</summary>
internal static class TypeText
{
    public static string Describe(SchemaNode node) => node switch
    {
        StructNode structure => $"struct<{string.Join(", ", structure.Fields.Select(field => $"{field.Name}: {Describe(field)}"))}>",
        ListNode list => $"list<{Describe(list.Element)}>",
        MapNode map => $"map<{Describe(map.Key)}, {Describe(map.Value)}>",
        LeafNode leaf => Describe(leaf),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static string Describe(LeafNode leaf) => leaf.Format switch
    {
        ValueFormat.Boolean => "bool",
        ValueFormat.Signed => leaf.Type == Metadata.PhysicalType.Int32 ? "int32" : "int64",
        ValueFormat.Unsigned32 => "uint32",
        ValueFormat.Unsigned64 => "uint64",
        ValueFormat.Float16 => "float16",
        ValueFormat.Float32 => "float32",
        ValueFormat.Float64 => "float64",
        ValueFormat.Decimal => "decimal",
        ValueFormat.Date => "date",
        ValueFormat.Time => "time",
        ValueFormat.Timestamp or ValueFormat.Int96 => "timestamp",
        ValueFormat.Interval => "interval",
        ValueFormat.Uuid => "uuid",
        ValueFormat.Text => "string",
        ValueFormat.TextOrBinary or ValueFormat.Binary => "binary",
        _ => "null",
    };
}
