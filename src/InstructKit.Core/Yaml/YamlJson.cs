using System.Text.Json;

namespace InstructKit.Yaml;

/// <summary>Writes YAML nodes as JSON. Plain scalars with a JSON equivalent are written as such, all others as texts.</summary>
internal static class YamlJson
{
    public static void Write(Utf8JsonWriter json, YamlNode node)
    {
        switch (node)
        {
            case YamlScalar { IsNull: true }: json.WriteNullValue(); break;
            case YamlScalar { Plain: true, Text: "true" or "false" } word: json.WriteBooleanValue(word.Text == "true"); break;
            case YamlScalar { Plain: true } number when long.TryParse(number.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer):
                json.WriteNumberValue(integer);
                break;
            case YamlScalar { Plain: true } number when double.TryParse(number.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) && double.IsFinite(real):
                json.WriteNumberValue(real);
                break;
            case YamlScalar text: json.WriteStringValue(text.Text); break;
            case YamlList list:
                json.WriteStartArray();
                foreach (var item in list.Items) Write(json, item);

                json.WriteEndArray();
                break;
            case YamlMap map:
                json.WriteStartObject();
                foreach (var entry in map.Entries)
                {
                    json.WritePropertyName(entry.Key.Text);
                    Write(json, entry.Value);
                }

                json.WriteEndObject();
                break;
        }
    }
}
