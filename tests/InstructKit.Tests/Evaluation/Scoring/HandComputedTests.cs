using InstructKit.Evaluation.Metrics;
using Xunit;

namespace InstructKit.Tests.Evaluation.Scoring;

/// <summary>The example of <see cref="ToySets"/>, computed by hand.</summary>
public sealed class HandComputedTests
{
    // Within one operation's rounding error.
    private const double Ulp = 1e-13;

    [Fact]
    public void Scores_means_and_summaries_are_those_worked_out_by_hand()
    {
        using var scratch = new ScratchFolder();
        ToySets.Write(scratch);
        var variant = Assert.Single(ToySets.Score(scratch, ToySets.Predictions()).Variants);
        var (colour, multi, say) = (variant.Tasks[0], variant.Tasks[1], variant.Tasks[2]);

        // t1 3/3, t2 1/3: mean 2/3; deviation (n) 1/3; the best dev template is t2 (2/2 against 1/2).
        Assert.Equal(["t1", "t2"], colour.Templates.Select(template => template.Template));
        Near([100, 100.0 / 3], colour.Primary.Templates.Select(score => score.Value));
        Near([50, 100], colour.Primary.Dev);
        Near([200.0 / 3, 100.0 / 3, 100 * Math.Sqrt(2) / 3, 100.0 / 3, 100], [colour.Primary.Mean.Value, colour.Primary.Deviation, colour.Primary.SampleDeviation, colour.Primary.Min, colour.Primary.Max]);
        Assert.Equal("t2", colour.Primary.BestDevTemplate);
        Near([100.0 / 3], [colour.Primary.BestDev!.Value.Value]);

        // One of six answers is not an option; gold is red, blue, red; rows 1 and 2 are answered differently with the two templates.
        Near([1.0 / 6, 200.0 / 3, 50, 1.0 / 3, 2.0 / 3], [colour.Invalid, colour.MajorityBaseline!.Value, colour.RandomBaseline!.Value, colour.Consistency!.Value, colour.Sensitivity!.Value]);
        Near([0, 1.0 / 3], colour.Templates.Select(template => template.Invalid));
        // red is chosen in four of six answers, correct in four; of those three are answered correctly.
        Near([4.0 / 6, 4.0 / 6, 3.0 / 4, 1.0 / 6, 2.0 / 6, 1.0 / 2], colour.Labels.SelectMany(label => new[] { label.Chosen, label.Gold, label.Recall }));
        Assert.Equal((3, 3), (colour.Rows, colour.Units));

        // yes is correct in three of four, wrong in one: F1a 6/7; of two questions one is all correct.
        Near([600.0 / 7, 50], multi.Figures.Select(figure => figure.Mean.Value));
        Assert.Equal((4, 2, (double?)null), (multi.Rows, multi.Units, multi.Consistency));
        Assert.Null(multi.Primary.BestDev);

        // Samples: one of two, both, none.
        Near([50], [say.Primary.Mean.Value]);
        Assert.Equal([1, 2], say.AtK.Select(k => k.K));
        Near([0.5, 2.0 / 3, 2.0 / 3, 2.0 / 3], say.AtK.SelectMany(k => new[] { k.Pass, k.Majority }));

        Assert.Equal(["c1", "c2"], variant.Clusters.Select(cluster => cluster.Name));
        Near([(200.0 / 3 + 600.0 / 7) / 2, 50], variant.Clusters.Select(cluster => cluster.Mean.Value));
        Near([((200.0 / 3 + 600.0 / 7) / 2 + 50) / 2, (200.0 / 3 + 600.0 / 7 + 50) / 3], [variant.OfClusters!.Mean.Value, variant.OfTasks!.Mean.Value]);
        Assert.Null(variant.OfTasks.BestDev);
    }

    [Fact]
    public void Groups_are_drawn_whole()
    {
        using var scratch = new ScratchFolder();
        ToySets.Write(scratch);
        var multi = ToySets.Score(scratch, ToySets.Predictions()).Variants[0].Tasks[1];
        var values = Draws("test", "multi", 2, draw => draw[0] switch
        {
            0 => (F1a: 100.0, Em: 100.0),        // q2 twice
            1 => (600.0 / 7, 50),
            _ => (80, 0),                         // q1 twice: 4 correct, 2 wrong
        });
        Near(Percentiles(values.Select(value => value.F1a)), [multi.Figures[0].Mean.Low, multi.Figures[0].Mean.High]);
        Near(Percentiles(values.Select(value => value.Em)), [multi.Figures[1].Mean.Low, multi.Figures[1].Mean.High]);
    }

