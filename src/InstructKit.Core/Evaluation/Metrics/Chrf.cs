namespace InstructKit.Evaluation.Metrics;

/// <summary>Options of chrF; the defaults are sacrebleu's, chrF++ has a word order of 2.</summary>
internal sealed record ChrfOptions
{
    /// <summary>Largest character n-gram.</summary>
    public int CharacterOrder { get; init; } = 6;

    /// <summary>Largest word n-gram; 0 for none.</summary>
    public int WordOrder { get; init; }

    /// <summary>Weight of recall.</summary>
    public int Beta { get; init; } = 2;

    public bool Lowercase { get; init; }

    /// <summary>Whether white space is part of character n-grams.</summary>
    public bool Whitespace { get; init; }

    /// <summary>Averages F over all orders with a tiny value for missing ones, as chrF++.py and NLTK do, instead of precision and recall over present
    /// ones.</summary>
    public bool EpsilonSmoothing { get; init; }
}

/// <summary>chrF (Popović 2015) and chrF++ (Popović 2017) by the rules of sacrebleu 2 (mjpost/sacrebleu, <c>metrics/chrf.py</c>). Statistics of a row: for each
/// order the n-grams of the prediction, of the reference with the best F, and their matches; character orders first.</summary>
internal sealed class Chrf(string name, ChrfOptions options) : SummedMetric(name, 3 * (options.CharacterOrder + options.WordOrder), "chrf")
{
    private const double Epsilon = 1e-16;

    private int Orders => options.CharacterOrder + options.WordOrder;

    public override string Signature(int references) => string.Create(
        CultureInfo.InvariantCulture,
        $"{CountOf(references)}|case:{(options.Lowercase ? "lc" : "mixed")}|eff:{YesNo(!options.EpsilonSmoothing)}|nc:{options.CharacterOrder}|nw:{options.WordOrder}|space:{YesNo(options.Whitespace)}");

    /// <inheritdoc/>
    /// <remarks>A row without references counts as one with an empty reference.</remarks>
    public override void Measure(in MetricRow row, MetricWorkspace workspace, Span<double> statistics)
    {
        workspace.Tokens.Clear();
        var (characters, words) = (workspace.Left, workspace.LeftEnds);
        Split(row.Prediction, workspace, characters, words);

        Span<double> trial = stackalloc double[Width];
        var best = -1.0;
        foreach (var reference in row.References)
        {
            Split(reference.Span, workspace, workspace.Right, workspace.RightEnds);
            trial.Clear();
            Compare(workspace.Ngrams, characters.Items, workspace.Right.Items, int.MaxValue, options.CharacterOrder, trial);
            Compare(workspace.Ngrams, words.Items, workspace.RightEnds.Items, workspace.Tokens.Count, options.WordOrder, trial[(3 * options.CharacterOrder)..]);
            var score = Score(trial);
            if (score <= best) continue;
            best = score;
            trial.CopyTo(statistics);
        }
    }

    public override void Conclude(ReadOnlySpan<double> sums, Span<double> figures) => figures[0] = Score(sums);

    /// <summary>The F score of summed statistics, 0–100.</summary>
    public double Score(ReadOnlySpan<double> sums)
    {
        var factor = (double)options.Beta * options.Beta;
        var (smoothed, precisions, recalls, effective) = (0.0, 0.0, 0.0, 0);
        for (var i = 0; i < Orders; i++)
        {
            var (predicted, expected, matched) = (sums[3 * i], sums[3 * i + 1], sums[3 * i + 2]);
            var precision = predicted > 0 ? matched / predicted : Epsilon;
            var recall = expected > 0 ? matched / expected : Epsilon;
            var denominator = factor * precision + recall;
            smoothed += denominator > 0 ? (1 + factor) * precision * recall / denominator : Epsilon;
            if (predicted == 0 || expected == 0) continue;
            precisions += precision;
            recalls += recall;
            effective++;
        }

        if (options.EpsilonSmoothing) return 100 * smoothed / Orders;
        if (effective == 0 || precisions + recalls == 0) return 0;
        (precisions, recalls) = (precisions / effective, recalls / effective);
        return 100 * (1 + factor) * precisions * recalls / (factor * precisions + recalls);
    }

    private static void Compare(NgramMatcher ngrams, ReadOnlySpan<int> prediction, ReadOnlySpan<int> reference, int tokenCount, int order, Span<double> statistics)
    {
        if (order == 0) return;
        Span<double> matches = stackalloc double[order];
        matches.Clear();
        ngrams.Match(prediction, reference, [reference.Length], tokenCount, matches);
        for (var n = 0; n < order; n++)
        {
            // An order that the reference is too short for does not count against the prediction.
            var expected = Math.Max(0, reference.Length - n);
            statistics[3 * n] = expected > 0 ? Math.Max(0, prediction.Length - n) : 0;
            statistics[3 * n + 1] = expected;
            statistics[3 * n + 2] = matches[n];
        }
    }

    /// <summary>Splits a text into code points and, for chrF++, into words with the punctuation at one end split off.</summary>
    private void Split(ReadOnlySpan<byte> text, MetricWorkspace workspace, GrowableBuffer<int> characters, GrowableBuffer<int> words)
    {
        characters.Clear();
        words.Clear();
        if (options.Lowercase) text = PythonCharacters.Lower(text, workspace.Text);
        var start = -1;
        for (var i = 0; i <= text.Length;)
        {
            var codePoint = -1;
            var length = i < text.Length ? PythonCharacters.Decode(text[i..], out codePoint) : 1;
            var space = codePoint < 0 || UnicodeClass.IsSpace(codePoint);
            if (codePoint >= 0 && (options.Whitespace || !space)) characters.Add(codePoint);
            if (options.WordOrder > 0)
            {
                if (!space && start < 0) start = i;
                else if (space && start >= 0)
                {
                    AddWord(text[start..i], workspace.Tokens, words);
                    start = -1;
                }
            }

            i += length;
        }
    }

    // '(hi)' becomes '(hi' and ')': only one end is looked at, the last character first.
    private static void AddWord(ReadOnlySpan<byte> word, TokenTable tokens, GrowableBuffer<int> words)
    {
        if (word.Length > 1 && PythonCharacters.IsAsciiPunctuation(word[^1]))
        {
            words.Add(tokens.Add(word[..^1]));
            words.Add(tokens.Add(word[^1..]));
        }
        else if (word.Length > 1 && PythonCharacters.IsAsciiPunctuation(word[0]))
        {
            words.Add(tokens.Add(word[..1]));
            words.Add(tokens.Add(word[1..]));
        }
        else
        {
            words.Add(tokens.Add(word));
        }
    }
}
