using System.Text.Json;
using InstructKit.Templates;
using InstructKit.Yaml;

namespace InstructKit.Building.Settings;

/// <summary>Layouts of answer options by their names, or <c>drawn</c> for all of them.</summary>
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
