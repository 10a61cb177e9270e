namespace InstructKit.Evaluation.Metrics;

/// <summary>Options of ROUGE; the defaults are those of T5 and FLAN apart from <see cref="SplitsSentences"/>.</summary>
internal sealed record RougeOptions
{
    /// <summary>Stems tokens of more than three letters.</summary>
    public bool Stem { get; init; }

    /// <summary>First turns every <c>" . "</c> into a sentence boundary, as T5 does for Lsum.</summary>
    public bool SplitsSentences { get; init; }
}

/// <summary>Precision, recall and F, each 0–1.</summary>
internal readonly record struct RougeScore(double Precision, double Recall, double F)
{
    public static RougeScore Of(double precision, double recall) =>
        new(precision, recall, precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0);
}

/// <summary>ROUGE-1, ROUGE-2, ROUGE-L and ROUGE-Lsum (Lin 2004) by the rules of rouge_score (google-research, <c>rouge/rouge_scorer.py</c>). A corpus score is
/// the plain mean of F over the rows: T5 reports the median of 1,000 random resamples of it, which is not reproducible. Of several references the best counts,
/// separately for each type, the first on ties.</summary>
internal sealed class Rouge(string name, RougeOptions options) : MeanMetric(name, Types)
{
    /// <summary>The types, in the order of the figures and of <see cref="Score"/>.</summary>
    public static readonly string[] Types = ["rouge1", "rouge2", "rougeL", "rougeLsum"];

    public override string Signature(int references) =>
        $"{Name}|stem:{YesNo(options.Stem)}|split:{(options.SplitsSentences ? "period" : "newline")}|refs:best|aggregate:mean";

    public override void Measure(in MetricRow row, MetricWorkspace workspace, Span<double> statistics)
    {
        Span<RougeScore> scores = stackalloc RougeScore[Types.Length];
        foreach (var reference in row.References)
        {
            Score(row.Prediction, reference.Span, workspace, scores);
            for (var i = 0; i < scores.Length; i++) statistics[i] = Math.Max(statistics[i], scores[i].F);
        }

        statistics[^1] = 1;
    }

    /// <summary>Scores a prediction against one reference.</summary>
    /// <param name="prediction">UTF-8.</param>
    /// <param name="reference">UTF-8.</param>
    /// <param name="workspace">Scratch space.</param>
    /// <param name="scores">Receives one score for each of <see cref="Types"/>.</param>
    public void Score(ReadOnlySpan<byte> prediction, ReadOnlySpan<byte> reference, MetricWorkspace workspace, Span<RougeScore> scores)
    {
        var tokens = workspace.Tokens;
        tokens.Clear();
        Tokenize(prediction, workspace, workspace.Left, workspace.LeftEnds);
        Tokenize(reference, workspace, workspace.Right, workspace.RightEnds);
        ReadOnlySpan<int> predicted = workspace.Left.Items;
        ReadOnlySpan<int> expected = workspace.Right.Items;

        Span<double> matches = stackalloc double[2];
        matches.Clear();
        workspace.Ngrams.Match(predicted, expected, [expected.Length], tokens.Count, matches);
        for (var n = 0; n < 2; n++) scores[n] = RougeScore.Of(matches[n] / Math.Max(1, predicted.Length - n), matches[n] / Math.Max(1, expected.Length - n));

        scores[2] = scores[3] = default;
        if (predicted.IsEmpty || expected.IsEmpty) return;
        var hits = (double)UnionHits(workspace, predicted, expected, out var marked);
        scores[3] = RougeScore.Of(hits / predicted.Length, hits / expected.Length);
        // With one sentence on both sides, the marked tokens are the subsequence.
        var common = workspace.LeftEnds.Count == 1 && workspace.RightEnds.Count == 1 ? marked : (double)workspace.Subsequence.Length(expected, predicted, tokens.Count);
        scores[2] = RougeScore.Of(common / predicted.Length, common / expected.Length);
    }

