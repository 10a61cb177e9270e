using System.Text.Json;
using InstructKit.Protocol;
using InstructKit.Templates;
using InstructKit.Yaml;

namespace InstructKit.Building.Settings;

/// <summary>One value of an enumeration, represented by its index.</summary>
/// <param name="All">The words.</param>
internal sealed record ChoiceType(IReadOnlyList<string> All) : SettingType
{
    public override string Placeholder => Name ?? string.Join('|', All);

    /// <summary>Stands for the value in help if the list is given there.</summary>
    public string? Name { get; init; }

    public override string Description => Name is null ? string.Join(", ", All) : "a name";

    public override IReadOnlyList<string> Words => All;

    /// <summary>For a value allowed in earlier versions, tells where it has moved, given the name of the key or option; null for any other value.</summary>
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

/// <summary>Several values of an enumeration, represented by their indexes. On the command line separated by commas, or by repeating the option.</summary>
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

/// <summary>A text; on the command line it may contain <c>\n</c>, <c>\t</c> and <c>\\</c>.</summary>
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

/// <summary>Evaluation variants of scored rows, by name.</summary>
internal sealed record EvaluationWaysType : SettingType
{
    private static readonly string Known = $"{string.Join(", ", EvaluationWay.Names.SkipLast(1))} or few-shot-N";

    public override string Placeholder => "NAME";

    public override string Description => $"one or a list of {Known}";

    public override bool IsList => true;

    public override IReadOnlyList<string> Words => EvaluationWay.Names;

    public override object? Read(YamlForm form, string key, string folder)
    {
        List<EvaluationWay> ways = [];
        foreach (var scalar in form.TakeScalars(key))
        {
            if (EvaluationWay.Find(scalar.Text) is { } way) Add(ways, way);
            else form.ChoiceOf(key, scalar, EvaluationWay.Names);
        }

        return ways.Count == 0 ? null : ways;
    }

    public override object? Parse(string option, IReadOnlyList<string> words, out string? error)
    {
        List<EvaluationWay> ways = [];
        error = EmptyError(option, words);
        foreach (var name in Parts(words))
        {
            if (EvaluationWay.Find(name) is { } way) Add(ways, way);
            else error ??= $"{option} takes {Known}, found '{name}'.{(NearestName.Hint(name, EvaluationWay.Names) is { } hint ? $" {hint}" : string.Empty)}";
        }

        return error is null ? ways : null;
    }

    public override void Write(Utf8JsonWriter json, object value) => json.List((IReadOnlyList<EvaluationWay>)value, way => json.WriteStringValue(way.Name));

    public override void WriteSchema(Utf8JsonWriter json) => json.Put("type", ["string", "array"]).Object("items", () => json
        .Put("type", "string").Put("pattern", $"^({string.Join('|', EvaluationWay.Names.SkipLast(1))}|few-shot-[1-9][0-9]*)$"));

    private static void Add(List<EvaluationWay> ways, EvaluationWay way)
    {
        if (!ways.Contains(way)) ways.Add(way);
    }
}

/// <summary>Layouts of answer options by name, or <c>drawn</c> for all of them.</summary>
internal sealed record LayoutNamesType : SettingType
{
    private const string Drawn = "drawn";

    private static readonly string[] Names = [.. OptionsLayout.All.Select(layout => layout.Name), Drawn];

    public override string Placeholder => "NAME";

    public override string Description => $"one or a list of {string.Join(", ", Names)} (all of them)";

    public override bool IsList => true;

    public override IReadOnlyList<string> Words => Names;

    public override object? Read(YamlForm form, string key, string folder)
    {
        List<OptionsLayout> layouts = [];
        foreach (var scalar in form.TakeScalars(key))
        {
            if (form.ChoiceOf(key, scalar, Names) is { } index) Add(layouts, index);
        }

        return layouts.Count == 0 ? null : layouts;
    }

    public override object? Parse(string option, IReadOnlyList<string> words, out string? error)
    {
        List<OptionsLayout> layouts = [];
        error = EmptyError(option, words);
        foreach (var name in Parts(words))
        {
            var index = Array.IndexOf(Names, name);
            if (index >= 0) Add(layouts, index);
            else error ??= $"{option} takes {string.Join(", ", Names)}, found '{name}'.{(NearestName.Hint(name, Names) is { } hint ? $" {hint}" : string.Empty)}";
        }

        return error is null ? layouts : null;
    }

    public override void Write(Utf8JsonWriter json, object value)
    {
        var layouts = (IReadOnlyList<OptionsLayout>)value;
        if (layouts.Count == 1) json.WriteStringValue(layouts[0].Name);
        else json.List(layouts, layout => json.WriteStringValue(layout.Name));
    }

    public override void WriteSchema(Utf8JsonWriter json) => json.Put("type", ["string", "array"]).Object("items", () => json.Put("enum", Names));

    private static void Add(List<OptionsLayout> layouts, int index)
    {
        foreach (var layout in index < OptionsLayout.All.Count ? [OptionsLayout.All[index]] : OptionsLayout.All)
        {
            if (!layouts.Contains(layout)) layouts.Add(layout);
        }
    }
}
