using System.Text;

namespace InstructKit.Parquet.Schema;

/// <summary>Types for people.</summary>
internal static class TypeText
{
    public static string Describe(SchemaNode node)
    {
        var text = new StringBuilder();
        Append(text, node);
        return text.ToString();
    }

    private static void Append(StringBuilder text, SchemaNode node)
    {
        switch (node)
        {
            case StructNode { IsVariant: true }:
                text.Append("variant");
                return;
            case StructNode structure:
                text.Append("struct<");
                for (var i = 0; i < structure.Fields.Length; i++)
                {
                    text.Append(i == 0 ? string.Empty : ", ").Append(structure.Fields[i].Name).Append(": ");
                    Append(text, structure.Fields[i]);
                }

                break;
            case ListNode list:
                text.Append("list<");
                Append(text, list.Element);
                break;
            case MapNode map:
                text.Append("map<");
                Append(text, map.Key);
                text.Append(", ");
                Append(text, map.Value);
                break;
            case LeafNode leaf:
                text.Append(Describe(leaf));
                return;
            default:
                throw new System.Diagnostics.UnreachableException();
        }

        text.Append('>');
    }

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