    [Fact]
    public void Rows_are_drawn_with_all_templates_and_the_best_dev_template_is_chosen_again_each_time()
    {
        using var scratch = new ScratchFolder();
        ToySets.Write(scratch);
        var report = ToySets.Score(scratch, ToySets.Predictions());
        var colour = report.Variants[0].Tasks[0];
        // t1 is always correct; t2 if row 0 is drawn, of three.
        var test = Draws("test", "colour", 3, draw => 100.0 * draw[0] / 3);
        Near(Percentiles(test.Select(t2 => (100 + t2) / 2)), [colour.Primary.Mean.Low, colour.Primary.Mean.High]);
        Near(Percentiles(test), [colour.Primary.Templates[1].Low, colour.Primary.Templates[1].High]);
        // With dev row 0 twice both templates are all correct, and the first is chosen.
        var dev = Draws("dev", "colour", 2, draw => draw[0] == 2);
        Assert.Contains(true, dev);
        Near(Percentiles(test.Select((t2, i) => dev[i] ? 100 : t2)), [colour.Primary.BestDev!.Value.Low, colour.Primary.BestDev.Value.High]);

        // The mean of two tasks is that of their independent draws.
        var multi = Draws("test", "multi", 2, draw => draw[0] switch { 0 => 100.0, 1 => 600.0 / 7, _ => 80 });
        Near(Percentiles(test.Select((t2, i) => ((100 + t2) / 2 + multi[i]) / 2)), [report.Variants[0].Clusters[0].Mean.Low, report.Variants[0].Clusters[0].Mean.High]);
    }

    [Fact]
    public void Two_runs_are_compared_on_the_same_draws()
    {
        using var scratch = new ScratchFolder();
        ToySets.Write(scratch);
        // In the other run the third row of t2 is also correct.
        var others = ToySets.Predictions().Select(line => line.Replace("green", "red", StringComparison.Ordinal));
        var path = scratch.Write("other.jsonl", string.Join('\n', others));
        var colour = ToySets.Score(scratch, ToySets.Predictions(), request => request with { Compare = [path] }).Variants[0].Tasks[0];
        var draws = Draws("test", "colour", 3, draw => 100.0 * draw[2] / 3 / 2);
        var observed = 100.0 / 6;
        Near([observed, .. Percentiles(draws)], [colour.Comparison!.Mean.Difference.Value, colour.Comparison.Mean.Difference.Low, colour.Comparison.Mean.Difference.High]);
        Near([(draws.Count(draw => Math.Abs(draw - observed) >= observed - 1e-9) + 1.0) / 1001], [colour.Comparison.Mean.P]);
        Assert.Equal([("t1", 0L, 0L, 1.0), ("t2", 0L, 1L, 1.0)], colour.Comparison.Templates.Select(one => (one.Template, one.Test.OnlyFirst, one.Test.OnlySecond, one.Test.P)));
    }

    [Theory]
    [InlineData("lm-eval", 1)]
    [InlineData("official", 100)]
    [InlineData("flan-paper", 100)]
    public void Profiles_differ_in_scale(string profile, double perfect)
    {
        using var scratch = new ScratchFolder();
        ToySets.Write(scratch);
        var colour = ToySets.Score(scratch, ToySets.Predictions(), request => request with { Profile = MetricProfile.Find(profile)! }).Variants[0].Tasks[0];
        Near([perfect, perfect * 2 / 3, perfect / 2], [colour.Primary.Perfect, colour.Primary.Mean.Value, colour.RandomBaseline!.Value]);
    }

    private static List<T> Draws<T>(string split, string task, int units, Func<int[], T> value)
    {
        var resampler = new Resampler(new KeyedHash(42, $"bootstrap:{split}", task)[0]);
        var draw = new int[units];
        List<T> values = [];
        for (var i = 0; i < 1000; i++)
        {
            resampler.Draw(i, draw);
            values.Add(value(draw));
        }

        return values;
    }

    // numpy's percentile with linear interpolation, of 1,000 values: positions 24.975 and 974.025.
    private static double[] Percentiles(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return [sorted[24] + 0.975 * (sorted[25] - sorted[24]), sorted[974] + 0.025 * (sorted[975] - sorted[974])];
    }

    private static void Near(IEnumerable<double> expected, IEnumerable<double> actual) =>
        Assert.Equal(expected, actual, (one, other) => Math.Abs(one - other) <= Ulp * Math.Max(1, Math.Abs(one)));
}
