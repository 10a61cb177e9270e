using Xunit;

namespace InstructKit.Tests.Cli;

/// <summary>Suggestions for a shell at the end of a line.</summary>
public sealed class CompletionTests
{
    [Theory]
    [InlineData("instructkit bui", "build")]
    [InlineData("instructkit build --hold-out sentim", "sentiment", "sentiment140", "paper_holdout_sentiment")]
    [InlineData("instructkit build --tasks rte,glue_m", "rte,glue_mrpc")]
    [InlineData("instructkit build --hold-out sentiment --ta", "--tasks")]
    [InlineData("instructkit build --data a --data b --ta", "--tasks")]
    [InlineData("instructkit build --container js", "json", "jsonl", "jsonl.gz", "jsonl.zst")]
    [InlineData("instructkit build --format pai", "pair")]
    [InlineData("instructkit build --preset templates-1", "templates-1", "templates-10")]
    [InlineData("instructkit plan --preset no-", "no-template")]
    [InlineData("instructkit build --hold-out templates_15train", "flan_superglue_split_10templates_15train_tasks")]
    [InlineData("instructkit build --scheme ", "code", "flan_2022", "paper")]
    [InlineData("instructkit tasks --scheme p", "paper")]
    [InlineData("instructkit build --variant as-released-", "as-released-baseline")]
    [InlineData("instructkit build --layout wn", "wnli=")]
    [InlineData("instructkit build --layout cb=,wn", "cb=,wnli=")]
    [InlineData("instructkit build --layout common_gen=", "common_gen=hub", "common_gen=hub_export", "common_gen=release")]
    [InlineData("instructkit preview common_gen --layout ", "hub", "hub_export", "release")]
    [InlineData("instructkit lint wnl", "wnli")]
    [InlineData("instructkit lint --disable two", "two-answers")]
    [InlineData("instructkit schema ", "format", "plan", "task")]
    public void The_end_of_the_line_is_completed(string line, params string[] expected) =>
        Assert.Equal(expected, Suggested(line).Where(word => !word.StartsWith('-') || line.EndsWith("--ta", StringComparison.Ordinal)));

    [Fact]
    public void Templates_of_the_named_task_are_offered()
    {
        var ids = Suggested("instructkit preview rte --template ").Where(word => !word.StartsWith('-')).ToList();
        Assert.Equal(10, ids.Count);
        Assert.Equal([$"{ids[0]},{ids[1]}"], Suggested($"instructkit preview rte --template {ids[0]},{ids[1]}"));
    }

    private static string[] Suggested(string line) => CliRun.Ok($"[suggest:{line.Length}]", line).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
