using InstructKit.Building.EvaluationOutput;
using InstructKit.Evaluation.Metrics;

namespace InstructKit.Evaluation.Scoring;

/// <summary>Builds the report of one variant. Resamples draw source rows, or groups of rows, with all their templates, dev rows by separate draws, and
/// choose the best dev template again each time; tasks are drawn independently of each other, so means of tasks are means of their resamples.</summary>
internal sealed class ReportBuilder(ScoreRequest request, string variant)
{
    private sealed record Replicates(double[] Mean, double[] BestDev, double[]? OtherMean, double[]? OtherBestDev, double OtherValue, double OtherBestDevValue);

    private readonly List<(TaskReport Report, Replicates Replicates)> _tasks = [];

    /// <summary>Adds a task; null, with nothing added, if none of its test rows was answered.</summary>
    public TaskReport? Add(EvaluationSetEntry set, TaskAnswers answers)
    {
        var summary = new TaskSummary(answers, set.GoldPlace);
        if (summary.Test[0].Length == 0) return null;

        var resamples = summary.Resample(request, set.Task);
        var reports = Reports(summary, resamples);
        var primary = reports[0];
        var scale = primary.Perfect;
        ComparisonReport? comparison = null;
        Replicates replicates = new(resamples.Mean[0][0], resamples.BestDev[0][0], null, null, double.NaN, double.NaN);
        if (summary.Test.Length > 1)
        {
            var (mean, best) = Other(summary);
            replicates = replicates with { OtherMean = resamples.Mean[1][0], OtherBestDev = resamples.BestDev[1][0], OtherValue = mean, OtherBestDevValue = best };
            comparison = new ComparisonReport(
                Compare(primary.Mean.Value, mean, resamples.Mean[0][0], resamples.Mean[1][0]),
                primary.BestDev is { } own && !double.IsNaN(best) ? Compare(own.Value, best, resamples.BestDev[0][0], resamples.BestDev[1][0]) : null,
                [.. summary.Test[0].Select(slot => (answers.Slots[slot].Template, summary.Robustness.Test(slot)))]);
        }

        var (robustness, baselines) = (summary.Robustness, summary.Robustness.Baselines);
        var counts = summary.Test[0].Select(slot => summary.Counts[0][slot]).ToList();
        _tasks.Add((new TaskReport
        {
            Task = set.Task,
            Cluster = set.Cluster,
            Variant = variant,
            IsRanked = answers.Metrics[0].IsRanked,
            Rows = counts.Max(one => one.Rows),
            Units = summary.TestUnits,
            Samples = robustness.Samples.Most - robustness.Samples.Least + 1,
            Figures = reports,
            Templates = [.. summary.Test[0].Zip(counts, (slot, one) => new TemplateReport(answers.Slots[slot].Template, one.Rows, answers.Slots[slot].Expected, (double)one.Invalid / one.Answers))],
            Invalid = counts.Sum(one => (double)one.Invalid) / counts.Sum(one => one.Answers),
            MajorityBaseline = baselines.HasOptions ? scale * baselines.Majority : null,
            RandomBaseline = baselines.HasOptions ? scale * baselines.Random : null,
            Consistency = robustness.Agreement?.Consistency,
            Sensitivity = robustness.Agreement?.Sensitivity,
            Positions = baselines.HasOptions ? robustness.Positions() : [],
            Labels = baselines.HasOptions && set.Options is { } options ? robustness.Labels(options) : [],
            AtK = robustness.AtK(),
            Comparison = comparison,
        }, replicates));
        return _tasks[^1].Report;
    }

    /// <summary>The report; null when no task was answered.</summary>
    public VariantReport? Finish()
    {
        if (_tasks.Count == 0) return null;

        // A distance has no perfect score that could be averaged with others.
        var bounded = _tasks.Where(task => !double.IsInfinity(task.Report.Primary.Perfect)).ToList();
        var clusters = bounded.GroupBy(task => task.Report.Cluster, StringComparer.Ordinal)
            .Select(group => Average(group.Key, [.. group.Select(task => Member(task.Report, task.Replicates))])).ToList();
        return new VariantReport
        {
            Name = variant,
            Tasks = [.. _tasks.Select(task => task.Report)],
            Clusters = [.. clusters.Select(cluster => cluster.Report)],
            OfClusters = clusters.Count > 0 ? Average("mean of clusters", clusters).Report : null,
            OfTasks = bounded.Count > 0 ? Average("mean of tasks", [.. bounded.Select(task => Member(task.Report, task.Replicates))]).Report : null,
            Unbounded = [.. _tasks.Except(bounded).Select(task => task.Report.Task)],
        };
    }

