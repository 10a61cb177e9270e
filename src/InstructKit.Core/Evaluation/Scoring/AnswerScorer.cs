using InstructKit.Answers;
using InstructKit.Building.EvaluationOutput;
using InstructKit.Evaluation.Metrics;
using InstructKit.Templating.Values;

namespace InstructKit.Evaluation.Scoring;

/// <summary>Scores answers to rows of one task. One per worker.</summary>
internal sealed class AnswerScorer
{
    private readonly TaskMetrics _metrics;
    private readonly AnswerReading _reading;
    private readonly MetricWorkspace _workspace = new();
    private readonly byte[][] _labels;
    private readonly int _judge;

    public AnswerScorer(EvaluationSetEntry set, TaskMetrics metrics, AnswerReading reading)
    {
        (_metrics, _reading) = (metrics, reading);
        _labels = [.. (set.Options ?? []).Select(Encoding.UTF8.GetBytes)];
        // Decides whether an answer without options is correct: the first metric that judges rows.
        _judge = metrics.Computed.ToList().FindIndex(metric => metric is MeanMetric and not RankAccuracy);
    }

    /// <summary>Scores a text, given its sample number within the prediction.</summary>
    /// <param name="contract">How the template's answers are extracted.</param>
    /// <param name="statistics">Receives the statistics of all metrics, concatenated.</param>
    public ScoredAnswer ScoreText(GoldRow gold, AnswerContract contract, ReadOnlySpan<byte> text, int sample, GrowableBuffer<double> statistics)
    {
        ReadOnlySpan<byte> answer;
        int option;
        bool valid;
        if (_reading == AnswerReading.Contract)
        {
            var found = contract.Extract(text, gold.Options);
            answer = found.Text;
            (option, valid) = (found.Option, found.IsValid);
        }
        else
        {
            answer = _reading == AnswerReading.Continuation ? FlanContinuation.Clean(text) : text;
            option = ClassLabels.IndexOf(answer, gold.Options);
            valid = gold.Options.Length > 0 ? option >= 0 : !answer.IsEmpty;
        }

        return Score(gold, new MetricRow { Prediction = answer, References = gold.Answers }, option, valid, sample, statistics);
    }

    /// <summary>Scores a ranking of the options.</summary>
    /// <exception cref="ArgumentException">A number needed by a metric is missing.</exception>
    public ScoredAnswer ScoreRanking(GoldRow gold, Prediction prediction, GrowableBuffer<double> statistics)
    {
        var options = gold.Options.Length;
        var given = prediction.LogLikelihoods;
        var unconditional = prediction.Unconditional;
        // The harness requests options without the input after all others.
        if (given.Length == 2 * options && unconditional.IsEmpty)
        {
            unconditional = given[options..];
            given = given[..options];
        }

        if (options == 0) throw new ArgumentException("the row has no options that log-likelihoods could rank");
        if (given.Length != options) throw new ArgumentException($"there are {given.Length} log-likelihoods for {options} options");

        var row = new MetricRow { LogLikelihoods = given, Unconditional = unconditional, OptionTokens = prediction.Tokens, Options = gold.Options, CorrectOptions = gold.Right, References = gold.Answers };
        var chosen = _metrics.Choice.Choose(row);
        return Score(gold, row with { Prediction = gold.Options[chosen].Span }, chosen, true, prediction.Sample, statistics);
    }

    private ScoredAnswer Score(GoldRow gold, in MetricRow row, int option, bool valid, int sample, GrowableBuffer<double> statistics)
    {
        var goldOption = gold.Right.Length > 0 ? gold.Right[0] : -1;
        var (goldLabel, chosenLabel) = (LabelOf(gold, goldOption), LabelOf(gold, option));
        var right = gold.Options.Length > 0 && gold.Right.Length > 0 ? gold.Right.Contains(option) || (option >= 0 && IsRightText(gold, option)) : IsListed(gold.Answers, row.Prediction);
        for (var i = 0; i < _metrics.Computed.Count; i++)
        {
            var metric = _metrics.Computed[i];
            var start = statistics.Count;
            var space = statistics.Resize(start + metric.Width)[start..];
            if (metric.ComparesValues)
            {
                var isNumber = metric is Pearson or Spearman;
                var valued = row with
                {
                    PredictedValue = isNumber ? NumberOf(row.Prediction) : chosenLabel,
                    ExpectedValue = isNumber ? NumberOf(row.References[0].Span) : goldLabel,
                };
                metric.Measure(valued, _workspace, space);
            }
            else
            {
                metric.Measure(row, _workspace, space);
            }

            if (i == _judge && gold.Options.Length == 0 && metric.Width > 1) right = space[0] / space[metric.Width - 1] >= 1;
        }

        var answer = !valid ? 0 : Mix(row.Prediction);
        return new ScoredAnswer(
            gold.Row, gold.Unit, sample, answer, (short)option, (short)goldOption, (short)gold.Options.Length, (short)gold.Right.Length, right, valid, (short)goldLabel, (short)chosenLabel, (short)gold.SourceOf(option));
    }

    // Fixed options may be shown in another order; what is scored is the label.
    private int LabelOf(GoldRow gold, int option)
    {
        if (option < 0 || _labels.Length != gold.Options.Length) return option;

        for (var i = 0; i < _labels.Length; i++)
        {
            if (gold.Options[option].Span.SequenceEqual(_labels[i])) return i;
        }

        return option;
    }

    // T5's string_to_float.
    private static double NumberOf(ReadOnlySpan<byte> text) => PythonFloat.TryParse(text, out var value) ? value : -1;

    private static bool IsRightText(GoldRow gold, int option)
    {
        foreach (var index in gold.Right)
        {
            if (gold.Options[option].Span.SequenceEqual(gold.Options[index].Span)) return true;
        }

        return false;
    }

    private static bool IsListed(ReadOnlySpan<ReadOnlyMemory<byte>> answers, ReadOnlySpan<byte> text)
    {
        foreach (var answer in answers)
        {
            if (answer.Span.SequenceEqual(text)) return true;
        }

        return false;
    }

    private static ulong Mix(ReadOnlySpan<byte> text) => System.IO.Hashing.XxHash3.HashToUInt64(text) | 1;
}
