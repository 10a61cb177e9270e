using System.CommandLine;
using InstructKit.Building;
using InstructKit.Diagnostics;
using InstructKit.Protocol;
using InstructKit.Sources;
using InstructKit.Tasks;

namespace InstructKit.Cli.Options;

/// <summary>Which tasks a command knows and where their data lies.</summary>
internal sealed class CatalogueOptions
{
    private readonly Option<string[]> _tasks = OptionFactory.Names("--tasks", "PATH", "File or folder with your own tasks; may be repeated.");
    private readonly Option<string[]> _data = OptionFactory.Names("--data", "DIR", "Folder with the data, or 'hub' for what `fetch` downloaded (default: the shipped samples); may be repeated.", "-d");
    private readonly Option<string?> _variant = OptionFactory.Text("--variant", "NAME", "Variant of the tasks that have it, such as as-released.");

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_tasks);
        command.Options.Add(_data);
        command.Options.Add(_variant);
    }

    /// <summary>Opens the catalogue.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="names">Names from the command line; those that are paths of task files are added and replaced by the task's key.</param>
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

    /// <summary>Finds data for tasks.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="repairs">What is let pass in rows, whatever the layouts say; null to leave it to them.</param>
    public TaskLocator Locator(ParseResult parsed, RepairChoices repairs = default)
    {
        var roots = DataFolders(parsed);
        foreach (var root in roots) PlanOptions.RequireFolder(root);

        return new TaskLocator(roots, HubData.LockFor(roots), repairs: repairs);
    }

    /// <summary>The folders with data.</summary>
    public IReadOnlyList<string> DataFolders(ParseResult parsed) => parsed.GetValue(_data) is { Length: > 0 } given ? [.. given.Select(HubData.Expand)] : [ShippedFiles.SampleData];

    /// <summary>The variant, or null.</summary>
    /// <exception cref="DiagnosticException">No task has a variant of that name (IK2006).</exception>
    public string? Variant(ParseResult parsed, TaskRegistry catalogue)
    {
        var variant = parsed.GetValue(_variant);
        if (variant is not null) catalogue.RequireVariant(variant);

        return variant;
    }

    /// <summary>The scheme of a name, or the default one.</summary>
    /// <exception cref="DiagnosticException">There is none of that name (IK2008).</exception>
    public static ClusterScheme Scheme(TaskRegistry catalogue, string? name)
    {
        if (name is null) return catalogue.Schemes[0];

        return catalogue.Schemes.FirstOrDefault(scheme => scheme.Key == name) ?? throw new DiagnosticException(
            new Diagnostic(TaskCodes.UnknownCluster, Severity.Error, $"There is no cluster scheme '{name}'.")
            {
                Hint = NearestName.Hint(name, catalogue.Schemes.Select(scheme => scheme.Key)) ?? $"There are {string.Join(" and ", catalogue.Schemes.Select(scheme => scheme.Key))}.",
            });
    }
}
