namespace InstructKit.Evaluation.Metrics;

/// <summary>A figure over pairs that is not a function of sums. Statistics of a unit: the predicted and the expected value; a unit is a row.</summary>
internal abstract class PairMetric(string name) : Metric(name, 2, name)
{
    public override bool ComparesValues => true;

    public override void Measure(in MetricRow row, MetricWorkspace workspace, Span<double> statistics) =>
        (statistics[0], statistics[1]) = (row.PredictedValue, row.ExpectedValue);

    /// <inheritdoc/>
    /// <remarks>Pairs of a group cannot be summed; the caller makes every row a unit.</remarks>
    public override void Combine(ReadOnlySpan<double> rows, Span<double> unit)
    {
        if (rows.Length != Width) throw new ArgumentException($"{Name} is computed over rows, not groups.", nameof(rows));
        rows.CopyTo(unit);
    }

    public override void Conclude(StatisticTable units, ReadOnlySpan<int> multiplicity, Span<double> figures)
    {
        var (predicted, expected, weights) = (new double[units.Count], new double[units.Count], new double[units.Count]);
        for (var i = 0; i < units.Count; i++) (predicted[i], expected[i], weights[i]) = (units[i][0], units[i][1], multiplicity.IsEmpty ? 1 : multiplicity[i]);
        figures[0] = 100 * Of(predicted, expected, weights);
    }

    /// <summary>The figure, as a fraction of 1, over pairs weighted by their multiplicity; NaN if undefined.</summary>
    public abstract double Of(ReadOnlySpan<double> predicted, ReadOnlySpan<double> expected, ReadOnlySpan<double> weights);
}

/// <summary>Pearson's correlation; undefined when a side is constant or contains NaN or infinity.</summary>
internal sealed class Pearson(string name) : PairMetric(name)
{
    public override double Lower => -100;

    public override double Of(ReadOnlySpan<double> predicted, ReadOnlySpan<double> expected, ReadOnlySpan<double> weights) =>
        Coefficient(predicted, expected, weights);

    internal static double Coefficient(ReadOnlySpan<double> predicted, ReadOnlySpan<double> expected, ReadOnlySpan<double> weights)
    {
        var (count, x, y) = (0.0, 0.0, 0.0);
        for (var i = 0; i < weights.Length; i++) (count, x, y) = (count + weights[i], x + weights[i] * predicted[i], y + weights[i] * expected[i]);
        (x, y) = (x / count, y / count);
        var (xx, xy, yy) = (0.0, 0.0, 0.0);
        for (var i = 0; i < weights.Length; i++)
        {
            var (dx, dy) = (predicted[i] - x, expected[i] - y);
            (xx, xy, yy) = (xx + weights[i] * dx * dx, xy + weights[i] * dx * dy, yy + weights[i] * dy * dy);
        }

        // Rounding of the mean leaves a constant side a tiny variance, so constancy is tested on the values.
        if (IsConstant(predicted, weights) || IsConstant(expected, weights)) return double.NaN;
        return Math.Clamp(xy / (Math.Sqrt(xx) * Math.Sqrt(yy)), -1, 1);
    }

    private static bool IsConstant(ReadOnlySpan<double> values, ReadOnlySpan<double> weights)
    {
        double? first = null;
        for (var i = 0; i < values.Length; i++)
        {
            if (weights[i] == 0) continue;
            if (first is { } value && values[i] != value) return false;
            first ??= values[i];
        }

        return true;
    }
}

/// <summary>Spearman's rank correlation: Pearson's of average ranks.</summary>
internal sealed class Spearman(string name) : PairMetric(name)
{
    public override double Lower => -100;

    public override double Of(ReadOnlySpan<double> predicted, ReadOnlySpan<double> expected, ReadOnlySpan<double> weights)
    {
        for (var i = 0; i < weights.Length; i++)
        {
            if (weights[i] > 0 && (double.IsNaN(predicted[i]) || double.IsNaN(expected[i]))) return double.NaN;
        }

        return Pearson.Coefficient(Ranks(predicted, weights), Ranks(expected, weights), weights);
    }

    /// <summary>Average ranks of the values, each counted with its multiplicity.</summary>
    internal static double[] Ranks(ReadOnlySpan<double> values, ReadOnlySpan<double> weights)
    {
        var sorted = values.ToArray();
        var order = new int[sorted.Length];
        for (var i = 0; i < order.Length; i++) order[i] = i;
        Array.Sort(sorted, order);
        var ranks = new double[sorted.Length];
        var before = 0.0;
        for (int start = 0, end; start < sorted.Length; start = end)
        {
            var count = 0.0;
            for (end = start; end < sorted.Length && sorted[end].Equals(sorted[start]); end++) count += weights[order[end]];
            for (var i = start; i < end; i++) ranks[order[i]] = before + (count + 1) / 2;
            before += count;
        }

        return ranks;
    }
}

/// <summary>Matthews' correlation for any number of classes (R_K, Gorodkin 2004, as in scikit-learn); 0 when a side is constant.</summary>
internal sealed class Matthews(string name) : PairMetric(name)
{
    public override double Lower => -100;

    public override double Of(ReadOnlySpan<double> predicted, ReadOnlySpan<double> expected, ReadOnlySpan<double> weights)
    {
        Dictionary<double, (double Predicted, double Expected)> classes = [];
        var (correct, total) = (0.0, 0.0);
        for (var i = 0; i < weights.Length; i++)
        {
            var weight = weights[i];
            total += weight;
            if (predicted[i] == expected[i]) correct += weight;
            var counts = classes.GetValueOrDefault(predicted[i]);
            classes[predicted[i]] = (counts.Predicted + weight, counts.Expected);
            counts = classes.GetValueOrDefault(expected[i]);
            classes[expected[i]] = (counts.Predicted, counts.Expected + weight);
        }

        // The counts are whole numbers, so the sums are exact in any order.
        var (both, predictedSquares, expectedSquares) = (0.0, 0.0, 0.0);
        foreach (var (p, e) in classes.Values) (both, predictedSquares, expectedSquares) = (both + p * e, predictedSquares + p * p, expectedSquares + e * e);
        var denominator = (total * total - predictedSquares) * (total * total - expectedSquares);
        return denominator == 0 ? 0 : (correct * total - both) / Math.Sqrt(denominator);
    }
}
