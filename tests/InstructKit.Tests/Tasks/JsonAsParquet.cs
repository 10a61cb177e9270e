using System.Text.Json;
using InstructKit.Parquet;
using InstructKit.Parquet.Format;

namespace InstructKit.Tests.Tasks;

/// <summary>Writes JSON objects as a Parquet file, with the types that all of them together have.</summary>
internal static class JsonAsParquet
{
    public static void Write(string path, IReadOnlyList<string> lines)
    {
        List<JsonElement> rows = [.. lines.Select(line => JsonElement.Parse(line))];
        var fields = FieldsOf(rows);
        using var stream = File.Create(path);
        var writer = new ParquetWriter(stream, fields);
        foreach (var row in rows)
        {
            foreach (var field in fields) WriteProperty(writer, field, row);

            writer.EndRow();
        }

        writer.Finish();
    }

    private static List<ParquetField> FieldsOf(IReadOnlyList<JsonElement> objects) =>
    [
        .. objects.SelectMany(one => one.EnumerateObject()).Select(property => property.Name).Distinct(StringComparer.Ordinal)
            .Select(name => FieldOf(name, [.. objects.Where(one => one.TryGetProperty(name, out _)).Select(one => one.GetProperty(name))])),
    ];

    private static ParquetField FieldOf(string name, IReadOnlyList<JsonElement> values)
    {
        List<JsonElement> present = [.. values.Where(value => value.ValueKind != JsonValueKind.Null)];
        return present.Count == 0
            ? ParquetField.Text(name)
            : present[0].ValueKind switch
            {
                JsonValueKind.Array => ParquetField.List(name, FieldOf("element", [.. present.SelectMany(value => value.EnumerateArray())])),
                JsonValueKind.Object => ParquetField.Struct(name, FieldsOf(present)),
                JsonValueKind.True or JsonValueKind.False => ParquetField.Boolean(name),
                JsonValueKind.Number => present.TrueForAll(value => value.TryGetInt64(out _)) ? ParquetField.Integer(name) : ParquetField.Float(name),
                _ => ParquetField.Text(name),
            };
    }

    private static void WriteProperty(ParquetWriter writer, ParquetField field, JsonElement owner) =>
        WriteValue(writer, field, owner.TryGetProperty(field.Name, out var value) ? value : default);

    private static void WriteValue(ParquetWriter writer, ParquetField field, JsonElement value)
    {
        if (value.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined)
        {
            writer.WriteNull();
            return;
        }

        switch (field.Kind)
        {
            case ParquetFieldKind.List:
                writer.StartList();
                foreach (var item in value.EnumerateArray()) WriteValue(writer, field.Children[0], item);

                writer.EndList();
                break;
            case ParquetFieldKind.Struct:
                writer.StartStruct();
                foreach (var child in field.Children) WriteProperty(writer, child, value);

                writer.EndStruct();
                break;
            case ParquetFieldKind.Boolean: writer.WriteBoolean(value.GetBoolean()); break;
            case ParquetFieldKind.Integer: writer.WriteInteger(value.GetInt64()); break;
            case ParquetFieldKind.Float: writer.WriteFloat(value.GetDouble()); break;
            default: writer.WriteText(Encoding.UTF8.GetBytes(value.GetString()!)); break;
        }
    }
}
