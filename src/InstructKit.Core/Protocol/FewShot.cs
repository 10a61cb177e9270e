namespace InstructKit.Protocol;

/// <summary>How the exemplars of a row are sampled.</summary>
public enum ExemplarDraw
{
    /// <summary>At random (the FLAN paper).</summary>
    Random,

    /// <summary>At random, balanced over labels; like <see cref="Random"/> for tasks without options.</summary>
    Balanced,

    /// <summary>The same ones for all rows of a task.</summary>
    Fixed,
}

/// <summary>The text between exemplars.</summary>
public enum ExemplarStyle
{
    /// <summary>A line end between input and target, a blank line after each exemplar.</summary>
    Plain,

    /// <summary><c>0 … X 1 … X</c> and the marker of FLAN's released code, around queries without exemplars too.</summary>
    Flan,

    /// <summary>As specified by the query's template under <c>few_shot</c>, like Flan 2022's few-shot patterns; plain by default.</summary>
    Template,
}

/// <summary>The output splits that a setting is for.</summary>
public enum SplitPart
{
    /// <summary>All.</summary>
    All,

    /// <summary>Training and validation splits.</summary>
    Train,

    /// <summary>Those that are scored: held-out and test splits.</summary>
    Evaluation,
}

internal static class SplitParts
{
    extension(SplitPart part)
    {
        public bool Includes(bool scored) => part == SplitPart.All || (part == SplitPart.Evaluation) == scored;
    }
}

/// <summary>How a plan prepends exemplars to queries. FLAN: 1, 2, 3, 5, 10 or 16 of them, pruned to 960 tokens.</summary>
public sealed record FewShot
{
    /// <summary>Maximum number of exemplars.</summary>
    public const int MaxExemplars = 1000;

    /// <summary>Number of exemplars; 0 for none.</summary>
    public int Exemplars { get; init; }

    /// <summary>True to sample the number for each example, from 1 to <see cref="Exemplars"/>.</summary>
    public bool UpTo { get; init; }

    /// <summary>How they are sampled.</summary>
    public ExemplarDraw Draw { get; init; }

    /// <summary>True to render each with its own template, as FLAN does; false for the query's template.</summary>
    public bool OwnTemplates { get; init; } = true;

    /// <summary>The text between them.</summary>
    public ExemplarStyle Style { get; init; }

    /// <summary>Maximum length of a query and its exemplars, in tokens or words; null for no limit. FLAN: 1,024 minus 64 for the text between them.</summary>
    public long? Budget { get; init; } = 960;

    /// <summary>Percentage of the examples that get exemplars, sampled.</summary>
    public int Share { get; init; } = 100;

    /// <summary>Which examples get exemplars.</summary>
    public SplitPart Part { get; init; }

    /// <summary>True to drop examples for which no exemplar remains, as Flan 2022 does; false to keep them zero-shot, as FLAN does.</summary>
    public bool DropsEmpty { get; init; }

    /// <summary>True when prompts differ from inputs.</summary>
    public bool IsUsed => Exemplars > 0 || Style == ExemplarStyle.Flan;

    /// <summary>True for the examples of an output split.</summary>
    /// <param name="isEvaluated">True for a held-out or test split.</param>
    public bool AppliesTo(bool isEvaluated) => Part.Includes(isEvaluated);
}
