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

    /// <summary>The options in sacrebleu's notation, without its version.</summary>
    /// <param name="references">Number of references; 0 if it varies.</param>
    public string Signature(int references)
    {
        var count = references == 0 ? "var" : references.ToString(CultureInfo.InvariantCulture);
        var (casing, effective, space) = (Lowercase ? "lc" : "mixed", EpsilonSmoothing ? "no" : "yes", Whitespace ? "yes" : "no");
        return string.Create(CultureInfo.InvariantCulture, $"nrefs:{count}|case:{casing}|eff:{effective}|nc:{CharacterOrder}|nw:{WordOrder}|space:{space}");
    }
}

/// <summary>chrF (Popović 2015) and chrF++ (Popović 2017) by the rules of sacrebleu 2 (mjpost/sacrebleu, <c>metrics/chrf.py</c>). Statistics of a row: for each
/// order the n-grams of the prediction, of the reference with the best F, and their matches; character orders first.</summary>
internal sealed class Chrf : SummedMetric
{
    private const double Epsilon = 1e-16;

    public required ChrfOptions Options { get; init; }

    private int Orders => Options.CharacterOrder + Options.WordOrder;

    public override string Signature(int references) => Options.Signature(references);

    /// <inheritdoc/>
    /// <remarks>A row without references counts as one with an empty reference.</remarks>
    public override void Measure(in MetricRow row, MetricWorkspace workspace, Span<double> statistics)
    {
        workspace.Tokens.Clear();
        var (characters, words) = (workspace.Left, workspace.LeftEnds);
        Split(row.Prediction, workspace, characters, words);

        Span<double> trial = stackalloc double[Width];
        Span<double> matches = stackalloc double[Math.Max(Options.CharacterOrder, Options.WordOrder)];
        var best = -1.0;
        foreach (var reference in row.References)
        {
            Split(reference.Span, workspace, workspace.Right, workspace.RightEnds);
            trial.Clear();
            Compare(workspace.Ngrams, characters.Items, workspace.Right.Items, matches[..Options.CharacterOrder], trial);
            Compare(workspace.Ngrams, words.Items, workspace.RightEnds.Items, matches[..Options.WordOrder], trial[(3 * Options.CharacterOrder)..]);
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
        var factor = (double)Options.Beta * Options.Beta;
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

        if (Options.EpsilonSmoothing) return 100 * smoothed / Orders;
        if (effective == 0 || precisions + recalls == 0) return 0;
        (precisions, recalls) = (precisions / effective, recalls / effective);
        return 100 * (1 + factor) * precisions * recalls / (factor * precisions + recalls);
    }

    private static void Compare(NgramTable ngrams, ReadOnlySpan<int> prediction, ReadOnlySpan<int> reference, Span<double> matches, Span<double> statistics)
    {
        if (matches.IsEmpty) return;
        ngrams.Clear();
        ngrams.AddReference(reference, matches.Length);
        matches.Clear();
        ngrams.Match(prediction, matches);
        for (var n = 0; n < matches.Length; n++)
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
        if (Options.Lowercase)
        {
            workspace.Text.Clear();
            PythonCharacters.AppendLower(text, workspace.Text);
            text = workspace.Text.Items;
        }

        var start = -1;
        for (var i = 0; i <= text.Length;)
        {
            var codePoint = -1;
            var length = i < text.Length ? PythonCharacters.Decode(text[i..], out codePoint) : 1;
            var space = codePoint < 0 || PythonCharacters.IsSpace(codePoint);
            if (codePoint >= 0 && (Options.Whitespace || !space)) characters.Add(codePoint);
            if (Options.WordOrder > 0)
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
