using System.Text.Json;
using InstructKit.Protocol;
using InstructKit.Yaml;

namespace InstructKit.Building.Settings;

/// <summary>Ways of asking scored rows, by their names.</summary>
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
