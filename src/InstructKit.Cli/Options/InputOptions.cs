using InstructKit.Building.Plans;
using InstructKit.Building.Settings;
using InstructKit.Sources;

namespace InstructKit.Cli.Options;

/// <summary>Limits on input files, for commands without a plan; messages about a limit name its option.</summary>
/// <param name="depth">Default of the deepest nesting of JSON.</param>
/// <param name="deepest">The deepest nesting that may be requested.</param>
internal sealed class LimitOptions(int depth = 64, int deepest = SourceLimits.DepthCeiling)
{
    private readonly SettingOptions _options = new(PlanSettings.OfSection("limits").Select(setting => setting.Key == "limits.json_depth"
        ? setting with { Type = new NumberType(1, deepest), Default = $"{depth}" }
        : setting));

    public IReadOnlyList<Option> All => _options.All;

    public SourceLimits Over(SourceLimits limits, ParseResult parsed) => _options.Over(new BuildPlan { Limits = limits }, parsed).Limits;
}

/// <summary>How input errors are repaired, for commands without a plan; messages about an error name its option.</summary>
internal sealed class RepairOptions
{
    private readonly SettingOptions _options = new(PlanSettings.All.Where(setting => RepairChoices.Table.Any(row => row.Key == setting.Key)));

    public IReadOnlyList<Option> All => _options.All;

    /// <summary>The choices made by the options; all others are undecided.</summary>
    public RepairChoices Read(ParseResult parsed) => _options.Over(new BuildPlan(), parsed).Repairs;
}

/// <summary>Options for a few plan settings.</summary>
/// <param name="settings">Settings with an option each.</param>
internal sealed class SettingOptions(IEnumerable<PlanSetting> settings)
{
    private readonly List<(PlanSetting Setting, Option<object?> Option)> _options = [.. settings.Select(setting => (setting, (Option<object?>)OptionFactory.Of(setting)!))];

    public IReadOnlyList<Option> All => [.. _options.Select(option => option.Option)];

    public BuildPlan Over(BuildPlan plan, ParseResult parsed) => _options.Aggregate(
        plan, (changed, option) => parsed.Has(option.Option) && parsed.GetValue(option.Option) is { } value ? option.Setting.Set(changed, value) : changed);
}