    private static (MeanReport Report, Replicates Replicates) Member(TaskReport task, Replicates replicates) =>
        (new MeanReport(task.Task, 1, task.Primary.Mean, task.Primary.BestDev), replicates);

    private (MeanReport Report, Replicates Replicates) Average(string name, IReadOnlyList<(MeanReport Report, Replicates Replicates)> members)
    {
        var mean = members.Select(member => member.Report.Mean.Value).ToArray();
        var best = members.Select(member => member.Report.BestDev?.Value ?? double.NaN).ToArray();
        var replicates = new Replicates(
            Mean(members, member => member.Mean), Mean(members, member => member.BestDev),
            members[0].Replicates.OtherMean is null ? null : Mean(members, member => member.OtherMean!),
            members[0].Replicates.OtherBestDev is null ? null : Mean(members, member => member.OtherBestDev!),
            Aggregation.Mean([.. members.Select(member => member.Replicates.OtherValue)]),
            Aggregation.Mean([.. members.Select(member => member.Replicates.OtherBestDevValue)]));
        var value = Aggregation.Mean(mean);
        var report = new MeanReport(name, members.Count, Around(value, replicates.Mean), best.Any(double.IsNaN) ? null : Around(Aggregation.Mean(best), replicates.BestDev))
        {
            Difference = replicates.OtherMean is { } other ? Compare(value, replicates.OtherValue, replicates.Mean, other) : null,
        };
        return (report, replicates);
    }

    private static double[] Mean(IReadOnlyList<(MeanReport Report, Replicates Replicates)> members, Func<Replicates, double[]> of)
    {
        var count = of(members[0].Replicates).Length;
        var mean = new double[count];
        foreach (var member in members)
        {
            var values = of(member.Replicates);
            for (var i = 0; i < count; i++) mean[i] += values[i] / members.Count;
        }

        return mean;
    }

    private static (double Mean, double BestDev) Other(TaskSummary summary)
    {
        var scores = summary.Test[1].Select(slot => summary.Figures(1, slot)[0]).ToArray();
        var best = summary.BestDev(1, summary.Answers.Metrics[1].Figures[0], [.. summary.Dev[1].Select(slot => summary.Figures(1, slot)[0])]);
        return (Aggregation.Mean(scores), best < 0 ? double.NaN : scores[best]);
    }

    private List<FigureReport> Reports(TaskSummary summary, TaskResamples resamples)
    {
        var metrics = summary.Answers.Metrics[0];
        var tests = summary.Test[0].Select(slot => summary.Figures(0, slot)).ToArray();
        var devs = summary.Dev[0].Select(slot => summary.Figures(0, slot)).ToArray();
        return [.. metrics.Figures.Select((figure, f) =>
        {
            double[] scores = [.. tests.Select(one => one[f])];
            double[] dev = [.. devs.Select(one => one[f])];
            var best = summary.BestDev(0, figure, dev);
            var metric = metrics.Computed[figure.Metric];
            var spread = TemplateSummary.Of(scores, []);
            return new FigureReport
            {
                Name = figure.Name,
                Signature = metric.Signature(0),
                Perfect = metric.Upper * figure.Scale,
                HigherIsBetter = metric.HigherIsBetter,
                Templates = [.. scores.Select((score, i) => Around(score, resamples.Templates[i][f]))],
                Dev = dev,
                Mean = Around(spread.Mean, resamples.Mean[0][f]),
                Deviation = spread.PopulationDeviation,
                SampleDeviation = spread.SampleDeviation,
                Min = spread.Min,
                Max = spread.Max,
                BestDev = best < 0 ? null : Around(scores[best], resamples.BestDev[0][f]),
                BestDevTemplate = best < 0 ? null : summary.Answers.Slots[summary.Test[0][best]].Template,
            };
        })];
    }

    private Interval Around(double value, double[] samples) => Bootstrap.Around(value, samples, request.Confidence);

    private PairedComparison Compare(double value, double other, double[] samples, double[] others) => Bootstrap.Compare(value, other, samples, others, request.Confidence);
}
