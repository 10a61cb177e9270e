namespace InstructKit.Evaluation.Metrics;

/// <summary>MultiRC (Khashabi et al. 2018): F1a over all answers, and the share of questions with all answers judged correctly; a prediction other than 0 and
/// 1 is wrong. The unit is the question: T5 groups by question, lm-evaluation-harness by paragraph and question, and the caller groups accordingly. Statistics
/// of a row: true positives, false positives, false negatives, correct, 1; of a question: the same with "all correct".</summary>
internal sealed class MultiRc(string name) : SummedMetric(name, 5, "f1a", "em")
{
    public override bool ComparesValues => true;

    public override bool CombinesGroups => true;

    public override void Measure(in MetricRow row, MetricWorkspace workspace, Span<double> statistics)
    {
        F1WithInvalid.Count(row, statistics);
        statistics[3] = row.PredictedValue == row.ExpectedValue ? 1 : 0;
        statistics[4] = 1;
    }

    public override void Combine(ReadOnlySpan<double> rows, Span<double> unit)
    {
        base.Combine(rows, unit);
        (unit[3], unit[4]) = (unit[3] == unit[4] ? 1 : 0, 1);
    }

    public override void Conclude(ReadOnlySpan<double> sums, Span<double> figures)
    {
        figures[0] = 100 * F1WithInvalid.Of(sums[0], sums[1], sums[2]);
        figures[1] = sums[4] == 0 ? double.NaN : 100 * sums[3] / sums[4];
    }
}
