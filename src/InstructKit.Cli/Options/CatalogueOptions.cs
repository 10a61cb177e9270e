using InstructKit.Building;
using InstructKit.Building.Plans;
using InstructKit.Building.Selection;
using InstructKit.Protocol;
using InstructKit.Sources;
using InstructKit.Sources.Hub;
using InstructKit.Tasks;

namespace InstructKit.Cli.Options;

/// <summary>Which tasks a command knows and where their data is.</summary>
internal sealed class CatalogueOptions
{
    private readonly Option<string[]> _tasks = OptionFactory.Names("--tasks", "PATH", "File or folder with your own tasks; may be repeated.");
    private readonly Option<string[]> _data = OptionFactory.Names("--data", "DIR", "Folder with the data, or 'hub' for what `fetch` downloaded (default: the shipped samples); may be repeated.", "-d");
    private readonly Option<string?> _variant = OptionFactory.Text("--variant", "NAME", "Variant of the tasks that have it, such as as-released.");

    public void AddTo(Command command)
    {
        OptionFactory.Suggest(_variant, () => ShippedNames.Variants);
        command.Options.Add(_tasks);
        command.Options.Add(_data);
        command.Options.Add(_variant);
    }

    /// <summary>Opens the catalogue.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="names">Names from the command line; paths of task files are added to the catalogue and replaced by the task's key.</param>
    public TaskRegistry Open(ParseResult parsed, ref string[] names)
    {
        List<string> paths = [.. parsed.GetValue(_tasks) ?? []];
        for (var i = 0; i < names.Length; i++)
        {
            if (names[i].EndsWith(".yaml", StringComparison.Ordinal))
            {
                paths.Add(names[i]);
                names[i] = Path.GetFileNameWithoutExtension(names[i]);
            }
        }

        foreach (var path in paths) PlanOptions.RequirePath(path);

        return TaskRegistry.Open(ShippedFiles.TaskRegistry, [.. paths]);
    }

    /// <summary>Names in the task typed so far, such as those of its templates; none while the command line is invalid.</summary>
    public IEnumerable<string> NamesIn(ParseResult parsed, Argument<string> task, Func<TaskDefinition, IEnumerable<string>> names)
    {
        try
        {
            string[] named = [parsed.GetValue(task) ?? string.Empty];
            return names(Open(parsed, ref named).Tasks.Get(named[0]));
        }
        catch (Exception exception) when (exception is DiagnosticException or InvalidOperationException or IOException)
        {
            return [];
        }
    }

    /// <summary>Finds data for tasks.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="repairs">Which errors in rows are repaired, overriding the layouts; null to leave it to them.</param>
    public TaskLocator Locator(ParseResult parsed, RepairChoices repairs = default)
    {
        var roots = DataFolders(parsed);
        foreach (var root in roots) PlanOptions.RequireFolder(root);

        return new TaskLocator(roots, HubData.LockFor(roots), repairs: repairs);
    }

    public IReadOnlyList<string> DataFolders(ParseResult parsed) => parsed.GetValue(_data) is { Length: > 0 } given ? [.. given.Select(HubData.Expand)] : [ShippedFiles.SampleData];

    /// <summary>The variant, or null.</summary>
    /// <exception cref="DiagnosticException">No task has a variant with that name (IK2006).</exception>
    public string? Variant(ParseResult parsed, TaskRegistry catalogue)
    {
        var variant = parsed.GetValue(_variant);
        if (variant is not null) catalogue.RequireVariant(variant);

        return variant;
    }

    /// <summary>The scheme of a name, or the default one.</summary>
    /// <exception cref="DiagnosticException">There is no scheme with that name (IK2008).</exception>
    public static ClusterScheme Scheme(TaskRegistry catalogue, string? name)
    {
        if (name is null) return catalogue.Schemes[0];

        return catalogue.Schemes.FirstOrDefault(scheme => scheme.Key == name) ?? throw DiagnosticException.Error(TaskCodes.UnknownCluster, $"There is no cluster scheme '{name}'.",
            hint: NearestName.Hint(name, catalogue.Schemes.Select(scheme => scheme.Key)) ?? $"There are {string.Join(" and ", catalogue.Schemes.Select(scheme => scheme.Key))}.");
    }
}