    /// <summary>For each reference sentence the union of its longest common subsequences with all predicted sentences; a token counts as often as it remains on
    /// both sides.</summary>
    private static int UnionHits(MetricWorkspace workspace, ReadOnlySpan<int> predicted, ReadOnlySpan<int> expected, out int marked)
    {
        marked = 0;
        var tokenCount = workspace.Tokens.Count;
        workspace.Counts.Clear();
        workspace.MoreCounts.Clear();
        var predictedLeft = workspace.Counts.Resize(tokenCount);
        var expectedLeft = workspace.MoreCounts.Resize(tokenCount);
        foreach (var token in predicted) predictedLeft[token]++;
        foreach (var token in expected) expectedLeft[token]++;

        var (hits, start) = (0, 0);
        foreach (var end in workspace.RightEnds.Items)
        {
            var sentence = expected[start..end];
            workspace.Marks.Clear();
            var marks = workspace.Marks.Resize(sentence.Length);
            var predictedStart = 0;
            foreach (var predictedEnd in workspace.LeftEnds.Items)
            {
                workspace.Subsequence.Mark(sentence, predicted[predictedStart..predictedEnd], tokenCount, marks);
                predictedStart = predictedEnd;
            }

            for (var i = 0; i < sentence.Length; i++)
            {
                if (!marks[i]) continue;

                marked++;
                if (predictedLeft[sentence[i]] == 0 || expectedLeft[sentence[i]] == 0) continue;

                predictedLeft[sentence[i]]--;
                expectedLeft[sentence[i]]--;
                hits++;
            }

            start = end;
        }

        return hits;
    }

    /// <summary>Lower-case runs of ASCII letters and digits; every other character separates. Line feeds end sentences.</summary>
    private void Tokenize(ReadOnlySpan<byte> text, MetricWorkspace workspace, GrowableBuffer<int> tokens, GrowableBuffer<int> ends)
    {
        tokens.Clear();
        ends.Clear();
        if (options.SplitsSentences && text.IndexOf(" . "u8) >= 0)
        {
            workspace.Text.Clear();
            workspace.Text.AddRange(text);
            TextReplacement.ReplaceAll(workspace.Text, workspace.MoreText, " . "u8, " .\n"u8);
            text = workspace.Text.Items;
        }

        var word = workspace.Kept;
        word.Clear();
        for (var i = 0; i < text.Length; i++)
        {
            var value = text[i];
            if (value is >= (byte)'a' and <= (byte)'z' or >= (byte)'0' and <= (byte)'9') word.Add(value);
            else if (value is >= (byte)'A' and <= (byte)'Z') word.Add((byte)(value | 0x20));
            else if (value < 0x80)
            {
                AddWord(word, workspace.Tokens, tokens);
                if (value == '\n' && tokens.Count > 0 && (ends.Count == 0 || ends[ends.Count - 1] < tokens.Count)) ends.Add(tokens.Count);
            }
            else if (value == 0xC4 && i + 1 < text.Length && text[i + 1] == 0xB0)
            {
                // Python lower-cases İ to an i and a combining dot, and the Kelvin sign to a k.
                word.Add((byte)'i');
                AddWord(word, workspace.Tokens, tokens);
                i++;
            }
            else if (value == 0xE2 && i + 2 < text.Length && text[i + 1] == 0x84 && text[i + 2] == 0xAA)
            {
                word.Add((byte)'k');
                i += 2;
            }
            else AddWord(word, workspace.Tokens, tokens);
        }

        AddWord(word, workspace.Tokens, tokens);
        if (tokens.Count > 0 && (ends.Count == 0 || ends[ends.Count - 1] < tokens.Count)) ends.Add(tokens.Count);
    }

    private void AddWord(GrowableBuffer<byte> word, TokenTable table, GrowableBuffer<int> tokens)
    {
        var length = word.Count;
        if (length == 0) return;
        if (options.Stem && length > 3) length = PorterStemmer.Stem(word.Items);
        tokens.Add(table.Add(word.Items[..length]));
        word.Clear();
    }
}
