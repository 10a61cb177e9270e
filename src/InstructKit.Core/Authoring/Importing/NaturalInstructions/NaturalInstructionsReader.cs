using System.Text.Json;

namespace InstructKit.Authoring.Importing.NaturalInstructions;

/// <summary>
/// Reads a task file of Super-NaturalInstructions; the instances go to a callback and are not kept. A malformed instance or example is omitted
/// by itself; the rest of the file is read.
/// </summary>
/// <param name="name">Path, for messages.</param>
/// <param name="bytes">Content.</param>
/// <param name="collector">Where omissions are reported; null if already done.</param>
internal sealed class NaturalInstructionsReader(string name, byte[] bytes, ImportCollector? collector = null)
{
    private readonly ReadOnlyMemory<byte> _bytes = bytes.AsSpan().StartsWith("\ufeff"u8) ? bytes.AsMemory(3) : bytes;
    private readonly List<string> _definitions = [];
    private readonly List<NaturalInstructionsExample> _positive = [];
    private readonly List<NaturalInstructionsExample> _negative = [];
    private readonly List<(string Key, IReadOnlyList<string> Texts)> _about = [];
    private int _instances;
    private long _instancesAt = -1;
    private long _definitionAt = -1;

    /// <summary>Reads the file.</summary>
    /// <param name="instance">Receives id (or null), input and outputs of every instance in order.</param>
    /// <exception cref="DiagnosticException">Not JSON (IK9001), a field is missing or of the wrong type (IK9002), or there are no instances (IK9012).</exception>
    public NaturalInstructionsFile Read(Action<string?, string, IReadOnlyList<string>>? instance = null)
    {
        try
        {
            ReadRoot(instance);
        }
        catch (JsonException exception)
        {
            throw new DiagnosticException(ImportFiles.NotJson(SourceText.FromText(name, Encoding.UTF8.GetString(_bytes.Span)), exception), exception);
        }

        if (_definitionAt < 0 || _instancesAt < 0) throw Wrong(0, $"The file has no '{(_definitionAt < 0 ? "Definition" : "Instances")}'");

        if (_definitions.TrueForAll(string.IsNullOrWhiteSpace)) throw Wrong(_definitionAt, "'Definition' is empty");

        if (_instances == 0) throw Wrong(_instancesAt, "The task has no instances that can be read", ImportCodes.Nothing);

        return new NaturalInstructionsFile
        {
            Definitions = _definitions,
            PositiveExamples = _positive,
            NegativeExamples = _negative,
            Instances = _instances,
            Licences = Find("Instance License"),
            Addresses = Find("URL"),
            About = [.. _about.Where(one => one.Key is not ("Instance License" or "URL"))],
        };
    }

    private IReadOnlyList<string> Find(string key) => _about.Find(one => one.Key == key).Texts ?? [];

    private void ReadRoot(Action<string?, string, IReadOnlyList<string>>? instance)
    {
        var json = new Utf8JsonReader(_bytes.Span);
        json.Read();
        Require(ref json, JsonTokenType.StartObject, "The file", "an object");
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var key = TextOf(ref json);
            json.Read();
            switch (key)
            {
                case "Definition":
                    _definitionAt = json.TokenStartIndex;
                    _definitions.AddRange(ReadTexts(ref json, key));
                    break;
                case "Positive Examples":
                    ReadExamples(ref json, key, _positive);
                    break;
                case "Negative Examples":
                    ReadExamples(ref json, key, _negative);
                    break;
                case "Instances":
                    ReadInstances(ref json, instance);
                    break;
                default:
                    ReadAbout(ref json, key);
                    break;
            }
        }

