using System.CommandLine.Completions;
using InstructKit.Cli.Options;
using InstructKit.Cli.Output;
using InstructKit.Protocol;
using InstructKit.Tasks;

namespace InstructKit.Cli.Commands;

/// <summary>Lists tasks; <c>tasks</c> and <c>tasks list</c> are the same.</summary>
internal sealed class TasksCommand : CliCommand
{
    private readonly Argument<string[]> _names = new("NAME") { HelpName = "NAME", Description = "Tasks or clusters to list in detail; all when none is named.", Arity = ArgumentArity.ZeroOrMore };
    private readonly CatalogueOptions _catalogue = new();
    private readonly Option<string?> _scheme = OptionFactory.Text("--scheme", "NAME", "Clusters of FLAN's 'paper' (default) or of its 'code'.");

    public TasksCommand(Terminal terminal, string name = "tasks")
        : base(name, "List the tasks by cluster: columns, templates, the data found on this machine, licence.", terminal)
    {
        _names.CompletionSources.Add(_ => ShippedNames.All.Select(one => new CompletionItem(one)));
        Arguments.Add(_names);
        OptionFactory.Suggest(_scheme, () => ShippedNames.Schemes);
        Options.Add(_scheme);
        _catalogue.AddTo(this);
        AddJson();
        if (name == "tasks")
        {
            Subcommands.Add(new TasksCommand(terminal, "list"));
            Subcommands.Add(new ShowTaskCommand(terminal));
        }
    }

    public override IReadOnlyList<string> Examples => Name == "list"
        ? ["instructkit tasks list", "instructkit tasks list sentiment --json"]
        : ["instructkit tasks", "instructkit tasks paraphrase rte --data ~/glue", "instructkit tasks show rte", "instructkit tasks --json"];

    protected override int Run(ParseResult parsed)
    {
        var names = parsed.GetValue(_names) ?? [];
        var catalogue = _catalogue.Open(parsed, ref names);
        var scheme = CatalogueOptions.Scheme(catalogue, parsed.GetValue(_scheme));
        var locator = _catalogue.Locator(parsed);
        var variant = _catalogue.Variant(parsed, catalogue);
        var wanted = Expand(names, scheme, catalogue.Tasks.Keys, Subcommands.Select(command => command.Name));
        var listed = catalogue.Ordered().Where(task => wanted is null || wanted.Contains(task.Key))
            .Select(task => new ListedTask(catalogue.Tasks.Get(task.Key, variant), scheme.Of(task.Key)?.Key ?? task.OwnCluster ?? "none", locator))
            .ToList();
        // In the order of the scheme, followed by user-defined clusters and tasks in no cluster.
        var groups = scheme.Clusters.Select(cluster => cluster.Key).Concat(listed.Select(task => task.Cluster).Where(key => key != "none")).Append("none")
            .Distinct(StringComparer.Ordinal)
            .Select(key => (Key: key, Tasks: listed.Where(task => task.Cluster == key).ToList()))
            .Where(group => group.Tasks.Count > 0);
        if (Terminal.Json)
        {
            JsonDocumentOutput.Write(Terminal, json => json.Put("scheme", scheme.Key).Objects("tasks", groups.SelectMany(group => group.Tasks), task => task.WriteJson(json)));
            return ExitCode.Done;
        }

        foreach (var (key, tasks) in groups)
        {
            Terminal.Text.WriteLine(key == "none" ? $"in no cluster of the scheme {scheme.Key}" : scheme.Find(key) is { } cluster ? $"{key}: {cluster.Title}" : key);
            foreach (var task in tasks) task.Tell(Terminal.Text, detailed: wanted is not null);

            Terminal.Text.WriteLine();
        }

        return ExitCode.Done;
    }

    private static HashSet<string>? Expand(string[] names, ClusterScheme scheme, IReadOnlyList<string> keys, IEnumerable<string> subcommands)
    {
        if (names.Length == 0) return null;

        HashSet<string> wanted = new(StringComparer.Ordinal);
        foreach (var name in names)
        {
            if (keys.Contains(name, StringComparer.Ordinal))
            {
                wanted.Add(name);
            }
            else if (scheme.Find(name) is { } cluster)
            {
                wanted.UnionWith(cluster.Tasks);
            }
            else
            {
                throw DiagnosticException.Error(TaskCodes.UnknownTask, $"There is no task or cluster '{name}'.",
                    hint: NearestName.Hint(name, keys.Concat(scheme.Clusters.Select(one => one.Key)).Concat(subcommands)) ?? "`instructkit tasks` lists them.");
            }
        }

        return wanted;
    }
}
