using InstructKit.Building.EvaluationOutput;
using InstructKit.Building.Selection;
using InstructKit.Evaluation.Scoring;
using Xunit;

namespace InstructKit.Tests.Evaluation.Scoring;

/// <summary>Data beyond the allowed memory goes to temporary files, and the report is the same.</summary>
public sealed class MemoryTests
{
    private const int Rows = 240;
    private static readonly string[] Words = ["red", "green", "blue", "of", "the", "river", "stone", "5", "."];

    [Theory]
    [InlineData("bleu")]
    [InlineData("rougeL")]
    [InlineData("squad_f1")]
    [InlineData("record_f1")]
    [InlineData("spearman")]
    [InlineData("edit_distance")]
    public void A_report_is_the_same_however_little_is_held(string metric)
    {
        using var scratch = new ScratchFolder();
        var lines = Write(scratch, metric, seed: 1);
        var other = scratch.Write("other.jsonl", string.Join('\n', Write(scratch, metric, seed: 2)));
        var (all, little) = (Run(lines), Run(lines, request => request with { MemoryBytes = 2_000, MemoryEntries = 100 }));

        var (expected, found) = (all.Tasks.Single(), little.Tasks.Single());
        Assert.Equal((expected.Rows, expected.Units, expected.Samples, expected.Templates.Count), (found.Rows, found.Units, found.Samples, found.Templates.Count));
        Assert.Equal(expected.Templates.Select(one => (one.Template, one.Rows, one.Expected, one.Invalid)), found.Templates.Select(one => (one.Template, one.Rows, one.Expected, one.Invalid)));
        Assert.Equal((expected.Consistency, expected.Sensitivity, expected.Invalid), (found.Consistency, found.Sensitivity, found.Invalid));
        Assert.Equal(expected.AtK.Select(one => (one.K, one.Majority)), found.AtK.Select(one => (one.K, one.Majority)));
        Assert.Equal(expected.Comparison!.Templates, found.Comparison!.Templates);
        foreach (var (one, same) in expected.Figures.Zip(found.Figures))
        {
            Assert.Equal((one.Name, one.BestDevTemplate), (same.Name, same.BestDevTemplate));
            foreach (var (score, again) in one.Templates.Append(one.Mean).Append(one.BestDev!.Value).Zip(same.Templates.Append(same.Mean).Append(same.BestDev!.Value)))
            {
                Assert.Equal(score.Value, again.Value, 1e-9);
                // Other draws of the same units: ends of intervals of 400 resamples, not the same ones.
                var width = score.High - score.Low;
                Assert.True(width > 0);
                Assert.InRange(again.Low, score.Low - (width / 3), score.Low + (width / 3));
                Assert.InRange(again.High, score.High - (width / 3), score.High + (width / 3));
            }
        }

        Assert.Equal(expected.Comparison.Mean.Difference.Value, found.Comparison.Mean.Difference.Value, 1e-9);

        ScoreReport Run(IEnumerable<string> predictions, Func<ScoreRequest, ScoreRequest>? change = null) => ToySets.Score(scratch, predictions, request =>
        {
            request = request with { Resamples = 400, Compare = [other] };
            return change is null ? request : change(request);
        });
    }

    [Fact]
    public void Threads_do_not_change_what_is_drawn_from_files()
    {
        using var scratch = new ScratchFolder();
        var lines = Write(scratch, "bleu", seed: 3);
        var reports = new[] { 1, 2, 7 }.Select(jobs => ScoreJson.Write(ToySets.Score(scratch, lines, request => request with { Jobs = jobs, MemoryBytes = 2_000, MemoryEntries = 64, Resamples = 50 }))).ToList();
        Assert.All(reports, report => Assert.Equal(reports[0], report));
    }

    [Fact]
    public void Missing_doubled_and_foreign_ids_are_found_in_the_file_too()
    {
        using var scratch = new ScratchFolder();
        var lines = Write(scratch, "bleu", seed: 4);
        string Refusal(IEnumerable<string> predictions) =>
            Assert.Throws<DiagnosticException>(() => ToySets.Score(scratch, predictions, request => request with { MemoryEntries = 64, Resamples = 0 })).Diagnostics[0].Message;

        Assert.Contains("2 predictions are doubled", Refusal([.. lines, lines[5], lines[^1]]), StringComparison.Ordinal);
        Assert.Contains("1 predictions are of rows that are in no set, such as strange", Refusal([.. lines, """{"id":"strange","text":"a"}"""]), StringComparison.Ordinal);
        Assert.Contains("rows have no prediction", Refusal(lines.Where(line => !line.Contains("long:test:17:t1", StringComparison.Ordinal))), StringComparison.Ordinal);
    }

    // Two templates with test and dev rows, groups of three, two samples; the second template sees the rows in another order.
    private static List<string> Write(ScratchFolder scratch, string metric, int seed)
    {
        var random = new Random(seed);
        List<string> lines = [];
        List<EvaluationSetEntry> sets = [];
        foreach (var (template, split) in new[] { ("t1", "test"), ("t1", "dev"), ("t2", "test"), ("t2", "dev") })
        {
            var path = $"{split}/long.{template}.jsonl";
            var order = Enumerable.Range(0, Rows).Select(row => template == "t2" ? Rows - 1 - row : row);
            scratch.Write($"eval/{path}", string.Concat(order.Select(row => $$"""
                {"id":"long:{{split}}:{{row}}:{{template}}:0","input":"?","target":"{{Gold(metric, row)}}","choices":[],"answer_index":-1,"answer_indexes":[],"answers":["{{Gold(metric, row)}}"],"group":"g{{row / 3}}","metrics":[],"task":"long","cluster":"c","template":"{{template}}","split":"{{split}}","row":{{row}}}

                """)));
            foreach (var row in Enumerable.Range(0, Rows))
            {
                for (var sample = 1; sample >= 0; sample--)
                {
                    var text = metric == "spearman" ? $"{(row * 7 % 50) + random.Next(30)}" : string.Join(' ', Gold(metric, row).Split(' ').Select(word => random.Next(3) == 0 ? Words[random.Next(Words.Length)] : word));
                    lines.Add($$"""{"id":"long:{{split}}:{{row}}:{{template}}:0","sample":{{sample}},"text":"{{text}}"}""");
                }
            }

            sets.Add(new EvaluationSetEntry
            {
                Path = path,
                Name = $"ik_long-{template}",
                Tree = split,
                Split = split == "dev" ? OutputSplit.HeldOutValidation : OutputSplit.HeldOut,
                Task = "long",
                Cluster = "c",
                Template = template,
                Ranked = false,
                Rows = Rows,
                Sha256 = string.Empty,
                Metrics = [metric],
                Contract = new EvaluationContract("text", "exact", [], null),
            });
        }

        scratch.Write("eval/sets.json", System.Text.Encoding.UTF8.GetString(new EvaluationIndex { SchemaVersion = 1, Sets = sets }.ToUtf8()));
        return lines;
    }

    private static string Gold(string metric, int row) =>
        metric == "spearman" ? $"{row * 7 % 50}" : string.Join(' ', Enumerable.Range(0, 5 + (row % 9)).Select(i => Words[((row * 31) + (i * i)) % Words.Length]));
}
