using System.Collections.Concurrent;
using System.Globalization;
using InstructKit.Building.EvaluationOutput;
using InstructKit.Evaluation.Metrics;
using InstructKit.Text;

namespace InstructKit.Evaluation.Scoring;

/// <summary>
/// Makes the report of one way of asking. Resamples draw source rows, or groups of rows, with all their templates, dev rows by draws of their own, and choose the best dev
/// template again each time; tasks are drawn independently of each other, so means of tasks are means of their resamples.
/// </summary>
internal sealed class ReportBuilder(ScoreRequest request, string variant)
{
    private sealed record Replicates(double[] Mean, double[] BestDev, double[]? OtherMean, double[]? OtherBestDev, double OtherValue, double OtherBestDevValue);

    private readonly List<(TaskReport Report, Replicates Replicates)> _tasks = [];

    /// <summary>Adds a task.</summary>
    public void Add(EvaluationSetEntry set, TaskTally tally, TaskTally? other)
    {
        var figures = tally.Metrics.Figures;
        int[] scratch = [];
        var samples = Resample(set.Task, tally, other);
        List<FigureReport> reports = [];
        for (var i = 0; i < figures.Count; i++) reports.Add(Report(tally, figures[i], samples.Figures[i], ref scratch));

        var primary = reports[0];
        var scale = primary.Perfect;
        var first = tally.Test[0].Answers.Where(answer => answer.Sample == tally.Test[0].Answers[0].Sample).ToList();
        var hasOptions = first.TrueForAll(answer => answer is { Options: > 0, Gold: >= 0 });
        var all = tally.Test.SelectMany(template => template.Answers).ToList();
        var agreement = Robustness.Of(tally);
        ComparisonReport? comparison = null;
        Replicates replicates = new(samples.Figures[0].Mean, samples.Figures[0].BestDev, null, null, double.NaN, double.NaN);
        if (other is not null)
        {
            var (_, mean, best, _) = other.Summarise(other.Metrics.Figures[0], [], [], ref scratch);
            replicates = replicates with { OtherMean = samples.OtherMean, OtherBestDev = samples.OtherBestDev, OtherValue = mean, OtherBestDevValue = best };
            comparison = new ComparisonReport(
                Compare(primary.Mean.Value, mean, samples.Figures[0].Mean, samples.OtherMean!),
                primary.BestDev is { } own && !double.IsNaN(best) ? Compare(own.Value, best, samples.Figures[0].BestDev, samples.OtherBestDev!) : null,
                [.. tally.Test.Select(template => (template.Template, Robustness.Test(template, other.Test.FirstOrDefault(one => one.Template == template.Template))))]);
        }

        var fixedOptions = set.Options;
        _tasks.Add((new TaskReport
        {
            Task = set.Task,
            Cluster = set.Cluster,
            Variant = variant,
            IsRanked = tally.Metrics.IsRanked,
            Rows = tally.Test.Max(template => template.Answers.Select(answer => answer.Row).Distinct().LongCount()),
            Units = tally.TestUnits.Count,
            Samples = all.Max(answer => answer.Sample) - all.Min(answer => answer.Sample) + 1,
            Figures = reports,
            Templates = [.. tally.Test.Select(template => new TemplateReport(
                template.Template, template.Answers.Select(answer => answer.Row).Distinct().LongCount(), template.Expected, Share(template.Answers, answer => !answer.IsValid)))],
            Invalid = Share(all, answer => !answer.IsValid),
            MajorityBaseline = hasOptions ? scale * first.GroupBy(answer => answer.GoldLabel).Max(group => group.Count()) / first.Count : null,
            RandomBaseline = hasOptions ? scale * first.Average(answer => (double)answer.Rights / answer.Options) : null,
            Consistency = agreement?.Consistency,
            Sensitivity = agreement?.Sensitivity,
            Positions = hasOptions ? Robustness.Choices(all, answer => answer.Gold, answer => answer.Chosen, at => (at + 1).ToString(CultureInfo.InvariantCulture), all.Max(answer => answer.Options)) : [],
            Labels = hasOptions && fixedOptions is not null ? Robustness.Choices(all, answer => answer.GoldLabel, answer => answer.ChosenLabel, at => fixedOptions[at], fixedOptions.Count) : [],
            AtK = Robustness.AtK(tally),
            Comparison = comparison,
        }, replicates));
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

    private FigureReport Report(TaskTally tally, ScoredFigure figure, FigureSamples samples, ref int[] scratch)
    {
        var metric = tally.Metrics.Computed[figure.Metric];
        var (scores, mean, atBest, best) = tally.Summarise(figure, [], [], ref scratch);
        var summary = TemplateSummary.Of(scores, []);
        var dev = new double[scores.Length];
        for (var i = 0; i < dev.Length; i++) dev[i] = tally.Dev.FirstOrDefault(one => one.Template == tally.Test[i].Template)?.Figure(figure, [], ref scratch) ?? double.NaN;

        return new FigureReport
        {
            Name = figure.Name,
            Signature = metric.Signature(0),
            Perfect = metric.Upper * figure.Scale,
            HigherIsBetter = metric.HigherIsBetter,
            Templates = [.. scores.Select((score, i) => Around(score, samples.Templates[i]))],
            Dev = dev,
            Mean = Around(mean, samples.Mean),
            Deviation = summary.PopulationDeviation,
            SampleDeviation = summary.SampleDeviation,
            Min = summary.Min,
            Max = summary.Max,
            BestDev = best < 0 ? null : Around(atBest, samples.BestDev),
            BestDevTemplate = best < 0 ? null : tally.Test[best].Template,
        };
    }

    private Interval Around(double value, double[] samples) =>
        samples.Length == 0 || double.IsNaN(value) ? new Interval(value, double.NaN, double.NaN) : Bootstrap.Percentiles(value, [.. samples.Where(sample => !double.IsNaN(sample)).DefaultIfEmpty(double.NaN)], request.Confidence);

    private PairedComparison Compare(double value, double other, double[] samples, double[] others)
    {
        var observed = other - value;
        var differences = samples.Select((sample, i) => others[i] - sample).ToArray();
        // Scores of few rows take few values, and what is equal but for rounding is as extreme.
        var extreme = differences.Count(difference => Math.Abs(difference - observed) >= Math.Abs(observed) * (1 - 1e-9));
        return new PairedComparison(Around(observed, differences), differences.Length == 0 ? double.NaN : (extreme + 1.0) / (differences.Length + 1));
    }

    private static double Share(IReadOnlyList<ScoredAnswer> answers, Func<ScoredAnswer, bool> what) => answers.Count == 0 ? double.NaN : (double)answers.Count(what) / answers.Count;

    /// <summary>Resampled values of a figure.</summary>
    private sealed record FigureSamples(double[][] Templates, double[] Mean, double[] BestDev);

    private (FigureSamples[] Figures, double[]? OtherMean, double[]? OtherBestDev) Resample(string task, TaskTally tally, TaskTally? other)
    {
        var count = request.Resamples;
        var figures = tally.Metrics.Figures.Select(_ => new FigureSamples([.. tally.Test.Select(_ => new double[count])], new double[count], new double[count])).ToArray();
        var (otherMean, otherBest) = other is null ? (null, null) : (new double[count], new double[count]);
        var test = new Resampler(new KeyedHash(request.Seed, "bootstrap:test", task)[0]);
        var dev = new Resampler(new KeyedHash(request.Seed, "bootstrap:dev", task)[0]);
        var options = new ParallelOptions { MaxDegreeOfParallelism = Math.Clamp(request.Jobs, 1, Environment.ProcessorCount) };
        // Every resample is drawn by its own number, so the order in which they are made does not matter.
        Parallel.ForEach(Partitioner.Create(0, Math.Max(1, count)), options, range =>
        {
            var (testDraw, devDraw) = (new int[tally.TestUnits.Count], new int[tally.DevUnits.Count]);
            int[] scratch = [];
            for (var i = range.Item1; i < Math.Min(range.Item2, count); i++)
            {
                test.Draw(i, testDraw);
                dev.Draw(i, devDraw);
                for (var f = 0; f < figures.Length; f++)
                {
                    var (scores, mean, best, _) = tally.Summarise(tally.Metrics.Figures[f], testDraw, devDraw, ref scratch);
                    for (var t = 0; t < scores.Length; t++) figures[f].Templates[t][i] = scores[t];
                    (figures[f].Mean[i], figures[f].BestDev[i]) = (mean, best);
                }

                if (other is not null) (_, otherMean![i], otherBest![i], _) = other.Summarise(other.Metrics.Figures[0], testDraw, devDraw, ref scratch);
            }
        });
        return (figures, otherMean, otherBest);
    }
}
