namespace InstructKit.Evaluation.Metrics;

/// <summary>Exact match and F1 of one answer, each 0–1.</summary>
internal readonly record struct AnswerScore(double ExactMatch, double F1);

/// <summary>How the answer metrics differ from each other.</summary>
internal sealed record AnswerRules
{
    public AnswerNormalizer Normalizer { get; init; } = AnswerNormalizer.Squad;

    /// <summary>F1 of two empty answers is 1 (SQuAD 2.0, CoQA) instead of 0 (SQuAD 1.1, TriviaQA, T5).</summary>
    public bool EmptyMatchesEmpty { get; init; }

    /// <summary>Omits gold answers that normalise to nothing, as the SQuAD 2.0 script does; if none are left, the gold is empty.</summary>
    public bool DropsEmptyGolds { get; init; }

    /// <summary>An answer, normalised, that means "no answer" and counts as empty; null for none.</summary>
    public string? NoAnswer { get; init; }

    /// <summary>With several golds, averages over leaving out one gold at a time, so that a prediction is compared to as many answers as a human's (official
    /// CoQA). Otherwise the best gold counts.</summary>
    public bool LeavesOneOut { get; init; }

    /// <summary>Official SQuAD 1.1 and T5's metric of the same name.</summary>
    public static AnswerRules Squad { get; } = new();

    /// <summary>TriviaQA, also used for Natural Questions and QuAC in FLAN.</summary>
    public static AnswerRules TriviaQa { get; } = new() { Normalizer = AnswerNormalizer.TriviaQa };

    /// <summary>Official SQuAD 2.0; FLAN's targets say "unanswerable" where the script expects no text.</summary>
    public static AnswerRules SquadV2 { get; } = new() { EmptyMatchesEmpty = true, DropsEmptyGolds = true, NoAnswer = "unanswerable" };

    /// <summary>CoQA in T5.</summary>
    public static AnswerRules Coqa { get; } = new() { EmptyMatchesEmpty = true };

    public static AnswerRules CoqaOfficial { get; } = new() { EmptyMatchesEmpty = true, LeavesOneOut = true };
}

/// <summary>Exact match and token F1 of answers after normalisation. Statistics of a row: exact match, F1, 1.</summary>
/// <param name="takesFirstOfGroup">True when a group is one question asked several times with different golds, and its first row is scored (T5's ReCoRD).</param>
internal sealed class AnswerMatch(string name, AnswerRules rules, bool takesFirstOfGroup = false) : MeanMetric(name, "em", "f1")
{
    public override bool CombinesGroups => takesFirstOfGroup;

    public override void Measure(in MetricRow row, MetricWorkspace workspace, Span<double> statistics)
    {
        var score = Score(row.Prediction, row.References, workspace);
        (statistics[0], statistics[1], statistics[2]) = (score.ExactMatch, score.F1, 1);
    }

    public override void Combine(ReadOnlySpan<double> rows, Span<double> unit)
    {
        if (takesFirstOfGroup) rows[..Math.Min(Width, rows.Length)].CopyTo(unit);
        else base.Combine(rows, unit);
    }

    /// <summary>Scores one prediction; no gold answers count as one empty answer.</summary>
    public AnswerScore Score(ReadOnlySpan<byte> prediction, ReadOnlySpan<ReadOnlyMemory<byte>> golds, MetricWorkspace workspace)
    {
        workspace.Tokens.Clear();
        Normalize(prediction, workspace.Kept, workspace.MoreText);
        workspace.Left.Clear();
        workspace.Tokens.AddWords(workspace.Kept.Items, workspace.Left);

        Span<double> exact = golds.Length < 64 ? stackalloc double[64] : new double[golds.Length];
        Span<double> f1 = golds.Length < 64 ? stackalloc double[64] : new double[golds.Length];
        var count = 0;
        foreach (var gold in golds)
        {
            Normalize(gold.Span, workspace.Text, workspace.MoreText);
            if (rules.DropsEmptyGolds && workspace.Text.Count == 0) continue;
            (exact[count], f1[count++]) = Compare(workspace);
        }

        if (count == 0)
        {
            workspace.Text.Clear();
            (exact[count], f1[count++]) = Compare(workspace);
        }

        return new AnswerScore(Best(exact[..count]), Best(f1[..count]));
    }

    // Leaving out a gold changes the maximum only if no other gold reaches it; then the second best counts.
    private double Best(Span<double> scores)
    {
        scores.Sort();
        return rules.LeavesOneOut && scores.Length > 1 ? (((scores.Length - 1) * scores[^1]) + scores[^2]) / scores.Length : scores[^1];
    }

    private void Normalize(ReadOnlySpan<byte> text, GrowableBuffer<byte> output, GrowableBuffer<byte> spare)
    {
        rules.Normalizer.Normalize(text, output, spare);
        if (rules.NoAnswer is { } none && Ascii.Equals(output.Items, none)) output.Clear();
    }

    /// <summary>Compares the normalised prediction to one normalised gold.</summary>
    private (double ExactMatch, double F1) Compare(MetricWorkspace workspace)
    {
        workspace.Right.Clear();
        workspace.Tokens.AddWords(workspace.Text.Items, workspace.Right);
        var f1 = workspace.Left.Count == 0 || workspace.Right.Count == 0
            ? rules.EmptyMatchesEmpty && workspace.Left.Count == workspace.Right.Count ? 1 : 0
            : F1(workspace);
        return (workspace.Kept.Items.SequenceEqual(workspace.Text.Items) ? 1 : 0, f1);
    }

    /// <summary>F1 of two bags of tokens.</summary>
    private static double F1(MetricWorkspace workspace)
    {
        workspace.Counts.Clear();
        var counts = workspace.Counts.Resize(workspace.Tokens.Count);
        foreach (var token in workspace.Left.Items) counts[token]++;
        var common = 0;
        foreach (var token in workspace.Right.Items)
        {
            if (counts[token] == 0) continue;
            counts[token]--;
            common++;
        }

        if (common == 0) return 0;
        var precision = (double)common / workspace.Left.Count;
        var recall = (double)common / workspace.Right.Count;
        return 2 * precision * recall / (precision + recall);
    }
}
