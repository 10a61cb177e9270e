using InstructKit.Building.EvaluationOutput;
using InstructKit.Building.Selection;
using InstructKit.Evaluation.Metrics;

namespace InstructKit.Evaluation.Scoring;

/// <summary>The scored answers of one run to one task asked in one way: test rows, and dev rows where there are any, under each template.</summary>
internal sealed class TaskTally(TaskMetrics metrics, UnitNumbers testUnits, UnitNumbers devUnits)
{
    private readonly List<TemplateTally> _test = [];
    private readonly List<TemplateTally> _dev = [];

    /// <summary>What is computed.</summary>
    public TaskMetrics Metrics => metrics;

    /// <summary>Units of the test rows.</summary>
    public UnitNumbers TestUnits => testUnits;

    /// <summary>Units of the dev rows.</summary>
    public UnitNumbers DevUnits => devUnits;

    /// <summary>Test rows, by template.</summary>
    public IReadOnlyList<TemplateTally> Test => _test;

    /// <summary>Dev rows, by template; a template of the test rows without dev rows has none.</summary>
    public IReadOnlyList<TemplateTally> Dev => _dev;

    /// <summary>The tally of a set.</summary>
    public TemplateTally Of(EvaluationSetEntry set)
    {
        var isDev = set.Split == OutputSplit.HeldOutValidation;
        var list = isDev ? _dev : _test;
        if (list.Find(tally => tally.Template == set.Template) is { } known) return known;

        var made = new TemplateTally(set.Template, metrics, isDev ? devUnits : testUnits);
        list.Add(made);
        return made;
    }

    /// <summary>Called once, when all rows are there; sets of which nothing was answered are left out.</summary>
    public void Finish()
    {
        _test.RemoveAll(tally => tally.Answers.Count == 0);
        _dev.RemoveAll(tally => tally.Answers.Count == 0);
        foreach (var tally in _test.Concat(_dev)) tally.Finish();
    }

    /// <summary>A figure under every template and what follows from it.</summary>
    /// <param name="figure">Which.</param>
    /// <param name="test">How often each test unit counts; empty: once.</param>
    /// <param name="dev">How often each dev unit counts; empty: once.</param>
    /// <param name="scratch">Space.</param>
    /// <returns>Test scores in the order of <see cref="Test"/>, their mean, and the test score of the template with the best dev score (NaN without dev rows) with its position.</returns>
    public (double[] Scores, double Mean, double AtBestDev, int BestDev) Summarise(ScoredFigure figure, ReadOnlySpan<int> test, ReadOnlySpan<int> dev, ref int[] scratch)
    {
        var scores = new double[_test.Count];
        for (var i = 0; i < scores.Length; i++) scores[i] = _test[i].Figure(figure, test, ref scratch);

        var higher = metrics.Computed[figure.Metric].HigherIsBetter;
        var (best, bestScore) = (-1, double.NaN);
        for (var i = 0; i < scores.Length; i++)
        {
            var tally = _dev.Find(tally => tally.Template == _test[i].Template);
            if (tally is null) continue;

            var score = tally.Figure(figure, dev, ref scratch);
            if (best < 0 || (higher ? score > bestScore : score < bestScore) || (double.IsNaN(bestScore) && !double.IsNaN(score))) (best, bestScore) = (i, score);
        }

        return (scores, Aggregation.Mean(scores), best < 0 ? double.NaN : scores[best], best);
    }
}
