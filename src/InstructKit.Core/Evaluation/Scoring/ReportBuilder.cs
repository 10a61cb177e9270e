using InstructKit.Building.EvaluationOutput;
using InstructKit.Evaluation.Metrics;

namespace InstructKit.Evaluation.Scoring;

/// <summary>Builds the report of one variant. Resamples draw source rows, or groups of rows, with all their templates, dev rows by separate draws, and
/// choose the best dev template again each time; tasks are drawn independently of each other, so means of tasks are means of their resamples.</summary>
internal sealed class ReportBuilder(ScoreRequest request, string variant)
{
    private readonly List<(TaskReport Report, RunScores[] Runs)> _tasks = [];

    /// <summary>Adds a task; null, with nothing added, if none of its test rows was answered.</summary>
    public TaskReport? Add(EvaluationSetEntry set, TaskAnswers answers)
    {
        var summary = new TaskSummary(answers, set.GoldPlace);
        if (summary.Test[0].Length == 0) return null;

        var resamples = summary.Resample(request, set.Task);
        var reports = Reports(summary, resamples);
        var primary = reports[0];
        var scale = primary.Perfect;
        RunScores[] runs = [.. summary.Test.Select((_, run) => RunScores.Of(summary, resamples, run))];
        ComparisonReport? comparison = null;
        if (runs is [var own, var other])
        {
            comparison = new ComparisonReport(
                Compare(own.Mean, other.Mean, own.Means, other.Means),
                primary.BestDev is not null && !double.IsNaN(other.BestDev) ? Compare(own.BestDev, other.BestDev, own.BestDevs, other.BestDevs) : null,
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
        }, runs));
        return _tasks[^1].Report;
    }

    /// <summary>The report; null when no task was answered.</summary>
    public VariantReport? Finish()
    {
        if (_tasks.Count == 0) return null;

        // A distance has no perfect score that could be averaged with others.
        var bounded = _tasks.Where(task => !double.IsInfinity(task.Report.Primary.Perfect)).ToList();
        var clusters = bounded.GroupBy(task => task.Report.Cluster, StringComparer.Ordinal)
            .Select(group => Average(group.Key, [.. group.Select(task => task.Runs)])).ToList();
        return new VariantReport
        {
            Name = variant,
            Tasks = [.. _tasks.Select(task => task.Report)],
            Clusters = [.. clusters.Select(cluster => cluster.Report)],
            OfClusters = clusters.Count > 0 ? Average("mean of clusters", [.. clusters.Select(cluster => cluster.Runs)]).Report : null,
            OfTasks = bounded.Count > 0 ? Average("mean of tasks", [.. bounded.Select(task => task.Runs)]).Report : null,
            Unbounded = [.. _tasks.Except(bounded).Select(task => task.Report.Task)],
        };
    }

    private (MeanReport Report, RunScores[] Runs) Average(string name, IReadOnlyList<RunScores[]> members)
    {
        RunScores[] runs = [.. members[0].Select((_, run) => RunScores.Average([.. members.Select(member => member[run])]))];
        var own = runs[0];
        var report = new MeanReport(name, members.Count, Around(own.Mean, own.Means), double.IsNaN(own.BestDev) ? null : Around(own.BestDev, own.BestDevs))
        {
            Difference = runs is [_, var other] ? Compare(own.Mean, other.Mean, own.Means, other.Means) : null,
        };
        return (report, runs);
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
            var spread = TemplateSummary.Of(scores);
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

    /// <summary>The summary figure of one run: over all rows, and for each resample.</summary>
    /// <param name="Mean">Mean over templates.</param>
    /// <param name="BestDev">Test score of the best dev template; NaN without dev rows.</param>
    private sealed record RunScores(double Mean, double BestDev, double[] Means, double[] BestDevs)
    {
        public static RunScores Of(TaskSummary summary, TaskResamples resamples, int run)
        {
            var scores = summary.Test[run].Select(slot => summary.Figures(run, slot)[0]).ToArray();
            var best = summary.BestDev(run, summary.Answers.Metrics[run].Figures[0], [.. summary.Dev[run].Select(slot => summary.Figures(run, slot)[0])]);
            return new RunScores(Aggregation.Mean(scores), best < 0 ? double.NaN : scores[best], resamples.Mean[run][0], resamples.BestDev[run][0]);
        }

        public static RunScores Average(IReadOnlyList<RunScores> members) => new(
            Aggregation.Mean([.. members.Select(member => member.Mean)]), Aggregation.Mean([.. members.Select(member => member.BestDev)]),
            Average([.. members.Select(member => member.Means)]), Average([.. members.Select(member => member.BestDevs)]));

        private static double[] Average(double[][] members)
        {
            var mean = new double[members[0].Length];
            foreach (var values in members)
            {
                for (var i = 0; i < mean.Length; i++) mean[i] += values[i] / members.Length;
            }

            return mean;
        }
    }
}
