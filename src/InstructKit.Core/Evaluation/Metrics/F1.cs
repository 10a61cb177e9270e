namespace InstructKit.Evaluation.Metrics;

/// <summary>F1 of class 1 where a prediction other than 0 and 1 counts as the wrong class (T5 <c>f1_score_with_invalid</c>; MRPC, QQP). Statistics: true
/// positives, false positives, false negatives.</summary>
internal sealed class F1WithInvalid(string name) : SummedMetric(name, 3, "f1")
{
    public override bool ComparesValues => true;

    public override void Measure(in MetricRow row, MetricWorkspace workspace, Span<double> statistics) => Count(row, statistics);

    /// <summary>Counts a row as a true positive, a false positive or a false negative.</summary>
    public static void Count(in MetricRow row, Span<double> statistics)
    {
        var predicted = row.PredictedValue is 0 or 1 ? row.PredictedValue : row.ExpectedValue == 0 ? 1 : 0;
        if (row.ExpectedValue == 1) statistics[predicted == 1 ? 0 : 2] = 1;
        else if (predicted == 1) statistics[1] = 1;
    }

    public override void Conclude(ReadOnlySpan<double> sums, Span<double> figures) => figures[0] = 100 * Of(sums[0], sums[1], sums[2]);

    /// <summary>F1 of counts, 0–1; 0 if there is nothing to find and nothing was found.</summary>
    public static double Of(double truePositives, double falsePositives, double falseNegatives)
    {
        var denominator = 2 * truePositives + falsePositives + falseNegatives;
        return denominator == 0 ? 0 : 2 * truePositives / denominator;
    }
}

/// <summary>Mean over all classes of the F1 of each against the rest; absent classes count 0, predictions that are not a class are misses (T5
/// <c>mean_multiclass_f1</c>). The pairs are kept instead of three counts per class, so that memory does not grow with the classes.</summary>
internal sealed class MacroF1(string name, int classes) : PairMetric(name)
{
    public override double Of(ReadOnlySpan<double> predicted, ReadOnlySpan<double> expected, ReadOnlySpan<double> weights)
    {
        // F1 is 2·right / (predicted + expected) of a class.
        var (right, either) = (new double[classes], new double[classes]);
        for (var i = 0; i < weights.Length; i++)
        {
            if (IsClass(predicted[i])) either[(int)predicted[i]] += weights[i];
            if (IsClass(expected[i])) either[(int)expected[i]] += weights[i];
            if (IsClass(expected[i]) && predicted[i] == expected[i]) right[(int)expected[i]] += weights[i];
        }

        var total = 0.0;
        for (var i = 0; i < classes; i++) total += either[i] == 0 ? 0 : 2 * right[i] / either[i];
        return total / classes;
    }

    private bool IsClass(double value) => value >= 0 && value < classes && value == Math.Floor(value);
}
