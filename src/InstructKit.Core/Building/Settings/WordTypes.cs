using System.Text.Json;
using InstructKit.Yaml;

namespace InstructKit.Building.Settings;

/// <summary>One word of a closed list; the value is its index.</summary>
/// <param name="All">The words.</param>
internal sealed record ChoiceType(IReadOnlyList<string> All) : SettingType
{
    public override string Placeholder => Name ?? string.Join('|', All);

    /// <summary>Stands for the word where the help has the list.</summary>
    public string? Name { get; init; }

    public override string Description => Name is null ? string.Join(", ", All) : "a name";

    public override IReadOnlyList<string> Words => All;

    /// <summary>Says where a word has moved that was allowed in earlier versions, given the name of the key or option; null for any other word.</summary>
    public Func<string, string, string?>? Moved { get; init; }

    public override object? Read(YamlForm form, string key, string folder)
    {
        if (form.TakeScalar(key) is not { } scalar) return null;

        if (All.Contains(scalar.Text, StringComparer.Ordinal) || Moved?.Invoke(key, scalar.Text) is not { } moved) return form.ChoiceOf(key, scalar, All);

        form.Error(YamlCodes.UnknownValue, moved, scalar.Span);
        return null;
    }

    public override object? Parse(string option, IReadOnlyList<string> words, out string? error)
    {
        error = null;
        for (var i = 0; i < All.Count; i++)
        {
            if (All[i] == words[0]) return i;
        }

        var allowed = All.Count == 1 ? All[0] : $"{string.Join(", ", All.Take(All.Count - 1))} or {All[^1]}";
        var hint = NearestName.Hint(words[0], All);
        error = Moved?.Invoke(option, words[0]) ?? $"{option} takes {allowed}, found '{words[0]}'.{(hint is null ? string.Empty : $" {hint}")}";
        return null;
    }

    public override void Write(Utf8JsonWriter json, object value) => json.WriteStringValue(All[(int)value]);

    public override void WriteSchema(Utf8JsonWriter json) => json.Put("enum", All);
}

/// <summary>Some words of a closed list; the value is their indexes. On a command line several in one word with commas, or the option several times.</summary>
/// <param name="All">The words.</param>
/// <param name="Name">Stands for one of them in help texts.</param>
internal sealed record ChoicesType(IReadOnlyList<string> All, string Name) : SettingType
{
    public override string Placeholder => Name;

    public override string Description => "a name or a list of names";

    public override bool IsList => true;

    public override IReadOnlyList<string> Words => All;

    public override object? Read(YamlForm form, string key, string folder)
    {
        List<int> chosen = [.. form.TakeScalars(key).Select(scalar => form.ChoiceOf(key, scalar, All)).OfType<int>()];
        return chosen.Count == 0 ? null : chosen;
    }

    public override object? Parse(string option, IReadOnlyList<string> words, out string? error)
    {
        error = EmptyError(option, words);
        List<int> chosen = [];
        foreach (var word in Parts(words))
        {
            chosen.Add(All.ToList().IndexOf(word));
            if (chosen[^1] >= 0) continue;

            var hint = NearestName.Hint(word, All);
            error ??= $"{option} takes {string.Join(", ", All.Take(All.Count - 1))} or {All[^1]}, found '{word}'.{(hint is null ? string.Empty : $" {hint}")}";
        }

        return error is null ? chosen : null;
    }

    public override void Write(Utf8JsonWriter json, object value) => json.List((IReadOnlyList<int>)value, index => json.WriteStringValue(All[index]));

    public override void WriteSchema(Utf8JsonWriter json) => JsonSchema.OneOrMore(json, word => word.Put("enum", All));
}

/// <summary>A text, in which a command line may write <c>\n</c>, <c>\t</c> and <c>\\</c>.</summary>
internal sealed record TextType : SettingType
{
    public override string Placeholder => "TEXT";

    public override string Description => "a text";

    public override object? Read(YamlForm form, string key, string folder) => form.TakeScalar(key)?.Text;

    public override object? Parse(string option, IReadOnlyList<string> words, out string? error)
    {
        error = null;
        return words[0].Replace(@"\\", "\0", StringComparison.Ordinal).Replace(@"\n", "\n", StringComparison.Ordinal).Replace(@"\t", "\t", StringComparison.Ordinal)
            .Replace("\0", @"\", StringComparison.Ordinal);
    }

    public override void Write(Utf8JsonWriter json, object value) => json.WriteStringValue((string)value);

    public override void WriteSchema(Utf8JsonWriter json) => json.WriteString("type", "string");
}
