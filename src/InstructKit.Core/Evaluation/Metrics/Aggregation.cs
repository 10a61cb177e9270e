namespace InstructKit.Evaluation.Metrics;

/// <summary>The scores of one task under its templates, summarised.</summary>
/// <param name="Mean">Mean over templates.</param>
/// <param name="PopulationDeviation">Standard deviation, divided by n.</param>
/// <param name="SampleDeviation">Standard deviation, divided by n − 1; NaN for one template.</param>
/// <param name="Min">Lowest score.</param>
/// <param name="Max">Highest score.</param>
internal sealed record TemplateSummary(double Mean, double PopulationDeviation, double SampleDeviation, double Min, double Max)
{
    /// <summary>Summarises the scores of all templates, at least one.</summary>
    public static TemplateSummary Of(double[] scores)
    {
        var mean = Aggregation.Mean(scores);
        var squares = 0.0;
        foreach (var score in scores) squares += (score - mean) * (score - mean);
        return new TemplateSummary(mean, Math.Sqrt(squares / scores.Length), scores.Length > 1 ? Math.Sqrt(squares / (scores.Length - 1)) : double.NaN, scores.Min(), scores.Max());
    }
}

/// <summary>Means and medians of scores.</summary>
internal static class Aggregation
{
    /// <summary>The arithmetic mean; NaN without values.</summary>
    public static double Mean(ReadOnlySpan<double> values)
    {
        var sum = 0.0;
        foreach (var value in values) sum += value;
        return values.IsEmpty ? double.NaN : sum / values.Length;
    }

    /// <summary>The middle of sorted values, at least one; the mean of the two middle ones if their number is even.</summary>
    public static double Median(ReadOnlySpan<double> sorted) => (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
}
