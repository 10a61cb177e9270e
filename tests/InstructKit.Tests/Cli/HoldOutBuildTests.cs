using InstructKit.Building;
using InstructKit.Building.Plans;
using InstructKit.Building.Selection;
using InstructKit.Building.Settings;
using InstructKit.Protocol;
using InstructKit.Tasks;
using Xunit;

namespace InstructKit.Tests.Cli;

/// <summary>Every cluster of both schemes and every published split is built from the shipped samples; the checks use the written rows.</summary>
public sealed class HoldOutBuildTests
{
    private static readonly TaskRegistry Shipped = TaskRegistry.Open(RepositoryRoot.At("templates", "flan"), []);

    private static readonly BuildPlan Samples = BuildPlanFile.Load(RepositoryRoot.At("samples", "plan.yaml"));

    // WSC273 has only a test split.
    private static readonly HashSet<string> Trainable = [.. Shipped.Tasks.Keys.Where(key => Shipped.Tasks.Get(key).Slices.ContainsKey(SliceKind.Train))];

    public static TheoryData<string, string> Clusters =>
        new(Shipped.Schemes.SelectMany(scheme => scheme.Clusters.Where(cluster => cluster.Tasks.Any()).Select(cluster => (scheme.Key, cluster.Key))));

    public static TheoryData<string> Families => [.. Shipped.Splits.Select(split => split.Family).Distinct(StringComparer.Ordinal)];

    [Fact]
    public void There_are_12_and_17_clusters_one_more_for_Flan_2022_and_all_published_splits()
    {
        Assert.Equal([12, 17, 16], Shipped.Schemes.Select(scheme => scheme.Clusters.Count));
        Assert.Equal(
            ["all_overlap 1", "diversity 70", "inter_cluster 17", "intra_cluster 10", "paper_holdouts 12", "superglue_tasks 11", "superglue_templates 5", "tasks_per_cluster 20"],
            Shipped.Splits.GroupBy(split => split.Family).Select(family => $"{family.Key} {family.Count()}").Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Clusters))]
    public void A_cluster_is_held_out(string schemeName, string name)
    {
        var scheme = Shipped.Schemes.Single(one => one.Key == schemeName);
        var cluster = scheme.Find(name)!;
        using var scratch = new ScratchFolder();
        Build(scratch, name, "--scheme", schemeName);

        var held = cluster.Tasks.ToHashSet();
        var gone = cluster.LeavesWith.Append(name).ToHashSet();
        var related = Shipped.SameSource.Where(group => group.Any(held.Contains)).SelectMany(group => group).ToHashSet();
        var train = scheme.Clusters.Where(one => !gone.Contains(one.Key)).SelectMany(one => one.Tasks).Where(key => Trainable.Contains(key) && !related.Contains(key));
        Assert.Equal(held.Order(StringComparer.Ordinal), BuiltFolder.Tasks(scratch.At("out"), "held_out"));
        Assert.Equal(train.Order(StringComparer.Ordinal), BuiltFolder.Tasks(scratch.At("out"), "train"));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_published_split_is_built(string family)
    {
        foreach (var split in Shipped.Splits.Where(one => one.Family == family))
        {
            using var scratch = new ScratchFolder();
            // Like the command, but the task files are read once for all splits.
            var plan = Samples with { HoldOut = [split.Name], MaxTrain = 1, MaxValidation = 0, MaxHeldOut = 1, Out = scratch.At("out") };
            DatasetBuilder.Run(PlanResolver.Resolve(plan, Shipped), null, TestContext.Current.CancellationToken);
            Assert.Equal(split.Test.Order(StringComparer.Ordinal), BuiltFolder.Tasks(scratch.At("out"), "held_out"));
            Assert.Equal(split.Train.Where(Trainable.Contains).Order(StringComparer.Ordinal), BuiltFolder.Tasks(scratch.At("out"), "train"));
            CheckTemplates(scratch, split);
        }
    }

    // A split of n templates uses the first n of a task; inverted ones are not scored.
    private static void CheckTemplates(ScratchFolder scratch, TaskSplit split)
    {
        foreach (var output in new[] { "train", "held_out" })
        {
            foreach (var task in BuiltFolder.Examples(scratch.At("out"), output, "task", "template").GroupBy(row => row[0], row => row[1], StringComparer.Ordinal))
            {
                var templates = Shipped.Tasks.Get(task.Key).Templates.Take(split.Templates ?? int.MaxValue).Select(template => template.Id);
                Assert.Subset(templates.ToHashSet(), task.ToHashSet());
            }
        }
    }

    // One row of each slice: only the set of tasks is checked.
    private static void Build(ScratchFolder scratch, string holdOut, params string[] more) => CliRun.Ok(
        ["build", "--hold-out", holdOut, "--max-per-task", "1", "--max-validation", "0", "--max-held-out", "1", "--out", scratch.At("out"), "--quiet", .. more]);
}
