namespace InstructKit.Evaluation.Metrics;

/// <summary>How BLEU treats an order without a match (Chen and Cherry 2014, as in sacrebleu).</summary>
/// <param name="Name">Name in options and signatures.</param>
/// <param name="DefaultValue">The method's default parameter, if it has one.</param>
internal sealed record BleuSmoothing(string Name, double? DefaultValue)
{
    public static readonly BleuSmoothing None = new("none", null);
    public static readonly BleuSmoothing Floor = new("floor", 0.1);
    public static readonly BleuSmoothing AddK = new("add-k", 1);
    public static readonly BleuSmoothing Exponential = new("exp", null);

    public static IReadOnlyList<BleuSmoothing> All { get; } = [None, Floor, AddK, Exponential];
}

/// <summary>Options of BLEU; the defaults are sacrebleu's.</summary>
internal sealed record BleuOptions
{
    public BleuTokenizer Tokenizer { get; init; } = BleuTokenizer.All[0];

    public BleuSmoothing Smoothing { get; init; } = BleuSmoothing.Exponential;

    /// <summary>Parameter of the smoothing; null: its default.</summary>
    public double? SmoothValue { get; init; }

    public bool Lowercase { get; init; }

    /// <summary>Omits orders for which the prediction is too short; for sentences.</summary>
    public bool EffectiveOrder { get; init; }

    /// <summary>The largest n; 4 in the paper.</summary>
    public int MaxOrder { get; init; } = 4;
}

/// <summary>A BLEU score with its parts, as sacrebleu reports them.</summary>
/// <param name="SystemLength">Tokens of the predictions.</param>
/// <param name="ReferenceLength">Tokens of the closest references.</param>
/// <param name="Counts">Matched n-grams of each order, smoothing included.</param>
/// <param name="Totals">Predicted n-grams of each order, smoothing included.</param>
/// <param name="Precisions">Precision of each order, 0–100.</param>
internal sealed record BleuScore(
    double Score, double BrevityPenalty, double SystemLength, double ReferenceLength, double[] Counts, double[] Totals, double[] Precisions);

/// <summary>BLEU (Papineni et al. 2002) by the rules of sacrebleu 2 (mjpost/sacrebleu, <c>metrics/bleu.py</c>). Statistics of a row: length, closest reference
/// length, matches of each order, n-grams of each order.</summary>
internal sealed class Bleu(string name, BleuOptions options) : SummedMetric(name, 2 + (2 * options.MaxOrder), "bleu")
{
    public override string Signature(int references)
    {
        var smoothing = options.Smoothing.DefaultValue is { } value
            ? string.Create(CultureInfo.InvariantCulture, $"{options.Smoothing.Name}[{options.SmoothValue ?? value:F2}]")
            : options.Smoothing.Name;
        return $"{CountOf(references)}|case:{(options.Lowercase ? "lc" : "mixed")}|eff:{YesNo(options.EffectiveOrder)}|tok:{options.Tokenizer.Name}|smooth:{smoothing}";
    }

    /// <inheritdoc/>
    /// <remarks>A row without references counts as one with an empty reference.</remarks>
    public override void Measure(in MetricRow row, MetricWorkspace workspace, Span<double> statistics)
    {
        var order = options.MaxOrder;
        workspace.Tokens.Clear();
        var predicted = workspace.Left;
        predicted.Clear();
        Tokenize(row.Prediction, workspace, predicted);

        // All references, concatenated.
        var (references, ends) = (workspace.Right, workspace.RightEnds);
        references.Clear();
        ends.Clear();
        var closest = row.References.IsEmpty ? 0 : -1;
        foreach (var reference in row.References)
        {
            var start = references.Count;
            Tokenize(reference.Span, workspace, references);
            ends.Add(references.Count);
            var length = references.Count - start;
            var difference = Math.Abs(length - predicted.Count) - Math.Abs(closest - predicted.Count);
            if (closest < 0 || difference < 0 || difference == 0 && length < closest) closest = length;
        }

        statistics[0] = predicted.Count;
        statistics[1] = closest;
        workspace.Ngrams.Match(predicted.Items, references.Items, ends.Items, workspace.Tokens.Count, statistics.Slice(2, order));
        for (var n = 0; n < order; n++) statistics[2 + order + n] = Math.Max(0, predicted.Count - n);
    }

    public override void Conclude(ReadOnlySpan<double> sums, Span<double> figures) => figures[0] = Score(sums).Score;

    /// <summary>The score of summed statistics with its parts.</summary>
    public BleuScore Score(ReadOnlySpan<double> sums)
    {
        var order = options.MaxOrder;
        var (system, reference) = (sums[0], sums[1]);
        var (counts, totals, precisions) = (sums.Slice(2, order).ToArray(), sums.Slice(2 + order, order).ToArray(), new double[order]);
        var penalty = system >= reference ? 1 : system > 0 ? Math.Exp(1 - reference / system) : 0;
        if (!counts.Any(static count => count > 0)) return new BleuScore(0, penalty, system, reference, counts, totals, precisions);

        var value = options.SmoothValue ?? options.Smoothing.DefaultValue ?? 0;
        var halving = 1.0;
        var effective = order;
        for (var n = 0; n < order; n++)
        {
            if (options.Smoothing == BleuSmoothing.AddK && n > 0)
            {
                counts[n] += value;
                totals[n] += value;
            }

            if (totals[n] == 0) break;
            if (options.EffectiveOrder) effective = n + 1;
            if (counts[n] > 0) precisions[n] = 100 * counts[n] / totals[n];
            else if (options.Smoothing == BleuSmoothing.Exponential) precisions[n] = 100 / ((halving *= 2) * totals[n]);
            else if (options.Smoothing == BleuSmoothing.Floor) precisions[n] = 100 * value / totals[n];
        }

        // sacrebleu takes −9,999,999,999 for the logarithm of 0, which makes the score 0.
        var logarithms = 0.0;
        for (var n = 0; n < effective; n++) logarithms += precisions[n] == 0 ? -9999999999 : Math.Log(precisions[n]);
        return new BleuScore(penalty * Math.Exp(logarithms / effective), penalty, system, reference, counts, totals, precisions);
    }

    // Appends the tokens.
    private void Tokenize(ReadOnlySpan<byte> text, MetricWorkspace workspace, GrowableBuffer<int> tokens)
    {
        if (options.Lowercase) text = PythonCharacters.Lower(text, workspace.Kept);
        text = PythonCharacters.TrimEnd(text);
        if (options.Tokenizer.TrySplit(text, workspace.Tokens, tokens)) return;

        options.Tokenizer.Rewrite(text, workspace.Text, workspace.MoreText);
        workspace.Tokens.AddWords(workspace.Text.Items, tokens);
    }
}
