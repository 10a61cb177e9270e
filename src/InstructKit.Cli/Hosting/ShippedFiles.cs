using InstructKit.Building.Selection;
using InstructKit.Building.Settings;

namespace InstructKit.Cli.Hosting;

/// <summary>Location of the shipped files: next to the executable, or in the folder set by INSTRUCTKIT_HOME.</summary>
internal static class ShippedFiles
{
    /// <summary>Name of the environment variable that overrides the location.</summary>
    public const string Variable = "INSTRUCTKIT_HOME";

    /// <summary>Folder of clusters, published splits and task files.</summary>
    public static string TaskRegistry => Path.Combine(Home, "templates", "flan");

    /// <summary>Plans that are named by <c>--preset</c> and <c>from</c>.</summary>
    public static PlanPresets Presets => new(Path.Combine(TaskRegistry, "plans"));

    /// <summary>Sample rows in the layouts of the tasks.</summary>
    public static string SampleData => Path.Combine(Home, "samples", "data");

    /// <summary>The default plan.</summary>
    public static string SamplePlan => Path.Combine(Home, "samples", "plan.yaml");

    private static string Home => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } home ? home : AppContext.BaseDirectory;
}

/// <summary>Names of the shipped clusters and tasks, from the names of their files; cheap enough for completion.</summary>
internal static class ShippedNames
{
    /// <summary>Tasks in ordinal order.</summary>
    public static IReadOnlyList<string> Tasks { get => field ??= Sorted(Folders.SelectMany(folder => Directory.GetFiles(folder, "*.yaml")).Select(Path.GetFileNameWithoutExtension)); }

    /// <summary>Clusters and tasks, each in ordinal order.</summary>
    public static IReadOnlyList<string> All => [.. Sorted(Folders.Select(Path.GetFileName)), .. Tasks];

    /// <summary>What can be held out: clusters of all schemes, tasks and published splits.</summary>
    public static IReadOnlyList<string> HeldOut =>
        Read(registry => registry.Schemes.SelectMany(scheme => scheme.Clusters).Select(cluster => cluster.Key).Concat(Tasks).Concat(registry.Splits.Select(split => split.Name)));

    /// <summary>Cluster schemes.</summary>
    public static IReadOnlyList<string> Schemes => Read(registry => registry.Schemes.Select(scheme => scheme.Key));

    /// <summary>Variants of any task.</summary>
    public static IReadOnlyList<string> Variants => Read(registry => registry.Tasks.Keys.SelectMany(key => registry.Tasks.Get(key).Variants));

    /// <summary>Values of <c>--layout TASK=NAME</c>: tasks, and its layouts once the task has been typed.</summary>
    /// <param name="begun">What has been typed so far.</param>
    public static IReadOnlyList<string> TaskLayouts(string begun) => begun.IndexOf('=', StringComparison.Ordinal) is >= 0 and var end
        ? Read(registry => registry.Tasks.Get(begun[..end]).Layouts.Select(layout => $"{begun[..end]}={layout.Name}"))
        : [.. Tasks.Select(task => task + "=")];

    // No suggestions if the shipped files cannot be read; the command itself reports why.
    private static IReadOnlyList<string> Read(Func<TaskRegistry, IEnumerable<string>> names)
    {
        try
        {
            return [.. names(TaskRegistry.Open(ShippedFiles.TaskRegistry, [])).Distinct(StringComparer.Ordinal)];
        }
        catch (Exception exception) when (exception is DiagnosticException or IOException)
        {
            return [];
        }
    }

    private static IEnumerable<string> Folders => Directory.Exists(ShippedFiles.TaskRegistry)
        ? Directory.GetDirectories(ShippedFiles.TaskRegistry).Where(folder => Path.GetFileName(folder) is not ("splits" or "plans"))
        : [];

    private static List<string> Sorted(IEnumerable<string?> names) => [.. names.OfType<string>().Order(StringComparer.Ordinal)];
}
