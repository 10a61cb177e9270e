using InstructKit.Building.Plans;
using InstructKit.Building.Settings;
using InstructKit.Protocol;
using InstructKit.Tasks;
using InstructKit.Yaml;

namespace InstructKit.Cli.Options;

/// <summary>Arguments of <c>build</c> and <c>plan</c>: one option for each of <see cref="PlanSettings"/>. Options override the plan file, and the plan file
/// overrides the defaults. With neither a plan nor data the shipped samples are used.</summary>
internal sealed class PlanOptions
{
    // Values that are names from the catalogue; the others are defined by the setting's type.
    private static readonly (string Setting, Func<string, IEnumerable<string>> Words)[] Words =
    [
        ("hold_out", _ => ShippedNames.HeldOut),
        ("tasks", _ => ShippedNames.All),
        ("train", _ => ShippedNames.All),
        ("scheme", _ => ShippedNames.Schemes),
        ("from", _ => ShippedFiles.Presets.Names),
        ("variant", _ => ShippedNames.Variants),
        ("layouts", ShippedNames.TaskLayouts),
    ];

    private readonly Argument<string?> _plan = new("PLAN") { Description = "Plan file (YAML), or - for standard input.", Arity = ArgumentArity.ZeroOrOne };
    private readonly SettingOptions _options = new(PlanSettings.All);

    /// <summary>Adds argument and options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Arguments.Add(_plan);
        foreach (var (setting, words) in Words) OptionFactory.Suggest(_options.Find(setting)!, context => words(context.WordToComplete.Split(',')[^1])); // they have options

        foreach (var option in _options.All) command.Options.Add(option);

