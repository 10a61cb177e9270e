namespace InstructKit.Evaluation.Metrics;

/// <summary>Area under a curve over the rows of a task of two classes (T5 <c>rank_classification</c> with two classes): the score of a row is the softmax of
/// its first two log-likelihoods, in single precision as T5 computes it, for class 1. ROC: the chance that a positive row scores above a negative one, ties
/// counting half (trapezoids). Precision–recall: the trapezoids between the points of all distinct scores, from recall 0 with precision 1 (scikit-learn's
/// curve). Undefined without rows of both classes. Statistics of a unit: score, class; a unit is a row.</summary>
/// <param name="isRoc">True for the ROC curve, false for the precision–recall curve.</param>
internal sealed class AreaUnderCurve(string name, bool isRoc) : PairMetric(name)
{
    public override bool ComparesValues => false;

    public override void Measure(in MetricRow row, MetricWorkspace workspace, Span<double> statistics)
    {
        if (row.LogLikelihoods.Length < 2) throw new ArgumentException($"{Name} needs two options.", nameof(row));
        var (no, yes) = ((float)row.LogLikelihoods[0], (float)row.LogLikelihoods[1]);
        var most = MathF.Max(no, yes);
        var (first, second) = (MathF.Exp(no - most), MathF.Exp(yes - most));
        statistics[0] = second / (first + second);
        statistics[1] = row.CorrectOptions.Contains(1) ? 1 : 0;
    }

    public override double Of(ReadOnlySpan<double> predicted, ReadOnlySpan<double> expected, ReadOnlySpan<double> weights)
    {
        var scores = predicted.ToArray();
        var order = new int[scores.Length];
        var (positives, negatives) = (0.0, 0.0);
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
            if (expected[i] == 1) positives += weights[i];
            else negatives += weights[i];
        }

        if (positives == 0 || negatives == 0) return double.NaN;

        Array.Sort(scores, order);
        var (area, truePositives, falsePositives, precision) = (0.0, 0.0, 0.0, 1.0);
        for (var end = scores.Length; end > 0;)
        {
            var (right, wrong, start) = (0.0, 0.0, end);
            while (start > 0 && scores[start - 1].Equals(scores[end - 1]))
            {
                var row = order[--start];
                if (expected[row] == 1) right += weights[row];
                else wrong += weights[row];
            }

            end = start;
            if (right + wrong == 0) continue;

            if (isRoc) area += wrong * (truePositives + right / 2);
            (truePositives, falsePositives) = (truePositives + right, falsePositives + wrong);
            var next = truePositives / (truePositives + falsePositives);
            if (!isRoc) area += right * (precision + next) / 2;
            precision = next;
        }

        return isRoc ? area / (positives * negatives) : area / positives;
    }
}

/// <summary>ReCoRD as lm-evaluation-harness scores it: entities are deduplicated and in byte order, the best log-likelihood wins (the first on
/// ties), and its text is compared to the correct ones by exact match and F1, two empty answers being equal. Statistics: exact match, F1, 1.</summary>
internal sealed class RankedRecord(string name) : MeanMetric(name, "em", "f1")
{
    private readonly AnswerMatch _match = new("record", AnswerRules.Coqa);

    public override void Measure(in MetricRow row, MetricWorkspace workspace, Span<double> statistics)
    {
        if (row.Options.Length != row.LogLikelihoods.Length) throw new ArgumentException($"{Name} needs the text of every option.", nameof(row));
        var best = -1;
        for (var i = 0; i < row.Options.Length; i++)
        {
            // The first of equal entities counts; on equal scores, the one whose text sorts first.
            if (best < 0 || Precedes(row, i, best)) best = i;
        }

        var score = best < 0 ? default : _match.Score(row.Options[best].Span, row.References, workspace);
        (statistics[0], statistics[1], statistics[2]) = (score.ExactMatch, score.F1, 1);
    }

    private static bool Precedes(in MetricRow row, int one, int other)
    {
        for (var i = 0; i < one; i++)
        {
            if (row.Options[i].Span.SequenceEqual(row.Options[one].Span)) return false;
        }

        return row.LogLikelihoods[one] > row.LogLikelihoods[other]
            || (row.LogLikelihoods[one] == row.LogLikelihoods[other] && row.Options[one].Span.SequenceCompareTo(row.Options[other].Span) < 0);
    }
}