/// <summary>The hold-out of a build, for commands that look at the rows of tasks.</summary>
internal sealed class HoldOutOption
{
    /// <param name="effect">Its effect in the command, for help.</param>
    public HoldOutOption(string effect)
    {
        Option = OptionFactory.Names("--hold-out", "NAME", $"Clusters, tasks or a published split that a build holds out: {effect}");
        OptionFactory.Suggest(Option, () => ShippedNames.All);
    }

    public Option<string[]> Option { get; }

    /// <summary>The rows that a build holds out; null without the option.</summary>
    /// <param name="selected">Adds the selected tasks to the plan.</param>
    /// <param name="data">Data folders.</param>
    /// <exception cref="DiagnosticException">The names are invalid, or contradict the tasks (IK20xx).</exception>
    public HoldOutFilters? Read(ParseResult parsed, TaskRegistry catalogue, Func<BuildPlan, BuildPlan> selected, IReadOnlyList<string> data, RepairChoices repairs, CancellationToken cancel)
    {
        if (parsed.GetValue(Option) is not { Length: > 0 } names) return null;

        var plan = new BuildPlan
        {
            HoldOut = [.. names.Select(name => new LocatedName(name))],
            Data = [.. data.Select(folder => new LocatedName(folder))],
            Lock = HubData.LockFor(data),
            Repairs = repairs,
            OnMissing = MissingDataPolicy.Skip,
            AllowEmpty = true,
            Replace = true,
        };
        return HoldOutFilters.Read(selected(plan), catalogue, cancel);
    }
}

/// <summary>Distinguishes names of tasks and clusters from paths of a user's own task files.</summary>
internal static class OwnTasks
{
    /// <summary>True for what looks like a path, and for a bare name that is a file or folder here; a folder that has the same name as a shipped task or
    /// cluster must be written as a path (<c>./rte</c>).</summary>
    public static bool IsPath(string name) =>
        OwnTaskPath.Is(name)
        || ((File.Exists(name) || Directory.Exists(name)) && !ShippedNames.All.Contains(name, StringComparer.Ordinal));

    /// <summary>The names, with files and folders in the current folder written as paths.</summary>
    public static IReadOnlyList<LocatedName> AsPaths(IReadOnlyList<LocatedName> names) =>
        [.. names.Select(name => IsPath(name.Text) && !OwnTaskPath.Is(name.Text) ? name with { Text = Path.Join(".", name.Text) } : name)];
}

/// <summary>The hub's cache as a data folder: the word <c>hub</c>, and the lock that pins the commits of its datasets.</summary>
internal static class HubData
{
    /// <summary>The settings from the environment.</summary>
    /// <exception cref="InstructKit.Diagnostics.DiagnosticException">A variable is invalid (IK8016).</exception>
    public static HubSettings Settings() => HubSettings.FromEnvironment(Environment.GetEnvironmentVariable);

    private static string Cache => HubSettings.CacheFromEnvironment(Environment.GetEnvironmentVariable).Root;

    /// <summary>A folder; for the word <c>hub</c> the cache's path.</summary>
    public static string Expand(string folder) => folder == HubCache.RootWord ? Cache : folder;

    /// <summary>True for the path of the cache.</summary>
    public static bool IsCache(string folder) => folder == Cache;

    /// <summary>The lock that applies when one of the folders is a cache: from the given folder, else the current one; null when there is none.</summary>
    /// <param name="data">Data folders.</param>
    /// <param name="folder">Where to look first, or null.</param>
    /// <exception cref="InstructKit.Diagnostics.DiagnosticException">It cannot be read (IK8014).</exception>
    public static HubLock? LockFor(IReadOnlyList<string> data, string? folder = null)
    {
        if (!data.Any(root => Directory.Exists(root) && Directory.EnumerateDirectories(root, "datasets--*").Any())) return null;

        var path = new[] { folder ?? ".", "." }.Select(place => Path.Combine(place, HubLock.FileName)).FirstOrDefault(File.Exists);
        return path is null ? null : HubLock.Load(path);
    }
}
