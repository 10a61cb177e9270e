using System.Xml.Linq;
using InstructKit.Evaluation.Metrics;
using InstructKit.Evaluation.Scoring;
using InstructKit.Tests.Cli;
using Xunit;

namespace InstructKit.Tests.Evaluation.Scoring;

public sealed class ScoreFileTests
{
    [Fact]
    public void Bounds_are_shares_of_a_perfect_score_whatever_the_profile()
    {
        using var scratch = new ScratchFolder();
        ToySets.Write(scratch);
        foreach (var profile in new[] { "flan-code", "lm-eval" })
        {
            var report = ToySets.Score(scratch, ToySets.Predictions(), request => request with { Profile = MetricProfile.Find(profile)! });
            var checks = ScoreCheck.Bounds(report, [("colour", 0.66), ("colour", 0.67), ("c2", 0.5), ("overall", 0.64)]).ToList();
            Assert.Equal([true, false, true, false], checks.Select(check => check.Passed));
            Assert.Contains("Did you mean 'colour'?", Assert.Throws<DiagnosticException>(() => ScoreCheck.Bounds(report, [("color", 1)]).ToList()).Diagnostics[0].ToString(), StringComparison.Ordinal);

            var junit = XDocument.Parse(Encoding.UTF8.GetString(ScoreFiles.JUnit(report, checks)));
            Assert.Equal(("4", "2"), (junit.Root!.Element("testsuite")!.Attribute("tests")!.Value, junit.Root.Element("testsuite")!.Attribute("failures")!.Value));
            Assert.Equal(2, junit.Descendants("failure").Count());
        }
    }

    [Fact]
    public void A_drop_below_an_earlier_report_is_found()
    {
        using var scratch = new ScratchFolder();
        ToySets.Write(scratch);
        var before = ScoreJson.Write(ToySets.Score(scratch, ToySets.Predictions()));
        // One row of say is no longer correct: 3 of 6 become 2 of 6.
        var now = ToySets.Score(scratch, ToySets.Predictions().Select(line => line.Replace("\"sample\":0,\"text\":\"a\"", "\"sample\":0,\"text\":\"q\"", StringComparison.Ordinal)));
        Assert.Equal(["say", "c2", "overall"], ScoreCheck.Drops(now, "before", before, 0.01).Where(check => !check.Passed).Select(check => check.Task));
        Assert.DoesNotContain(ScoreCheck.Drops(now, "before", before, 0.17), check => !check.Passed);
        Assert.Equal(ScoreCodes.BadReport, Assert.Throws<DiagnosticException>(() => ScoreCheck.Drops(now, "x", "{}"u8, 0)).Diagnostics[0].Code);
        Assert.Contains("profile", Assert.Throws<DiagnosticException>(() => ScoreCheck.Drops(ToySets.Score(scratch, ToySets.Predictions(), request => request with { Profile = MetricProfile.Find("official")! }), "x", before, 0)).Diagnostics[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Figures_of_a_paper_stand_beside_ones_own()
    {
        using var scratch = new ScratchFolder();
        ToySets.Write(scratch);
        var predictions = scratch.Write("p.jsonl", string.Join('\n', ToySets.Predictions()) + "\n");
        string[] score = ["score", predictions, "--eval", scratch.At("eval"), "--beside"];
        var run = CliRun.Ok([.. score, scratch.Write("paper.json", """{"colour": 60, "rte": 78.3}""")]);
        // Two of three rows of colour are correct in the mean of its templates.
        Assert.Matches(@"colour +66\.67 +60\.00 +6\.67\n", run.Output);
        Assert.Contains("not in this report: rte.", run.Error, StringComparison.Ordinal);
        Assert.Contains("the figure of 'colour' is not a number", CliRun.Of([.. score, scratch.Write("wrong.json", """{"colour": "60"}""")]).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Tables_and_pictures_hold_every_template()
    {
        using var scratch = new ScratchFolder();
        ToySets.Write(scratch);
        var report = ToySets.Score(scratch, ToySets.Predictions());
        var csv = Encoding.UTF8.GetString(ScoreFiles.Csv(report)).Split('\n');
        Assert.Equal("variant,cluster,task,metric,template,value,low,high,dev", csv[0]);
        Assert.Contains(csv, line => line.StartsWith(",c1,colour,accuracy,t1,100,100,100,50", StringComparison.Ordinal));
        Assert.All(csv.SkipLast(1), line => Assert.Equal(8, line.Count(character => character == ',')));

        var svg = XDocument.Parse(Encoding.UTF8.GetString(ScoreFiles.Svg(report)));
        XNamespace space = "http://www.w3.org/2000/svg";
        Assert.Equal(4, svg.Descendants(space + "circle").Count());
        Assert.Equal(1 + 3, svg.Descendants(space + "rect").Count());
    }

    [Fact]
    public void Area_under_the_curves_is_that_of_the_pairs_and_of_the_points()
    {
        // Scores of class 1 fall with the row; classes 1, 0, 1, 0: of four pairs of a positive and a negative row three are in order.
        Assert.Equal(75, Curve("auc_roc", [(3, 1), (2, 0), (1, 1), (0, 0)]), 1e-9);
        // Points (recall, precision): (0, 1), (1/2, 1), (1/2, 1/2), (1, 2/3), (1, 1/2).
        Assert.Equal(100 * (0.5 * (1 + 1) / 2 + 0.5 * (1.0 / 2 + 2.0 / 3) / 2), Curve("auc_pr", [(3, 1), (2, 0), (1, 1), (0, 0)]), 1e-9);
        // Ties count half.
        Assert.Equal(50, Curve("auc_roc", [(1, 1), (1, 0)]), 1e-9);
        Assert.True(double.IsNaN(Curve("auc_roc", [(1, 1)])));
    }

    [Fact]
    public void Entities_are_ranked_once_each_and_in_order()
    {
        // b and a are equally likely: the one whose text sorts first is chosen, not the one listed first.
        Assert.Equal([100, 100], Record([-1, -1, -5], ["b", "a", "c"], "a"));
        Assert.Equal([0, 0], Record([-1, -1, -5], ["b", "a", "c"], "b"));
        Assert.Equal([0, 66.667], Record([-5, -1], ["x", "New York"], "York").Select(score => Math.Round(score, 3)));
    }

    private static double[] Record(double[] scores, string[] entities, string gold)
    {
        var metric = MetricTable.Create("record_ranked");
        var table = new StatisticTable(metric.Width);
        metric.Measure(new MetricRow { LogLikelihoods = scores, Options = Bytes(entities), References = Bytes([gold]) }, new MetricWorkspace(), table.Add());
        var figures = new double[2];
        metric.Conclude(table, [], figures);
        return figures;
    }

    private static double Curve(string name, (double Score, int Class)[] rows)
    {
        var metric = MetricTable.Create(name);
        var table = new StatisticTable(metric.Width);
        foreach (var (score, label) in rows) metric.Measure(new MetricRow { LogLikelihoods = [0, score], CorrectOptions = [label] }, new MetricWorkspace(), table.Add());
        var figures = new double[1];
        metric.Conclude(table, [], figures);
        return figures[0];
    }

    private static ReadOnlyMemory<byte>[] Bytes(string[] texts) => [.. texts.Select(text => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(text))];
}
