using InstructKit.Templating.Values;

namespace InstructKit.Evaluation.Metrics;

/// <summary>A row's number of options with some value.</summary>
internal delegate int OptionCount(in MetricRow row);

/// <summary>The score of an option of a row.</summary>
internal delegate double OptionScore(in MetricRow row, int option);

/// <summary>How the log-likelihood of an option is normalised before the best option is chosen.</summary>
/// <param name="Name">Suffix of the metric's name.</param>
/// <param name="Metric">Name of its accuracy in the table of metrics.</param>
/// <param name="Needed">What every option must have.</param>
/// <param name="Count">The number of options of a row that have it.</param>
/// <param name="Score">The score of an option; the highest is chosen.</param>
internal sealed record RankNormalization(string Name, string Metric, string Needed, OptionCount Count, OptionScore Score)
{
    /// <summary>The plain sum over target tokens; FLAN's, T0's and <c>acc</c>.</summary>
    public static readonly RankNormalization Raw = new("raw", "acc", "the log-likelihood", (in row) => row.LogLikelihoods.Length, (in row, i) => row.LogLikelihoods[i]);

    /// <summary>Per target token; T5's <c>normalize_by_target_length</c>.</summary>
    public static readonly RankNormalization PerToken = new(
        "token", "acc_token", "the number of target tokens", (in row) => row.OptionTokens.Length, (in row, i) => row.LogLikelihoods[i] / row.OptionTokens[i]);

    /// <summary>Per character (code point) of the option; <c>acc_norm</c> of lm-evaluation-harness.</summary>
    public static readonly RankNormalization PerCharacter = new(
        "character", "acc_norm", "the text", (in row) => row.Options.Length, (in row, i) => row.LogLikelihoods[i] / Utf8Text.Length(row.Options[i].Span));

    /// <summary>Per UTF-8 byte of the option; <c>acc_bytes</c>.</summary>
    public static readonly RankNormalization PerByte = new(
        "byte", "acc_bytes", "the text", (in row) => row.Options.Length, (in row, i) => row.LogLikelihoods[i] / row.Options[i].Length);

    /// <summary>Minus the log-likelihood without the input; <c>acc_mutual_info</c>.</summary>
    public static readonly RankNormalization Unconditional = new(
        "unconditional", "acc_mutual_info", "the unconditional log-likelihood", (in row) => row.Unconditional.Length, (in row, i) => row.LogLikelihoods[i] - row.Unconditional[i]);

    public static IReadOnlyList<RankNormalization> All { get; } = [Raw, PerToken, PerCharacter, PerByte, Unconditional];

    /// <summary>The index of the best option, the first on ties; −1 without options.</summary>
    /// <exception cref="ArgumentException">The row lacks a number needed for normalisation.</exception>
    public int Choose(in MetricRow row)
    {
        if (Count(row) != row.LogLikelihoods.Length) throw new ArgumentException($"Normalisation '{Name}' needs {Needed} of every option.");
        var (best, bestScore) = (-1, double.NaN);
        for (var i = 0; i < row.LogLikelihoods.Length; i++)
        {
            var score = Score(row, i);
            // As in numpy's argmax, a NaN wins over every number.
            if (best >= 0 && !(score > bestScore) && !(double.IsNaN(score) && !double.IsNaN(bestScore))) continue;
            (best, bestScore) = (i, score);
        }

        return best;
    }
}

/// <summary>Accuracy of the option with the best log-likelihood (T5 <c>rank_classification</c>, lm-evaluation-harness <c>acc</c>); choosing any correct option
/// is correct. Statistics: weight if correct, weight.</summary>
internal sealed class RankAccuracy(string name, RankNormalization normalization) : MeanMetric(name, name)
{
    public override string Signature(int references) => $"{Name}|ties:first|normalization:{normalization.Name}";

    public override void Measure(in MetricRow row, MetricWorkspace workspace, Span<double> statistics)
    {
        var chosen = normalization.Choose(row);
        statistics[0] = chosen >= 0 && row.CorrectOptions.Contains(chosen) ? row.Weight : 0;
        statistics[1] = row.Weight;
    }
}

/// <summary>Accuracy and F1 of ranked options for tasks with a fixed number of classes (T5 <c>rank_classification</c> with <c>num_classes</c>): F1 of class 1
/// for two classes, the mean over the classes for more. Every option is a separate decision, so several may be correct. Statistics: weight if correct,
/// weight, then weighted true positives, false positives and false negatives of each class.</summary>
internal sealed class RankF1(string name, int classes, RankNormalization normalization) : SummedMetric(name, 2 + (3 * classes), "accuracy", classes == 2 ? "f1" : "mean_f1")
{
    public override void Measure(in MetricRow row, MetricWorkspace workspace, Span<double> statistics)
    {
        var chosen = normalization.Choose(row);
        statistics[1] = row.Weight;
        for (var i = 0; i < classes; i++)
        {
            var correct = row.CorrectOptions.Contains(i);
            if (i == chosen && correct) statistics[0] = row.Weight;
            if (i == chosen || correct) statistics[2 + 3 * i + (i != chosen ? 2 : correct ? 0 : 1)] = row.Weight;
        }
    }

    public override void Conclude(ReadOnlySpan<double> sums, Span<double> figures)
    {
        figures[0] = sums[1] == 0 ? double.NaN : 100 * sums[0] / sums[1];
        var (first, total) = (classes == 2 ? 1 : 0, 0.0);
        for (var i = first; i < classes; i++) total += F1WithInvalid.Of(sums[2 + 3 * i], sums[3 + 3 * i], sums[4 + 3 * i]);
        figures[1] = 100 * total / (classes - first);
    }
}
