namespace InstructKit.Evaluation.Metrics;

/// <summary>How the log-likelihood of an option is normalised before the best option is chosen.</summary>
/// <param name="Name">Suffix of the metric's name.</param>
/// <param name="Inputs">What it needs beyond the log-likelihoods.</param>
internal sealed record RankNormalization(string Name, MetricInputs Inputs)
{
    /// <summary>The plain sum over target tokens; FLAN's, T0's and <c>acc</c>.</summary>
    public static readonly RankNormalization Raw = new("raw", MetricInputs.None);

    /// <summary>Per target token; T5's <c>normalize_by_target_length</c>.</summary>
    public static readonly RankNormalization PerToken = new("token", MetricInputs.OptionTokens);

    /// <summary>Per character (code point) of the option; <c>acc_norm</c> of lm-evaluation-harness.</summary>
    public static readonly RankNormalization PerCharacter = new("character", MetricInputs.OptionTexts);

    /// <summary>Per UTF-8 byte of the option; <c>acc_bytes</c>.</summary>
    public static readonly RankNormalization PerByte = new("byte", MetricInputs.OptionTexts);

    /// <summary>Minus the log-likelihood without the input; <c>acc_mutual_info</c>.</summary>
    public static readonly RankNormalization Unconditional = new("unconditional", MetricInputs.Unconditional);

    public static IReadOnlyList<RankNormalization> All { get; } = [Raw, PerToken, PerCharacter, PerByte, Unconditional];

    /// <summary>The index of the best option, the first on ties; −1 without options.</summary>
    /// <exception cref="ArgumentException">The row lacks a number needed for normalisation.</exception>
    public int Choose(in MetricRow row)
    {
        var options = row.LogLikelihoods.Length;
        Require(this != PerToken || row.OptionTokens.Length == options, "the number of target tokens");
        Require(this != PerCharacter && this != PerByte || row.Options.Length == options, "the text");
        Require(this != Unconditional || row.Unconditional.Length == options, "the unconditional log-likelihood");
        var (best, bestScore) = (-1, double.NaN);
        for (var i = 0; i < options; i++)
        {
            var score = row.LogLikelihoods[i];
            if (this == PerToken) score /= row.OptionTokens[i];
            else if (this == PerCharacter) score /= PythonCharacters.Length(row.Options[i].Span);
            else if (this == PerByte) score /= row.Options[i].Length;
            else if (this == Unconditional) score -= row.Unconditional[i];
            // As in numpy's argmax, a NaN wins over every number.
            if (best >= 0 && !(score > bestScore) && !(double.IsNaN(score) && !double.IsNaN(bestScore))) continue;
            (best, bestScore) = (i, score);
        }

        return best;
    }

    private void Require(bool present, string what)
    {
        if (!present) throw new ArgumentException($"Normalisation '{Name}' needs {what} of every option.");
    }
}

/// <summary>Accuracy of the option with the best log-likelihood (T5 <c>rank_classification</c>, lm-evaluation-harness <c>acc</c>); choosing any correct option
/// is correct. Statistics: weight if correct, weight.</summary>
internal sealed class RankAccuracy : MeanMetric
{
    public required RankNormalization Normalization { get; init; }

    public override string Signature(int references) => $"{Name}|ties:first|normalization:{Normalization.Name}";

    public override void Measure(in MetricRow row, MetricWorkspace workspace, Span<double> statistics)
    {
        var chosen = Normalization.Choose(row);
        statistics[0] = chosen >= 0 && row.CorrectOptions.Contains(chosen) ? row.Weight : 0;
        statistics[1] = row.Weight;
    }
}

/// <summary>Accuracy and F1 of ranked options for tasks with a fixed number of classes (T5 <c>rank_classification</c> with <c>num_classes</c>): F1 of class 1
/// for two classes, the mean over the classes for more. Every option is a separate decision, so several may be correct. Statistics: weight if correct,
/// weight, then weighted true positives, false positives and false negatives of each class.</summary>
internal sealed class RankF1 : SummedMetric
{
    public RankNormalization Normalization { get; init; } = RankNormalization.Raw;

    private int Classes => (Width - 2) / 3;

    public override void Measure(in MetricRow row, MetricWorkspace workspace, Span<double> statistics)
    {
        var chosen = Normalization.Choose(row);
        statistics[1] = row.Weight;
        for (var i = 0; i < Classes; i++)
        {
            var correct = row.CorrectOptions.Contains(i);
            if (i == chosen && correct) statistics[0] = row.Weight;
            if (i == chosen || correct) statistics[2 + 3 * i + (i != chosen ? 2 : correct ? 0 : 1)] = row.Weight;
        }
    }

    public override void Conclude(ReadOnlySpan<double> sums, Span<double> figures)
    {
        figures[0] = sums[1] == 0 ? double.NaN : 100 * sums[0] / sums[1];
        var (first, total) = (Classes == 2 ? 1 : 0, 0.0);
        for (var i = first; i < Classes; i++) total += F1WithInvalid.Of(sums[2 + 3 * i], sums[3 + 3 * i], sums[4 + 3 * i]);
        figures[1] = 100 * total / (Classes - first);
    }
}
