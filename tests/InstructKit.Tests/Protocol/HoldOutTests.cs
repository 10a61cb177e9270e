using InstructKit.Building.Selection;
using InstructKit.Protocol;
using InstructKit.Tasks;
using Xunit;

namespace InstructKit.Tests.Protocol;

/// <summary>Expectations are those of the FLAN paper (section 2 and figure 3) and of the split rules of its released code.</summary>
public sealed class HoldOutTests
{
    private static readonly TaskRegistry Shipped = TaskRegistry.Open(RepositoryRoot.At("templates", "flan"), []);

    private static HoldOut Apply(LocatedName[] names, string? scheme = null, LocatedName[]? train = null, LocatedName[]? tasks = null) =>
        Shipped.Rules.Apply(new HoldOutRequest { Names = names, Scheme = scheme, Train = train, Tasks = tasks }, Shipped.Ordered());

    [Theory]
    [InlineData("tides", "a,b")]
    [InlineData("bells", "b")]
    [InlineData("sentiment", "c")]      // a shipped cluster that a task names in addition to its own
    public void A_task_may_be_in_several_clusters(string heldOut, string tasks)
    {
        CatalogueTask[] catalogue =
        [
            .. Shipped.Ordered(),
            new("a", "tides", IsOwn: true),
            new("b", "bells", IsOwn: true) { MoreClusters = ["tides"] },
            new("c", "fog", IsOwn: true) { MoreClusters = ["sentiment"] },
        ];
        var result = Shipped.Rules.Apply(new HoldOutRequest { Names = [heldOut] }, catalogue);
        Assert.Equal(tasks, string.Join(',', result.HeldOut.Where(key => key.Length == 1)));
        Assert.Empty(result.Train.Intersect(tasks.Split(',')));
    }

    [Theory]
    [InlineData("natural_language_inference", "paraphrase")]
    [InlineData("paraphrase", "natural_language_inference")]
    [InlineData("commonsense", "reading_comprehension_with_commonsense")]
    [InlineData("reading_comprehension", "reading_comprehension_with_commonsense")]
    [InlineData("reading_comprehension_with_commonsense", "reading_comprehension,commonsense")]
    [InlineData("sentiment", "")]
    [InlineData("translation", "")]
    public void Clusters_leave_together_as_in_the_paper(string heldOut, string leaves)
    {
        var result = Apply([heldOut]);
        Assert.Equal(leaves.Split(',', StringSplitOptions.RemoveEmptyEntries).Order(), result.AlsoExcluded.Order());
        foreach (var cluster in result.AlsoExcluded) Assert.Empty(result.Train.Intersect(result.Scheme.Find(cluster)!.Tasks));
    }

    // Train and test sizes in datasets from the fact sheet's table of paper hold-outs (WSC273 never trains: no training split).
    [Theory]
    [InlineData("natural_language_inference", 50, 7)]
    [InlineData("commonsense", 55, 4)]
    [InlineData("sentiment", 57, 4)]
    [InlineData("paraphrase", 50, 4)]
    [InlineData("closed_book_qa", 58, 3)]
    [InlineData("struct_to_text", 57, 4)]
    [InlineData("reading_comprehension", 54, 5)]
    [InlineData("reading_comprehension_with_commonsense", 50, 2)]
    [InlineData("coreference", 59, 3)]
    [InlineData("misc", 54, 7)]
    [InlineData("translation", 53, 8)]
    [InlineData("summarization", 50, 11)]
    public void Sizes_are_those_of_the_paper(string heldOut, int trainDatasets, int testDatasets)
    {
        var result = Apply([heldOut], "paper");
        var datasets = result.Scheme.Clusters.SelectMany(cluster => cluster.Datasets).ToList();
        Assert.Equal(testDatasets, datasets.Count(dataset => dataset.Tasks.Any(result.HeldOut.Contains)));
        Assert.Equal(trainDatasets, datasets.Count(dataset => dataset.Tasks.Any(result.Train.Contains) && !dataset.Tasks.Contains("wsc273")));
    }

    [Fact]
    public void A_task_that_reads_the_rows_of_another_one_does_not_train_while_that_one_is_held_out_and_the_other_way_round()
    {
        CatalogueTask[] tasks =
        [
            .. Shipped.Ordered(), new("mine", null, IsOwn: true) { SameSource = ["squad_v1"] }, new("other", null, IsOwn: true) { SameSource = ["samsum"] },
        ];
        HoldOut Out(string name) => Shipped.Rules.Apply(new HoldOutRequest { Names = [name] }, tasks);

        Assert.DoesNotContain("mine", Out("squad_v1").Train);
        Assert.DoesNotContain("mine", Out("squad_v2").Train); // version 2 contains the rows of version 1
        Assert.Contains("other", Out("squad_v1").Train);
        Assert.Empty(Out("mine").Train.Intersect(["squad_v1", "squad_v2", "mine"]));
        Assert.Equal("it reads the same source rows as the held-out mine", Assert.Single(Out("mine").Excluded, one => one.Task == "squad_v2").Reason);
    }