        // Anything after the object is a separate error.
        while (json.Read())
        {
        }
    }

    private void ReadAbout(ref Utf8JsonReader json, string key)
    {
        if (json.TokenType is JsonTokenType.String or JsonTokenType.StartArray && OnlyTexts(json)) _about.Add((key, ReadTexts(ref json, key)));
        else json.Skip();
    }

    // Looks ahead on a copy.
    private static bool OnlyTexts(Utf8JsonReader json)
    {
        var depth = json.CurrentDepth;
        while (json.TokenType == JsonTokenType.StartArray && json.Read() && json.CurrentDepth > depth)
        {
            while (json.TokenType == JsonTokenType.String && json.Read())
            {
            }

            return json.TokenType == JsonTokenType.EndArray;
        }

        return true;
    }

    private void ReadExamples(ref Utf8JsonReader json, string key, List<NaturalInstructionsExample> examples)
    {
        // Some files use "-" for none.
        if (json.TokenType is JsonTokenType.String or JsonTokenType.Null)
        {
            Remark(Wrong(json.TokenStartIndex, $"'{key}' is not a list, so the task has no such examples"));
            return;
        }

        ReadItems(ref json, key, item => examples.Add(new NaturalInstructionsExample(item.Input, item.Outputs[0], item.Explanation)), Remark);
    }

    private void ReadInstances(ref Utf8JsonReader json, Action<string?, string, IReadOnlyList<string>>? instance)
    {
        _instancesAt = json.TokenStartIndex;
        ReadItems(
            ref json, "Instances",
            item =>
            {
                _instances++;
                instance?.Invoke(item.Id, item.Input, item.Outputs);
            },
            exception => collector?.LeaveOut(exception.Diagnostics.Select(one => one with { Message = $"An instance is omitted. {one.Message}" })));
    }

    // Only a malformed item is omitted.
    private void ReadItems(ref Utf8JsonReader json, string key, Action<(string? Id, string Input, IReadOnlyList<string> Outputs, string? Explanation)> take, Action<DiagnosticException> lose)
    {
        Require(ref json, JsonTokenType.StartArray, $"'{key}'", "a list");
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            var start = json;
            try
            {
                take(ReadFields(ref json, key));
            }
            catch (DiagnosticException exception)
            {
                lose(exception);
                json = start;
                json.Skip();
            }
        }
    }

    private (string? Id, string Input, IReadOnlyList<string> Outputs, string? Explanation) ReadFields(ref Utf8JsonReader json, string key)
    {
        Require(ref json, JsonTokenType.StartObject, $"An item of '{key}'", "an object");
        var start = json.TokenStartIndex;
        string? id = null;
        string? input = null;
        string? explanation = null;
        List<string> outputs = [];
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var field = TextOf(ref json);
            json.Read();
            switch (field)
            {
                case "id" when json.TokenType == JsonTokenType.String:
                    id = TextOf(ref json);
                    break;
                case "id" when json.TokenType == JsonTokenType.Number:
                    id = Encoding.UTF8.GetString(json.ValueSpan);
                    break;
                case "input":
                    Require(ref json, JsonTokenType.String, "'input'", "a text");
                    input = TextOf(ref json);
                    break;
                case "output":
                    outputs = ReadTexts(ref json, field);
                    break;
                case "explanation" when json.TokenType == JsonTokenType.String:
                    explanation = TextOf(ref json);
                    break;
                default:
                    json.Skip();
                    break;
            }
        }

        return input is not null && outputs.Count > 0 ? (id, input, outputs, explanation)
            : throw Wrong(start, $"An item of '{key}' has no '{(input is null ? "input" : "output")}'");
    }

    private List<string> ReadTexts(ref Utf8JsonReader json, string key)
    {
        if (json.TokenType == JsonTokenType.String) return [TextOf(ref json)];

        Require(ref json, JsonTokenType.StartArray, $"'{key}'", "a text or a list of texts");
        List<string> texts = [];
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            Require(ref json, JsonTokenType.String, $"An item of '{key}'", "a text");
            texts.Add(TextOf(ref json));
        }

        return texts;
    }

    private void Remark(DiagnosticException exception)
    {
        foreach (var one in exception.Diagnostics) collector?.Remark(one.Code, one.Message, one.Span, one.Hint);
    }

    private string TextOf(ref Utf8JsonReader json)
    {
        try
        {
            return json.GetString()!;
        }
        catch (InvalidOperationException exception)
        {
            throw new DiagnosticException(Wrong(json.TokenStartIndex, "This text has half a character: a lone surrogate, or bytes that are not UTF-8").Diagnostics, exception);
        }
    }

    private void Require(ref Utf8JsonReader json, JsonTokenType type, string what, string wanted)
    {
        if (json.TokenType != type) throw Wrong(json.TokenStartIndex, $"{what} must be {wanted}", ImportCodes.WrongForm);
    }

    private DiagnosticException Wrong(long offset, string message, string code = ImportCodes.WrongForm)
    {
        var text = Encoding.UTF8.GetString(_bytes.Span);
        var at = Encoding.UTF8.GetCharCount(_bytes.Span[..(int)offset]);
        return new DiagnosticException(new Diagnostic(code, Severity.Error, $"{message}.", new SourceSpan(SourceText.FromText(name, text), at, at < text.Length ? 1 : 0)));
    }
}

/// <summary>A task file of Super-NaturalInstructions.</summary>
internal sealed record NaturalInstructionsFile
{
    /// <summary>Definitions; never empty.</summary>
    public required IReadOnlyList<string> Definitions { get; init; }

    /// <summary>Examples of correct outputs.</summary>
    public required IReadOnlyList<NaturalInstructionsExample> PositiveExamples { get; init; }

    /// <summary>Examples of wrong outputs.</summary>
    public required IReadOnlyList<NaturalInstructionsExample> NegativeExamples { get; init; }

    public required int Instances { get; init; }

    /// <summary>Licences of the instances.</summary>
    public IReadOnlyList<string> Licences { get; init; } = [];

    /// <summary>Addresses of the source.</summary>
    public IReadOnlyList<string> Addresses { get; init; } = [];

    /// <summary>The other lists of texts: contributors, source, categories, reasoning, domains, languages.</summary>
    public required IReadOnlyList<(string Key, IReadOnlyList<string> Texts)> About { get; init; }
}

/// <summary>An example that a task of Super-NaturalInstructions shows.</summary>
/// <param name="Explanation">Why, or null.</param>
internal sealed record NaturalInstructionsExample(string Input, string Output, string? Explanation);
