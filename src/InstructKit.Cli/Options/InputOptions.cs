using InstructKit.Building.Plans;
using InstructKit.Building.Settings;
using InstructKit.Sources;
using InstructKit.Tasks;

namespace InstructKit.Cli.Options;

/// <summary>Limits on input files, for commands without a plan; messages about a limit name its option.</summary>
/// <param name="depth">Default of the deepest nesting of JSON.</param>
/// <param name="deepest">The deepest nesting that may be requested.</param>
internal sealed class LimitOptions(int depth = 64, int deepest = SourceLimits.DepthCeiling)
{
    private readonly SettingOptions _options = new(PlanSettings.OfSection("limits").Select(setting => setting.Key == "limits.json_depth"
        ? setting with { Type = new NumberType(1, deepest), Default = $"{depth}" }
        : setting));

    public IEnumerable<Option> All => _options.All;

    public SourceLimits Over(SourceLimits limits, ParseResult parsed) => _options.Over(new BuildPlan { Limits = limits }, parsed).Limits;
}

/// <summary>How input errors are repaired, for commands without a plan; messages about an error name its option.</summary>
internal sealed class RepairOptions
{
    private readonly SettingOptions _options = new(PlanSettings.All.Where(setting => RepairChoices.Table.Any(row => row.Key == setting.Key)));

    public IEnumerable<Option> All => _options.All;

    /// <summary>The choices made by the options; all others are undecided.</summary>
    public RepairChoices Read(ParseResult parsed) => _options.Over(new BuildPlan(), parsed).Repairs;
}

/// <summary>The options for some plan settings.</summary>
internal sealed class SettingOptions(IEnumerable<PlanSetting> settings)
{
    private readonly List<(PlanSetting Setting, Option? On, Option? Off)> _options = [.. settings.Select(setting => (setting, OptionFactory.Of(setting), OptionFactory.OffOf(setting)))];

    /// <summary>All options in the order of the settings.</summary>
    public IEnumerable<Option> All => _options.SelectMany(option => new[] { option.On, option.Off }).OfType<Option>();

    /// <summary>Settings that one option switches on and another off.</summary>
    public IEnumerable<(Option On, Option Off)> Opposites => _options.Where(option => option is { On: not null, Off: not null }).Select(option => (option.On!, option.Off!)); // chosen before

    /// <summary>The option that sets a setting, or null.</summary>
    public Option? Find(string key) => _options.Find(option => option.Setting.Key == key).On;

    /// <summary>A plan with what was typed.</summary>
    public BuildPlan Over(BuildPlan plan, ParseResult parsed)
    {
        foreach (var (setting, on, off) in _options)
        {
            if (on is not null && parsed.Has(on) && (on is Option<object?> valued ? parsed.GetValue(valued) : true) is { } value)
                plan = setting.Set(plan, setting.Key == "tasks" ? OwnTasks.AsPaths((IReadOnlyList<LocatedName>)value) : value);

            if (off is not null && parsed.Has(off)) plan = setting.Set(plan, false);
        }

        return plan;
    }
}
