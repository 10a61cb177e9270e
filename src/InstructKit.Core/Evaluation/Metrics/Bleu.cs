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

    /// <summary>The options in sacrebleu's notation, without its version.</summary>
    /// <param name="references">Number of references; 0 if it varies.</param>
    public string Signature(int references)
    {
        var smoothing = Smoothing.DefaultValue is { } value
            ? string.Create(CultureInfo.InvariantCulture, $"{Smoothing.Name}[{SmoothValue ?? value:F2}]")
            : Smoothing.Name;
        var count = references == 0 ? "var" : references.ToString(CultureInfo.InvariantCulture);
        return $"nrefs:{count}|case:{(Lowercase ? "lc" : "mixed")}|eff:{(EffectiveOrder ? "yes" : "no")}|tok:{Tokenizer.Name}|smooth:{smoothing}";
    }
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
internal sealed class Bleu : SummedMetric
{
    public required BleuOptions Options { get; init; }

    public override string Signature(int references) => Options.Signature(references);

    /// <inheritdoc/>
    /// <remarks>A row without references counts as one with an empty reference.</remarks>
    public override void Measure(in MetricRow row, MetricWorkspace workspace, Span<double> statistics)
    {
        var order = Options.MaxOrder;
        workspace.Tokens.Clear();
        var predicted = workspace.Left;
        predicted.Clear();
        Tokenize(row.Prediction, workspace, predicted);

        // All references, concatenated.
        var (references, ends) = (workspace.Right, workspace.RightEnds);
        references.Clear();
        ends.Clear();
        var closest = row.References.IsEmpty ? 0 : -1;
        var longest = 0;
        foreach (var reference in row.References)
        {
            var start = references.Count;
            Tokenize(reference.Span, workspace, references);
            ends.Add(references.Count);
            var length = references.Count - start;
            longest = Math.Max(longest, length);
            var difference = Math.Abs(length - predicted.Count) - Math.Abs(closest - predicted.Count);
            if (closest < 0 || difference < 0 || difference == 0 && length < closest) closest = length;
        }

        statistics[0] = predicted.Count;
        statistics[1] = closest;
        Match(workspace, longest, statistics.Slice(2, order));
        for (var n = 0; n < order; n++) statistics[2 + order + n] = Math.Max(0, predicted.Count - n);
    }

    private static void Match(MetricWorkspace workspace, int longest, Span<double> counts)
    {
        ReadOnlySpan<int> predicted = workspace.Left.Items;
        ReadOnlySpan<int> references = workspace.Right.Items;
        var isShort = longest <= NgramBits.MaxTokens && counts.Length <= NgramBits.MaxOrder;
        var (places, matches) = (workspace.Places, workspace.Matches);
        if (isShort)
        {
            places.Clear();
            places.Resize(workspace.Tokens.Count);
            matches.Clear();
            matches.Resize(predicted.Length);
        }
        else
        {
            workspace.Ngrams.Clear();
        }

        var start = 0;
        foreach (var end in workspace.RightEnds.Items)
        {
            if (isShort) NgramBits.Match(predicted, references[start..end], counts.Length, places.Items, matches.Items);
            else workspace.Ngrams.AddReference(references[start..end], counts.Length);
            start = end;
        }

        if (isShort) NgramBits.Count(matches.Items, counts);
        else workspace.Ngrams.Match(predicted, counts);
    }

    public override void Conclude(ReadOnlySpan<double> sums, Span<double> figures) => figures[0] = Score(sums).Score;

    /// <summary>The score of summed statistics with its parts.</summary>
    public BleuScore Score(ReadOnlySpan<double> sums)
    {
        var order = Options.MaxOrder;
        var (system, reference) = (sums[0], sums[1]);
        var (counts, totals, precisions) = (sums.Slice(2, order).ToArray(), sums.Slice(2 + order, order).ToArray(), new double[order]);
        var penalty = system >= reference ? 1 : system > 0 ? Math.Exp(1 - reference / system) : 0;
        if (!counts.Any(static count => count > 0)) return new BleuScore(0, penalty, system, reference, counts, totals, precisions);

        var value = Options.SmoothValue ?? Options.Smoothing.DefaultValue ?? 0;
        var halving = 1.0;
        var effective = order;
        for (var n = 0; n < order; n++)
        {
            if (Options.Smoothing == BleuSmoothing.AddK && n > 0)
            {
                counts[n] += value;
                totals[n] += value;
            }

            if (totals[n] == 0) break;
            if (Options.EffectiveOrder) effective = n + 1;
            if (counts[n] > 0) precisions[n] = 100 * counts[n] / totals[n];
            else if (Options.Smoothing == BleuSmoothing.Exponential) precisions[n] = 100 / ((halving *= 2) * totals[n]);
            else if (Options.Smoothing == BleuSmoothing.Floor) precisions[n] = 100 * value / totals[n];
        }

        // sacrebleu takes −9,999,999,999 for the logarithm of 0, which makes the score 0.
        var logarithms = 0.0;
        for (var n = 0; n < effective; n++) logarithms += precisions[n] == 0 ? -9999999999 : Math.Log(precisions[n]);
        return new BleuScore(penalty * Math.Exp(logarithms / effective), penalty, system, reference, counts, totals, precisions);
    }

    // Appends the tokens.
    private void Tokenize(ReadOnlySpan<byte> text, MetricWorkspace workspace, GrowableBuffer<int> tokens)
    {
        if (Options.Lowercase)
        {
            workspace.Kept.Clear();
            PythonCharacters.AppendLower(text, workspace.Kept);
            text = workspace.Kept.Items;
        }

        text = PythonCharacters.TrimEnd(text);
        if (Options.Tokenizer.TrySplit(text, workspace.Tokens, tokens)) return;

        Options.Tokenizer.Rewrite(text, workspace.Text, workspace.MoreText);
        workspace.Tokens.AddWords(workspace.Text.Items, tokens);
    }
}