        command.Validators.Add(result =>
        {
            foreach (var (on, off) in _options.Opposites.Where(pair => result.GetResult(pair.On) is { Implicit: false } && result.GetResult(pair.Off) is { Implicit: false }))
                result.AddError($"{on.Name} and {off.Name} contradict each other.");
        });
    }

    /// <summary>The plan resulting from file and options.</summary>
    /// <exception cref="DiagnosticException">The plan file is invalid or missing, or options contradict each other.</exception>
    public BuildPlan Read(ParseResult parsed, Terminal terminal)
    {
        var path = parsed.GetValue(_plan);
        var preset = Has(parsed, "from") ? parsed.GetValue((Option<object?>)_options.Find("from")!) as LocatedName : null; // it has one
        // A preset on the command line replaces the one in the plan file; without a plan file it needs data, which the samples provide.
        var plan = path is not null ? Load(path, terminal, preset)
            : !Has(parsed, "data") ? SamplePlan(parsed)
            : new BuildPlan { OnMissing = Has(parsed, "tasks") || Has(parsed, "train") ? MissingDataPolicy.Fail : MissingDataPolicy.Skip };
        if (path is null && preset is { } named) plan = ShippedFiles.Presets.Load(named, plan);

        plan = Override(plan, parsed);
        // A build of everything shipped is FLAN's, mixture included; the user's own plan and tasks are used unchanged.
        if (path is null && plan.TaskFolders.Count == 0 && plan.Mixture.Kind is null) plan = plan with { Mixture = plan.Mixture with { Kind = MixtureKind.Rates } };

        return CheckFolders(WithHub(plan, path));
    }

    /// <summary>Rejects a data folder that does not exist.</summary>
    /// <exception cref="DiagnosticException">IK2023.</exception>
    internal static void RequireFolder(LocatedName folder)
    {
        if (!Directory.Exists(folder.Text))
        {
            throw File.Exists(folder.Text) ? Wrong($"The data folder '{folder}' is a file.", folder.Span)
                : HubData.IsCache(folder.Text) ? Wrong($"There is no data folder '{folder}'.", folder.Span, "It is the hub's cache; `instructkit fetch TASK` makes it.")
                : Absent("data folder", folder, Directory.GetDirectories);
        }
    }

    /// <summary>Rejects a task file or folder that does not exist.</summary>
    /// <exception cref="DiagnosticException">IK2023.</exception>
    internal static void RequirePath(LocatedName path)
    {
        if (!File.Exists(path.Text) && !Directory.Exists(path.Text)) throw Absent("task file or folder", path, Directory.GetFileSystemEntries);

        if (File.Exists(path.Text) && !path.Text.EndsWith(".yaml", StringComparison.Ordinal))
        {
            throw Wrong(
                $"'{path}' is not a task file: the name of a task file is the task's key and .yaml.",
                path.Span,
                path.Text.EndsWith(".yml", StringComparison.Ordinal) ? $"Rename it to '{Path.ChangeExtension(Path.GetFileName(path.Text), "yaml")}'."
                    : $"`instructkit new task KEY {Path.GetFileName(path.Text)}` drafts one from a data file.");
        }
    }

    /// <summary>An error for a file or folder that does not exist, with the nearest existing name.</summary>
    /// <param name="what">What was expected there.</param>
    /// <param name="written">Its path.</param>
    /// <param name="list">Lists the candidates in a folder.</param>
    internal static DiagnosticException Absent(string what, LocatedName written, Func<string, string[]> list)
    {
        var path = written.Text;
        if (Directory.Exists(path)) return Wrong($"The {what} '{path}' is a folder.", written.Span);

        if (path.Length == 0) return Wrong($"The name of a {what} is empty.", written.Span);

        var folder = Path.GetDirectoryName(Path.GetFullPath(Path.TrimEndingDirectorySeparator(path)));
        var neighbours = Directory.Exists(folder) ? list(folder).Select(one => Path.GetFileName(one)) : [];
        var near = NearestName.Find(Path.GetFileName(Path.TrimEndingDirectorySeparator(path)), neighbours, 1);
        return Wrong($"There is no {what} '{path}'.", written.Span, near is [var name] ? $"Did you mean '{Path.Join(Path.GetDirectoryName(path), name)}'?" : null);
    }

    private static BuildPlan Load(string path, Terminal terminal, LocatedName? preset)
    {
        var map = path == "-" ? YamlFile.Parse(SourceText.FromText("<stdin>", terminal.Input.ReadToEnd()))
            : File.Exists(path) ? YamlFile.Load(path)
            : throw Absent("plan file", path, folder => Directory.GetFiles(folder, "*ml"));
        var folder = path == "-" ? Directory.GetCurrentDirectory() : Path.GetDirectoryName(Path.GetFullPath(path))!; // a file's path has a folder
        return preset is null ? BuildPlanFile.Read(map, folder, ShippedFiles.Presets) : BuildPlanFile.ReadOver(ShippedFiles.Presets.Load(preset), map, folder);
    }

    // The samples' hold-out only applies to the bare build: users who name tasks also name what to hold out. The user's own tasks must have data.
    private BuildPlan SamplePlan(ParseResult parsed)
    {
        var samples = BuildPlanFile.Load(ShippedFiles.SamplePlan);
        return Has(parsed, "tasks") ? samples with { HoldOut = [] } : samples;
    }

    private bool Has(ParseResult parsed, string key) => _options.Find(key) is { } option && parsed.Has(option);

    private BuildPlan Override(BuildPlan plan, ParseResult parsed)
    {
        // A total determines the kind of mixture, whatever the plan had.
        if (Has(parsed, "mixture.draw") && !Has(parsed, "mixture.kind")) plan = plan with { Mixture = plan.Mixture with { Kind = MixtureKind.Draw } };

        // The preset has been read by now.
        return _options.Over(plan, parsed) with { Preset = plan.Preset };
    }

    // The lock next to the plan takes precedence over one in the current folder.
    private static BuildPlan WithHub(BuildPlan plan, string? path)
    {
        List<LocatedName> data = [.. plan.Data.Select(folder => folder with { Text = HubData.Expand(folder.Text) })];
        return plan with { Data = data, Lock = HubData.LockFor([.. data.Select(folder => folder.Text)], path is null or "-" ? null : Path.GetDirectoryName(Path.GetFullPath(path))) };
    }

    private static BuildPlan CheckFolders(BuildPlan plan)
    {
        foreach (var folder in plan.Data) RequireFolder(folder);

        foreach (var path in plan.TaskFolders) RequirePath(path);

        return plan;
    }

    private static DiagnosticException Wrong(string message, SourceSpan? span = null, string? hint = null) =>
        DiagnosticException.Error(TaskCodes.BadSetting, message, span, hint);
}
