using InstructKit.Building.Selection;
using InstructKit.Protocol;
using Xunit;

namespace InstructKit.Tests.Protocol;

/// <summary>Every published split recomputed from its rule: the rules are those of google-research/FLAN's code and of the paper's section 2, the lists are in
/// <c>templates/flan/splits/</c>. Inter-cluster splits are in <see cref="HoldOutTests"/>.</summary>
public sealed class PublishedSplitTests
{
    private static readonly TaskRegistry Shipped = TaskRegistry.Open(RepositoryRoot.At("templates", "flan"), []);
    private static readonly ClusterScheme Paper = Shipped.Schemes[0];
    private static readonly ClusterScheme Code = Shipped.Schemes[1];
    private static readonly string[] SuperGlue = ["bool_q", "cb", "copa", "multirc", "record", "rte", "wic", "wsc"];
    private static readonly string[] Tested = [.. new[] { "open_domain_qa", "common_sense", "entailment" }.SelectMany(TasksOf)];
    private static readonly int[] TemplateCounts = [1, 2, 4, 7, 10];

    private static readonly string[] Diverse = ["summarization", "translation", "reading_comprehension", "sentiment", "structure_to_text", "coreference", "conversational_qa"];

    private static readonly (string Unit, string[] Tasks)[] Merged =
    [
        ("anli", ["anli_r1", "anli_r2", "anli_r3"]),
        ("arc", ["arc_challenge", "arc_easy"]),
        ("mnli", ["mnli_matched", "mnli_mismatched"]),
        ("opinion_abstracts", ["opinion_abstracts_rotten_tomatoes", "opinion_abstracts_idebate"]),
        ("squad", ["squad_v1", "squad_v2"]),
    ];

    private static IEnumerable<string> Clustered => Code.Clusters.SelectMany(cluster => cluster.Tasks);

    [Fact]
    public void The_generator_gives_the_reference_numbers() =>
        Assert.Equal([2, 8, 4, 9, 1, 6, 7, 3, 0, 5], MersenneTwister.Numpy(0).Permutation(10)); // numpy's own test suite

    [Fact]
    public void There_are_as_many_as_were_published()
    {
        var sizes = Shipped.Splits.GroupBy(split => split.Family).ToDictionary(family => family.Key, family => family.Count());
        Assert.Equal(
            [("all_overlap", 1), ("diversity", 70), ("inter_cluster", 17), ("intra_cluster", 10), ("paper_holdouts", 12), ("superglue_tasks", 11), ("superglue_templates", 5), ("tasks_per_cluster", 20)],
            sizes.OrderBy(size => size.Key, StringComparer.Ordinal).Select(size => (size.Key, size.Value)));
    }

    [Fact]
    public void Paper_hold_outs_are_a_cluster_and_what_leaves_with_it()
    {
        foreach (var cluster in Paper.Clusters)
        {
            var gone = cluster.LeavesWith.Append(cluster.Key).ToHashSet();
            // WSC273 has no training split.
            Check($"paper_holdout_{cluster.Key}", Paper.Clusters.Where(one => !gone.Contains(one.Key)).SelectMany(one => one.Tasks).Where(task => task != "wsc273"), cluster.Tasks, null);
        }
    }

    [Fact]
    public void Intra_cluster_splits_hold_out_one_unit_of_each_cluster()
    {
        for (var split = 0; split < 10; split++)
        {
            List<string> test = [];
            for (var c = 0; c < Code.Clusters.Count; c++)
            {
                var units = UnitsOf(Code.Clusters[c]);
                if (units.Count > 1) test.AddRange(units[MersenneTwister.Numpy((uint)c).Permutation(units.Count)[split % units.Count]]);
            }

            Check($"flan_intra_cluster_split_{split}", Clustered.Except(test), test, null);
        }
    }

    [Fact]
    public void SuperGLUE_splits_train_on_the_rest()
    {
        foreach (var n in TemplateCounts) Check($"flan_superglue_split_{n}templates", Clustered.Except(SuperGlue), SuperGlue, n);

        var order = MersenneTwister.Python(42).Shuffle(Clustered).Except(SuperGlue).ToList();
        for (var n = 5; n <= 55; n += 5) Check($"flan_superglue_split_10templates_{n}train_tasks", order.Take(n), SuperGlue, 10);
    }

    [Fact]
    public void Diversity_splits_take_one_cluster_more_each()
    {
        for (var clusters = 1; clusters <= Diverse.Length; clusters++)
        {
            // The first clusters of the order, their tasks in turn, following the order of the scheme.
            var chosen = Diverse.Take(clusters).ToHashSet();
            var lists = Code.Clusters.Where(cluster => chosen.Contains(cluster.Key)).Select(cluster => cluster.Tasks.ToList()).ToList();
            var inTurn = Enumerable.Range(0, lists.Max(list => list.Count)).SelectMany(turn => lists.Where(list => turn < list.Count).Select(list => list[turn])).ToList();
            foreach (var n in TemplateCounts)
            {
                Check($"flan_diversity_split{clusters}_{n}templates", inTurn, Tested, n);
                Check($"flan_diversity_split{clusters}_{n}templates_15task_limit", inTurn.Take(15), Tested, n);
            }
        }
    }

    [Fact]
    public void Tasks_per_cluster_are_the_first_of_each()
    {
        for (var k = 1; k <= 4; k++)
        {
            foreach (var n in TemplateCounts) Check($"flan_inter_split_{n}templates_{k}tpc", Diverse.SelectMany(key => TasksOf(key).Take(k)), Tested, n);
        }
    }

    [Fact]
    public void The_overlap_split_trains_on_what_it_tests() => Check("flan_all_overlap_10templates", Clustered, Clustered, 10);

    private static IEnumerable<string> TasksOf(string cluster) => Code.Clusters.Single(one => one.Key == cluster).Tasks;

    // Single tasks in the order of the cluster, followed by merged units by name.
    private static List<string[]> UnitsOf(InstructKit.Protocol.Cluster cluster)
    {
        var tasks = cluster.Tasks.ToList();
        var merged = Merged.Where(unit => unit.Tasks.All(tasks.Contains)).ToList();
        return [.. tasks.Where(task => !merged.Any(unit => unit.Tasks.Contains(task))).Select(task => new[] { task }), .. merged.Select(unit => unit.Tasks)];
    }

    private static void Check(string name, IEnumerable<string> train, IEnumerable<string> test, int? templates)
    {
        var split = Shipped.Splits.Single(one => one.Name == name);
        Assert.Equal($"{name} trains on {Listed(train)}", $"{name} trains on {Listed(split.Train)}");
        Assert.Equal($"{name} tests {Listed(test)}", $"{name} tests {Listed(split.Test)}");
        Assert.Equal((name, templates), (name, split.Templates));
    }

    private static string Listed(IEnumerable<string> tasks) => string.Join(", ", tasks.Order(StringComparer.Ordinal));
}
