namespace InstructKit.Evaluation.Metrics;

/// <summary>
/// F1 of class 1 where a prediction other than 0 and 1 counts as the wrong class (T5 <c>f1_score_with_invalid</c>; MRPC, QQP).
/// Statistics: true positives, false positives, false negatives.
/// </summary>
internal sealed class F1WithInvalid : SummedMetric
{
    /// <inheritdoc/>
    public override void Measure(in MetricRow row, MetricWorkspace workspace, Span<double> statistics)
    {
        var predicted = row.PredictedValue is 0 or 1 ? row.PredictedValue : row.ExpectedValue == 0 ? 1 : 0;
        if (row.ExpectedValue == 1) statistics[predicted == 1 ? 0 : 2] = 1;
        else if (predicted == 1) statistics[1] = 1;
    }

    /// <inheritdoc/>
    public override void Conclude(ReadOnlySpan<double> sums, Span<double> figures) => figures[0] = 100 * Of(sums[0], sums[1], sums[2]);

    /// <summary>F1 of counts, 0–1; 0 where there is nothing to find and nothing was found.</summary>
    public static double Of(double truePositives, double falsePositives, double falseNegatives)
    {
        var denominator = 2 * truePositives + falsePositives + falseNegatives;
        return denominator == 0 ? 0 : 2 * truePositives / denominator;
    }
}

/// <summary>
/// Mean over all classes of the F1 of each against the rest; absent classes count 0, other predictions are misses (T5
/// <c>mean_multiclass_f1</c>). Statistics: true positives, false positives, false negatives of each class.
/// </summary>
internal sealed class MacroF1 : SummedMetric
{
    /// <summary>Number of classes.</summary>
    public int Classes => Width / 3;

    /// <inheritdoc/>
    public override void Measure(in MetricRow row, MetricWorkspace workspace, Span<double> statistics)
    {
        var (predicted, expected) = (row.PredictedValue, row.ExpectedValue);
        if (predicted == expected)
        {
            if (IsClass(expected)) statistics[3 * (int)expected] = 1;
            return;
        }

        if (IsClass(predicted)) statistics[3 * (int)predicted + 1] = 1;
        if (IsClass(expected)) statistics[3 * (int)expected + 2] = 1;
    }

    /// <inheritdoc/>
    public override void Conclude(ReadOnlySpan<double> sums, Span<double> figures)
    {
        var total = 0.0;
        for (var i = 0; i < sums.Length; i += 3) total += F1WithInvalid.Of(sums[i], sums[i + 1], sums[i + 2]);
        figures[0] = 100 * total / Classes;
    }

    private bool IsClass(double value) => value >= 0 && value < Classes && value == Math.Floor(value);
}
