using InstructKit.Templating.Values;

namespace InstructKit.Evaluation.Metrics;

/// <summary>Exact match and numeracy-aware F1 of DROP (Dua et al. 2019) by the official evaluator (allenai/allennlp <c>drop_em_and_f1.py</c>, also in
/// lm-evaluation-harness). A prediction and each gold is a list of spans. Statistics of a row: exact match, F1, 1.</summary>
internal sealed class Drop(string name) : MeanMetric(name, "em", "f1")
{
    public override void Measure(in MetricRow row, MetricWorkspace workspace, Span<double> statistics)
    {
        var score = Score([row.Prediction.ToArray()], row.References, row.SpanCounts, workspace);
        (statistics[0], statistics[1], statistics[2]) = (score.ExactMatch, score.F1, 1);
    }

    /// <summary>Scores predicted spans: the best exact match and the best F1 over the golds, independently.</summary>
    /// <param name="references">The spans of all golds, concatenated by gold.</param>
    /// <param name="spanCounts">Number of spans of each gold; empty for one each. A gold whose first span is blank is skipped.</param>
    /// <param name="workspace">Scratch space.</param>
    public static AnswerScore Score(
        ReadOnlySpan<ReadOnlyMemory<byte>> predicted, ReadOnlySpan<ReadOnlyMemory<byte>> references, ReadOnlySpan<int> spanCounts, MetricWorkspace workspace)
    {
        workspace.Tokens.Clear();
        var prediction = Spans(predicted, workspace);
        var best = default(AnswerScore);
        var start = 0;
        for (var gold = 0; start < references.Length; gold++)
        {
            var count = spanCounts.IsEmpty ? 1 : gold < spanCounts.Length ? spanCounts[gold] : references.Length - start;
            var spans = references.Slice(start, count);
            start += count;
            if (spans.IsEmpty || PythonCharacters.Trim(spans[0].Span).IsEmpty) continue;
            var score = Compare(prediction, Spans(spans, workspace));
            best = new AnswerScore(Math.Max(best.ExactMatch, score.ExactMatch), Math.Max(best.F1, score.F1));
        }

        return best;
    }

    /// <summary>Writes the normalised text to <paramref name="output"/>, which is cleared first.</summary>
    public static void Normalize(ReadOnlySpan<byte> text, GrowableBuffer<byte> output, MetricWorkspace workspace)
    {
        output.Clear();
        while (true)
        {
            var end = text.IndexOfAny((byte)' ', (byte)'-');
            NormalizeToken(end < 0 ? text : text[..end], output, workspace);
            if (end < 0) return;
            text = text[(end + 1)..];
        }
    }

    // Lower case, punctuation unless the token is a number, numbers as floats, articles, white space.
    private static void NormalizeToken(ReadOnlySpan<byte> token, GrowableBuffer<byte> output, MetricWorkspace workspace)
    {
        var text = workspace.MoreText;
        PythonCharacters.Lower(token, text);
        var isNumber = PythonFloat.TryParse(text.Items, out var number);
        if (!isNumber)
        {
            var kept = 0;
            foreach (var value in text.Items)
            {
                if (!PythonCharacters.IsAsciiPunctuation(value)) text[kept++] = value;
            }

            text.Resize(kept);
            isNumber = PythonFloat.TryParse(text.Items, out number);
        }

        if (isNumber)
        {
            text.Clear();
            text.Advance(FloatText.Format(number, text.Reserve(FloatText.MaxLength)));
        }

        var before = output.Count;
        if (before > 0) output.Add((byte)' ');
        var start = output.Count;
        AnswerNormalizer.RemoveArticles(text.Items, output);
        if (output.Count == start) output.Resize(before);
    }

    /// <summary>One answer: its normalised spans as token numbers, and the distinct words of each, with those that are numbers.</summary>
    private sealed record Answer(int[] Spans, HashSet<int>[] Words, HashSet<int>[] Numbers);

    private static Answer Spans(ReadOnlySpan<ReadOnlyMemory<byte>> spans, MetricWorkspace workspace)
    {
        var answer = new Answer(new int[spans.Length], new HashSet<int>[spans.Length], new HashSet<int>[spans.Length]);
        for (var i = 0; i < spans.Length; i++)
        {
            Normalize(spans[i].Span, workspace.Text, workspace);
            answer.Spans[i] = workspace.Tokens.Add(workspace.Text.Items);
            workspace.Left.Clear();
            workspace.Tokens.AddWords(workspace.Text.Items, workspace.Left);
            answer.Words[i] = [.. workspace.Left.Items];
            answer.Numbers[i] = [.. answer.Words[i].Where(word => PythonFloat.TryParse(workspace.Tokens[word], out _))];
        }

        return answer;
    }

    private static AnswerScore Compare(Answer prediction, Answer gold)
    {
        var exact = prediction.Spans.Length == gold.Spans.Length && prediction.Spans.ToHashSet().SetEquals(gold.Spans);
        var (rows, columns) = (gold.Spans.Length, prediction.Spans.Length);
        var scores = new double[rows * columns];
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                if (gold.Numbers[row].Count == 0 || gold.Numbers[row].Overlaps(prediction.Numbers[column]))
                    scores[row * columns + column] = F1(prediction.Words[column], gold.Words[row]);
            }
        }

        var size = Math.Max(rows, columns);
        var f1 = size == 0 ? 0 : Assignment.Maximize(scores, rows, columns) / size;
        return new AnswerScore(exact ? 1 : 0, RoundToHundredths(f1));
    }

    // An empty side has a precision or recall of 1, so two empty bags match.
    private static double F1(HashSet<int> prediction, HashSet<int> gold)
    {
        var common = (double)prediction.Count(gold.Contains);
        var precision = prediction.Count == 0 ? 1 : common / prediction.Count;
        var recall = gold.Count == 0 ? 1 : common / gold.Count;
        return precision == 0 && recall == 0 ? 0 : 2 * precision * recall / (precision + recall);
    }

    /// <summary>Rounds the exact binary value to two decimals, half to even, as Python does; scaling first would round some values twice.</summary>
    internal static double RoundToHundredths(double value)
    {
        var floor = Math.Floor(value * 100);
        var excess = Math.FusedMultiplyAdd(value, 100, -(floor + 0.5));
        return (excess > 0 || excess == 0 && floor % 2 != 0 ? floor + 1 : floor) / 100;
    }
}
