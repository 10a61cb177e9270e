using System.Text.Json;

namespace InstructKit.Yaml;

/// <summary>Writes JSON Schema documents of strict mappings: unknown keys are errors, as in the tool.</summary>
internal static class JsonSchema
{
    /// <summary>A document whose root is a strict object, indented, with a final line feed.</summary>
    /// <param name="title">Title of the document.</param>
    /// <param name="members">Writes the members of the root.</param>
    public static byte[] Write(string title, Action<Utf8JsonWriter> members) => JsonWriting.Document(json =>
    {
        json.Put("$schema", "https://json-schema.org/draft/2020-12/schema").Put("title", title);
        Object(json, () => members(json));
    });

    /// <summary>The members of a strict object.</summary>
    public static void Object(Utf8JsonWriter json, Action members)
    {
        json.Put("type", "object").Put("additionalProperties", false);
        members();
    }

    /// <summary>The members of a schema that allows one of several.</summary>
    public static void AnyOf(Utf8JsonWriter json, params IEnumerable<Action<Utf8JsonWriter>> schemas) => json.Objects("anyOf", schemas, schema => schema(json));

    /// <summary>The members of a schema of a list.</summary>
    public static void ListOf(Utf8JsonWriter json, Action<Utf8JsonWriter> items) => json.Put("type", "array").Object("items", () => items(json));

    /// <summary>The members of a schema of one value or a list of them.</summary>
    public static void OneOrMore(Utf8JsonWriter json, Action<Utf8JsonWriter> item) => AnyOf(json, item, list => ListOf(list, item));

    /// <summary>The members of a schema of a mapping with keys of any name.</summary>
    public static void MapOf(Utf8JsonWriter json, Action<Utf8JsonWriter> values) => json.Put("type", "object").Object("additionalProperties", () => values(json));

    /// <summary>The member that declares a value to be a text.</summary>
    public static void Text(Utf8JsonWriter json) => json.Put("type", "string");
}
