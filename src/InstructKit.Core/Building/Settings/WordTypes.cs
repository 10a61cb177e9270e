using System.Text.Json;
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

    public override object Parse(string option, IReadOnlyList<string> words)
    {
        for (var i = 0; i < All.Count; i++)
        {
            if (All[i] == words[0]) return i;
        }

        throw Moved?.Invoke(option, words[0]) is { } moved ? new FormatException(moved) : NotInList(option, words[0], All, All[^1]);
    }

    public override void Write(Utf8JsonWriter json, object value) => json.WriteStringValue(All[(int)value]);

    public override void WriteSchema(Utf8JsonWriter json) => json.Put("enum", All);
}

/// <summary>One or several of the things that words name, each once. On a command line several in one word with commas, or the option several times.</summary>
/// <param name="All">The words, for help, completion and the nearest name.</param>
/// <param name="Name">Stands for one of them in help texts.</param>
/// <param name="Find">What a word names; null for one that is not known.</param>
/// <param name="NameOf">The word of a thing.</param>
internal sealed record WordsType<T>(IReadOnlyList<string> All, string Name, Func<string, IReadOnlyList<T>?> Find, Func<T, string> NameOf) : SettingType
    where T : class
{
    /// <summary>Some of a table.</summary>
    public WordsType(IReadOnlyList<T> table, string name, Func<T, string> nameOf)
        : this([.. table.Select(nameOf)], name, word => table.FirstOrDefault(one => nameOf(one) == word) is { } found ? [found] : null, nameOf)
    {
    }

    public override string Placeholder => Name;

    public override string Description => Listed is null ? "a name or a list of names" : $"one or a list of {Listed}";

    public override bool IsList => true;

    public override IReadOnlyList<string> Words => All;

    /// <summary>The words as a description lists them; null where the help has the list.</summary>
    public string? Listed { get; init; }

    /// <summary>True to write a single one without a list around it.</summary>
    public bool IsMostlyOne { get; init; }

    /// <summary>The last of the words in messages, where it is an example of many.</summary>
    public string Last { get; init; } = All[^1];

    /// <summary>Matches every word; null where they are no more than <see cref="All"/>.</summary>
    public string? Pattern { get; init; }

    public override object? Read(YamlForm form, string key, string folder)
    {
        List<T> found = [];
        foreach (var scalar in form.TakeScalars(key))
        {
            if (Find(scalar.Text) is { } things) found.AddRange(things);
            else form.ChoiceOf(key, scalar, All);
        }

        return found.Count == 0 ? null : found.Distinct().ToList();
    }

    public override object Parse(string option, IReadOnlyList<string> words)
    {
        RefuseEmpty(option, words);
        return Parts(words).SelectMany(word => Find(word) ?? throw NotInList(option, word, All, Last)).Distinct().ToList();
    }

    public override void Write(Utf8JsonWriter json, object value)
    {
        if (IsMostlyOne && value is IReadOnlyList<T> and [var only]) json.WriteStringValue(NameOf(only));
        else json.List((IReadOnlyList<T>)value, one => json.WriteStringValue(NameOf(one)));
    }

    public override void WriteSchema(Utf8JsonWriter json) => JsonSchema.OneOrMore(json, word => _ = Pattern is null ? word.Put("enum", All) : word.Put("type", "string").Put("pattern", Pattern));
}

/// <summary>A text; on the command line it may contain <c>\n</c>, <c>\t</c> and <c>\\</c>.</summary>
internal sealed record TextType : SettingType
{
    public override string Placeholder => "TEXT";

    public override string Description => "a text";

    public override object? Read(YamlForm form, string key, string folder) => form.TakeScalar(key)?.Text;

    public override object Parse(string option, IReadOnlyList<string> words) =>
        words[0].Replace(@"\\", "\0", StringComparison.Ordinal).Replace(@"\n", "\n", StringComparison.Ordinal).Replace(@"\t", "\t", StringComparison.Ordinal).Replace("\0", @"\", StringComparison.Ordinal);

    public override void Write(Utf8JsonWriter json, object value) => json.WriteStringValue((string)value);

    public override void WriteSchema(Utf8JsonWriter json) => json.WriteString("type", "string");
}
