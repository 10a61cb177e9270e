using System.Text.Json;
using InstructKit.Protocol;
using InstructKit.Tasks;
using InstructKit.Yaml;

namespace InstructKit.Building.Settings;

/// <summary>A positive decimal number.</summary>
internal sealed record DecimalType : SettingType
{
    public override string Placeholder => "X";

    public override string Description => "a number above 0";

    public override object? Read(YamlForm form, string key, string folder)
    {
        if (form.TakeScalar(key) is not { } scalar) return null;
        if (TryParse(scalar.Text, out var number) && number > 0) return number;

        form.Error(YamlCodes.WrongType, $"'{key}' is {Description}, found '{scalar.Text}'.", scalar.Span);
        return null;
    }

    public override object Parse(string option, IReadOnlyList<string> words) =>
        TryParse(words[0], out var number) && number > 0 ? number : throw new FormatException($"{option} takes {Description}, found '{words[0]}'.");

    public override void Write(Utf8JsonWriter json, object value) => json.WriteNumberValue((decimal)value);

    public override void WriteSchema(Utf8JsonWriter json) => json.Put("type", "number").Put("exclusiveMinimum", 0);

    public static bool TryParse(string text, out decimal number) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number) && number <= 1_000_000;
}

/// <summary>Factors of tasks and clusters; on the command line <c>NAME=X</c>.</summary>
internal sealed record WeightsType : SettingType
{
    public override string Placeholder => "NAME=X";

    public override string Description => "a mapping of tasks and clusters to numbers";

    public override bool IsList => true;

    public override object? Read(YamlForm form, string key, string folder)
    {
        List<MixtureWeight> weights = [];
        foreach (var entry in form.TakeMap(key)?.Entries ?? [])
        {
            if (entry.Value is YamlScalar scalar && DecimalType.TryParse(scalar.Text, out var weight)) weights.Add(new MixtureWeight(new LocatedName(entry.Key.Text, entry.Key.Span), weight));
            else form.Error(YamlCodes.WrongType, $"The weight of '{entry.Key.Text}' is a number from 0 on, found {(entry.Value as YamlScalar)?.Text ?? entry.Value.Noun}.", entry.Value.Span);
        }

        return weights.Count == 0 ? null : weights;
    }

    public override object Parse(string option, IReadOnlyList<string> words) =>
        Pairs(option, words, (name, number) => DecimalType.TryParse(number, out var weight) ? new MixtureWeight(name, weight) : null);

    public override void Write(Utf8JsonWriter json, object value) => WriteLast<MixtureWeight>(json, value, one => one.Name.Text, one => json.WriteNumber(one.Name.Text, one.Weight));

    public override void WriteSchema(Utf8JsonWriter json) => JsonSchema.MapOf(json, weight => weight.Put("type", "number").Put("minimum", 0));
}

/// <summary>Groups of a mixture: a mapping of names to <c>weight</c>, <c>max_rate</c>, and <c>tasks</c> or further <c>groups</c>.</summary>
internal sealed record MixtureGroupsType : SettingType
{
    public override string Placeholder => string.Empty;

    public override string Description => "a mapping of names to weight, max_rate, and tasks or groups";

    public override object? Read(YamlForm form, string key, string folder) => form.TakeMap(key) is { } map && ReadGroups(form, map) is { Count: > 0 } groups ? groups : null;

    public override object Parse(string option, IReadOnlyList<string> words) => throw new NotSupportedException("Groups are only in plan files.");

    public override void Write(Utf8JsonWriter json, object value) => json.Object(() =>
    {
        foreach (var group in (IReadOnlyList<MixtureGroup>)value)
        {
            json.Object(group.Name, () =>
            {
                json.Put("weight", group.Weight);
                if (group.MaxRate is { } rate) json.Put("max_rate", rate);
                if (group.Groups.Count == 0)
                {
                    json.Put("tasks", group.Tasks.Select(task => task.Text));
                    return;
                }

                json.WritePropertyName("groups");
                Write(json, group.Groups);
            });
        }
    });

    public override void WriteSchema(Utf8JsonWriter json) => JsonSchema.MapOf(json, group => group.Put("type", "object"));

    private static List<MixtureGroup> ReadGroups(YamlForm outer, YamlMap map)
    {
        List<MixtureGroup> groups = [];
        foreach (var entry in map.Entries)
        {
            if (outer.Below(entry.Value, "A group", $"The group '{entry.Key.Text}'") is not { } form) continue;

            var text = form.TakeScalar("weight");
            if (!DecimalType.TryParse(text?.Text ?? "1", out var weight)) form.Error(YamlCodes.WrongType, $"'weight' is a number from 0 on, found '{text!.Text}'.", text.Span); // it is there
            List<LocatedName> tasks = [.. form.TakeScalars("tasks").Select(name => new LocatedName(name.Text, name.Span))];
            var rate = form.TakeInteger("max_rate", 1, long.MaxValue);
            List<MixtureGroup> inner = form.TakeMap("groups") is { } below ? ReadGroups(form, below) : [];
            if ((tasks.Count > 0) == (inner.Count > 0)) form.Error(YamlCodes.WrongType, $"The group '{entry.Key.Text}' has either tasks or groups.", entry.Key.Span);

            form.Finish();
            groups.Add(new MixtureGroup(entry.Key.Text, weight, tasks, rate, inner));
        }

        return groups;
    }
}
