using System.Text.Json;
using InstructKit.Building.Selection;
using InstructKit.Cli.Options;
using InstructKit.Cli.Output;
using InstructKit.Protocol;

namespace InstructKit.Cli.Commands;

/// <summary>Lists clusters and published splits.</summary>
internal sealed class ClustersCommand : CliCommand
{
    private readonly Option<string?> _scheme = OptionFactory.Text("--scheme", "NAME", "Only this scheme: 'paper' or 'code'.");
    private readonly Option<bool> _splits = OptionFactory.Switch("--splits", "List the published splits instead.");

    public ClustersCommand(Terminal terminal)
        : base("clusters", "List the clusters of both schemes, their tasks and what leaves training together; or the published splits.", terminal)
    {
        Add(_scheme, _splits);
        AddJson();
    }

    public override IReadOnlyList<string> Examples { get; } =
    [
        "instructkit clusters",
        "instructkit clusters --scheme code --json",
        "instructkit clusters --splits",
    ];

    protected override int Run(ParseResult parsed)
    {
        var catalogue = TaskRegistry.Open(ShippedFiles.TaskRegistry, []);
        IReadOnlyList<ClusterScheme> schemes = parsed.GetValue(_scheme) is { } name ? [CatalogueOptions.Scheme(catalogue, name)] : catalogue.Schemes;
        if (Terminal.Json) JsonDocumentOutput.Write(Terminal, json => WriteJson(json, schemes, parsed.Has(_splits) ? catalogue.Splits : []));
        else if (parsed.Has(_splits)) TellSplits(catalogue.Splits);
        else TellSchemes(schemes);

        return ExitCode.Done;
    }

    private void TellSchemes(IReadOnlyList<ClusterScheme> schemes)
    {
        var output = Terminal.Text;
        foreach (var scheme in schemes)
        {
            output.WriteLine($"{scheme.Key}: {scheme.Title}, {Wording.Count(scheme.Clusters.Count, "cluster")}, {Wording.Count(scheme.Clusters.Sum(cluster => cluster.Datasets.Count), "dataset")}");
            output.WriteLine($"  {scheme.Cite}");
            foreach (var cluster in scheme.Clusters)
            {
                output.WriteLine();
                output.WriteLine($"  {cluster.Key}{(cluster.Aliases.Count > 0 ? $" ({string.Join(", ", cluster.Aliases)})" : string.Empty)}: {cluster.Title}");
                output.WriteLine($"    {string.Join(", ", cluster.Tasks)}");
                if (cluster.LeavesWith.Count > 0) output.WriteLine($"    also excluded when held out: {string.Join(", ", cluster.LeavesWith)}");
            }

            output.WriteLine();
        }
    }

    private void TellSplits(IReadOnlyList<TaskSplit> splits)
    {
        foreach (var family in splits.GroupBy(split => split.Family, StringComparer.Ordinal))
        {
            Terminal.Text.WriteLine($"{family.Key}: {Wording.Count(family.Count(), "split")}");
            TextTable.Write(
                Terminal,
                [new("  name"), new("train", true), new("test", true), new("templates", true)],
                family.Select(split => (IReadOnlyList<string>)
                [
                    $"  {split.Name}", Wording.Number(split.Train.Count), Wording.Number(split.Test.Count), split.Templates is { } first ? Wording.Number(first) : "all",
                ]));
            Terminal.Text.WriteLine();
        }
    }

    private static void WriteJson(Utf8JsonWriter json, IReadOnlyList<ClusterScheme> schemes, IReadOnlyList<TaskSplit> splits)
    {
        json.Objects("schemes", schemes, scheme => json
            .Put("scheme", scheme.Key).Put("title", scheme.Title).Put("cite", scheme.Cite)
            .Objects("clusters", scheme.Clusters, cluster => json
                .Put("cluster", cluster.Key).Put("title", cluster.Title).Put("aliases", cluster.Aliases)
                .Objects("datasets", cluster.Datasets, dataset => json.Put("name", dataset.Name).Put("tasks", dataset.Tasks))
                .Put("leaves_with", cluster.LeavesWith)));
        if (splits.Count == 0) return;

        json.Objects("splits", splits, split => json
            .Put("name", split.Name).Put("family", split.Family).Put("train", split.Train).Put("test", split.Test).Put("templates", (long?)split.Templates).Put("overlaps", split.Overlaps));
    }
}