    [Fact]
    public void The_schemes_have_the_published_sizes()
    {
        var paper = Shipped.Schemes[0];
        var code = Shipped.Schemes[1];
        Assert.Equal((12, 62), (paper.Clusters.Count, paper.Clusters.Sum(cluster => cluster.Datasets.Count)));
        Assert.Equal((17, 69), (code.Clusters.Count, code.Clusters.Sum(cluster => cluster.Tasks.Count())));
    }

    [Fact]
    public void An_alias_and_a_name_of_the_other_scheme_are_understood()
    {
        Assert.Equal(["natural_language_inference"], Apply(["nli"]).Clusters);
        Assert.Equal("code", Apply(["entailment"]).Scheme.Key);
    }

    [Fact]
    public void Every_published_split_gives_its_own_lists()
    {
        var known = Shipped.Ordered().Select(task => task.Key).ToList();
        Assert.NotEmpty(Shipped.Splits);
        foreach (var split in Shipped.Splits)
        {
            var result = Apply([split.Name]);
            Assert.Equal(split.Train.Where(known.Contains).Order(StringComparer.Ordinal), result.Train.Order(StringComparer.Ordinal));
            Assert.Equal(split.Test.Where(known.Contains).Order(StringComparer.Ordinal), result.HeldOut.Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void Published_inter_cluster_splits_are_what_the_rule_gives()
    {
        var code = Shipped.Schemes[1];
        for (var i = 0; i < code.Clusters.Count; i++)
        {
            var split = Shipped.Splits.Single(one => one.Name == $"flan_inter_cluster_split_{i}");
            var cluster = code.Clusters[i];
            var gone = cluster.LeavesWith.Append(cluster.Key).ToHashSet();
            Assert.Equal(cluster.Tasks.Order(StringComparer.Ordinal), split.Test.Order(StringComparer.Ordinal));
            Assert.Equal(
                code.Clusters.Where(one => !gone.Contains(one.Key)).SelectMany(one => one.Tasks).Order(StringComparer.Ordinal),
                split.Train.Order(StringComparer.Ordinal));
        }
    }

    [Theory]
    [InlineData("natural_language_inference", "rte")]
    [InlineData("natural_language_inference", "glue_mrpc")]
    [InlineData("squad_v2", "squad_v1")]
    [InlineData("rte", "rte")]
    [InlineData("paper_holdout_sentiment", "sst2")]
    public void Held_out_data_under_training_is_refused(string heldOut, string train)
    {
        var exception = Assert.Throws<DiagnosticException>(() => Apply([heldOut], train: [train, "trec"]));
        Assert.Equal(TaskCodes.Leak, exception.Diagnostics[0].Code);
        Assert.Contains($"'{train}'", exception.Diagnostics[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_task_with_the_same_source_leaves_on_its_own()
    {
        var result = Apply(["mnli_matched"]);
        Assert.DoesNotContain("mnli_mismatched", result.Train);
        Assert.Contains(result.Excluded, task => task.Task == "mnli_mismatched" && task.Reason.Contains("same source rows", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("natural_language_inferense", "natural_language_inference")]
    [InlineData("sentment", "sentiment")]
    [InlineData("rtee", "rte")]
    public void A_misspelt_name_gets_the_nearest_one(string given, string meant)
    {
        var exception = Assert.Throws<DiagnosticException>(() => Apply([given]));
        Assert.Contains($"'{meant}'", exception.Diagnostics[0].Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_trained_is_ever_held_out()
    {
        foreach (var scheme in Shipped.Schemes)
        {
            foreach (var cluster in scheme.Clusters.Where(cluster => cluster.Tasks.Any()))
            {
                var result = Apply([cluster.Key], scheme.Key);
                Assert.Empty(result.Train.Intersect(result.HeldOut));
                Assert.NotEmpty(result.HeldOut);
                foreach (var group in Shipped.SameSource)
                    Assert.False(group.Any(result.Train.Contains) && group.Any(result.HeldOut.Contains), $"{cluster.Key}: {string.Join(",", group)}");
            }
        }
    }
}
