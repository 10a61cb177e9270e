namespace InstructKit.Evaluation.Metrics;

/// <summary>The scores of one task under its templates, summarised.</summary>
/// <param name="Mean">Mean over templates.</param>
/// <param name="PopulationDeviation">Standard deviation, divided by n.</param>
/// <param name="SampleDeviation">Standard deviation, divided by n − 1; NaN for one template.</param>
/// <param name="Min">Lowest score.</param>
/// <param name="Max">Highest score.</param>
/// <param name="Median">Median; the mean of the two middle scores if their number is even.</param>
/// <param name="BestDevTemplate">The template with the best score on the dev set, the first on ties; −1 without dev scores.</param>
/// <param name="TestAtBestDev">Its test score; NaN without dev scores.</param>
internal sealed record TemplateSummary(
    double Mean, double PopulationDeviation, double SampleDeviation, double Min, double Max, double Median, int BestDevTemplate, double TestAtBestDev)
{
    /// <summary>Summarises the test scores of all templates.</summary>
    /// <param name="test">At least one test score.</param>
    /// <param name="dev">The dev scores in the same order, or nothing.</param>
    public static TemplateSummary Of(ReadOnlySpan<double> test, ReadOnlySpan<double> dev)
    {
        ArgumentOutOfRangeException.ThrowIfZero(test.Length);
        var mean = Aggregation.Mean(test);
        var squares = 0.0;
        foreach (var score in test) squares += (score - mean) * (score - mean);
        var sorted = test.ToArray();
        Array.Sort(sorted);
        var middle = sorted.Length / 2;
        var median = sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        var best = -1;
        for (var i = 0; i < dev.Length; i++)
        {
            if (best < 0 || dev[i] > dev[best]) best = i;
        }

        return new TemplateSummary(mean, Math.Sqrt(squares / test.Length), test.Length > 1 ? Math.Sqrt(squares / (test.Length - 1)) : double.NaN,
            sorted[0], sorted[^1], median, best, best < 0 ? double.NaN : test[best]);
    }
}

/// <summary>Means of means: FLAN averages datasets to clusters and clusters to one figure, T5 metrics to datasets and datasets to one figure.</summary>
internal static class Aggregation
{
    public static double Mean(ReadOnlySpan<double> values)
    {
        var sum = 0.0;
        foreach (var value in values) sum += value;
        return values.IsEmpty ? double.NaN : sum / values.Length;
    }

    /// <summary>The mean of each group, groups and values in the order given, and the mean of those means.</summary>
    public static (IReadOnlyList<(string Group, double Mean)> Groups, double MeanOfGroups, double MeanOfAll) ByGroup(
        IEnumerable<(string Group, double Value)> values)
    {
        List<(string Group, List<double> Values)> groups = [];
        Dictionary<string, List<double>> byName = new(StringComparer.Ordinal);
        List<double> all = [];
        foreach (var (group, value) in values)
        {
            if (!byName.TryGetValue(group, out var members))
            {
                byName.Add(group, members = []);
                groups.Add((group, members));
            }

            members.Add(value);
            all.Add(value);
        }

        var means = groups.ConvertAll(static group => (group.Group, Mean([.. group.Values])));
        return (means, Mean([.. means.Select(static mean => mean.Item2)]), Mean([.. all]));
    }
}
