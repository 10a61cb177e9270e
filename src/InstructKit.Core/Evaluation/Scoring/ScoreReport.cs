using InstructKit.Evaluation.Metrics;

namespace InstructKit.Evaluation.Scoring;

/// <summary>The report of a run.</summary>
internal sealed record ScoreReport
{
    public required MetricProfile Profile { get; init; }

    public required ScoreRequest Request { get; init; }

    /// <summary>The variants, the tasks' own first.</summary>
    public required IReadOnlyList<VariantReport> Variants { get; init; }

    /// <summary>Tasks whose rows were asked with the correct option in every position.</summary>
    public IReadOnlyList<OrderReport> Orders { get; init; } = [];

    /// <summary>Rows that a run should have answered, and those that it answered.</summary>
    public required Coverage Coverage { get; init; }

    /// <summary>Trees of sets without answers.</summary>
    public required IReadOnlyList<string> Unanswered { get; init; }

    public IEnumerable<TaskReport> Tasks => Variants.SelectMany(variant => variant.Tasks);
}

/// <summary>A task's results with its options in several orders.</summary>
/// <param name="Variant">The variant, ignoring the order; empty for the tasks' own.</param>
/// <param name="Places">The mean over templates with the correct option in each position, and that position from 1.</param>
/// <param name="Rows">Rows (counted per template) that were answered in all orders.</param>
/// <param name="Consistency">Share of them with the same option chosen in every order.</param>
/// <param name="AlwaysRight">Share of them answered correctly in every order.</param>
internal sealed record OrderReport(string Task, string Variant, IReadOnlyList<(int Place, Interval Mean)> Places, long Rows, double Consistency, double AlwaysRight)
{
    /// <summary>The mean of the best position minus that of the worst.</summary>
    public double Spread => Places.Max(place => place.Mean.Value) - Places.Min(place => place.Mean.Value);
}

/// <summary>Coverage of the answers.</summary>
/// <param name="Rows">Rows of the sets that were scored.</param>
/// <param name="Answered">Rows with a prediction.</param>
/// <param name="Failed">Rows with a failed request.</param>
/// <param name="Foreign">Predictions for rows in no set.</param>
/// <param name="Excluded">Rows excluded by the list of ids.</param>
internal sealed record Coverage(long Rows, long Answered, long Failed, long Foreign, long Excluded);

/// <summary>One variant: the tasks' own, or one such as <c>no-options</c>.</summary>
internal sealed record VariantReport
{
    /// <summary>Its name; empty for the tasks' own.</summary>
    public required string Name { get; init; }

    public required IReadOnlyList<TaskReport> Tasks { get; init; }

    /// <summary>Means over the tasks of each cluster.</summary>
    public required IReadOnlyList<MeanReport> Clusters { get; init; }

    /// <summary>Mean of the clusters; null if no task has a bounded score.</summary>
    public MeanReport? OfClusters { get; init; }

    public MeanReport? OfTasks { get; init; }

    /// <summary>Tasks excluded from means because their score has no upper bound, such as a distance.</summary>
    public required IReadOnlyList<string> Unbounded { get; init; }
}

/// <summary>A mean of tasks or clusters.</summary>
/// <param name="Count">Number of members.</param>
/// <param name="Mean">Of the means over templates.</param>
/// <param name="BestDev">Of the test scores of the best dev templates; null if a member has no dev rows.</param>
internal sealed record MeanReport(string Name, int Count, Interval Mean, Interval? BestDev)
{
    /// <summary>The other run minus this one, with its p-value; null without another run.</summary>
    public PairedComparison? Difference { get; init; }
}

/// <summary>A task in one variant.</summary>
internal sealed record TaskReport
{
    public required string Task { get; init; }

    public required string Cluster { get; init; }

    public required string Variant { get; init; }

    /// <summary>Whether options were ranked, or texts evaluated.</summary>
    public required bool IsRanked { get; init; }

    /// <summary>Rows (per template), and resampling units.</summary>
    public required long Rows { get; init; }

    public required int Units { get; init; }

    /// <summary>Maximum number of samples of a row.</summary>
    public required int Samples { get; init; }

    /// <summary>The figures; summaries use the first.</summary>
    public required IReadOnlyList<FigureReport> Figures { get; init; }

    /// <summary>Data other than metric figures, by template.</summary>
    public required IReadOnlyList<TemplateReport> Templates { get; init; }

    /// <summary>Share of answers not in the format.</summary>
    public required double Invalid { get; init; }

    /// <summary>Score of always giving the most frequent answer, and of a random option; null without options. On the scale of the figures.</summary>
    public double? MajorityBaseline { get; init; }

    public double? RandomBaseline { get; init; }

    /// <summary>Share of rows with the same answer for all templates; null for one template.</summary>
    public double? Consistency { get; init; }

    /// <summary>Probability that two random templates answer a row differently.</summary>
    public double? Sensitivity { get; init; }

    /// <summary>How often each position of the options is chosen and correct.</summary>
    public required IReadOnlyList<ChoiceCount> Positions { get; init; }

    /// <summary>The same for labels of fixed options.</summary>
    public required IReadOnlyList<ChoiceCount> Labels { get; init; }

    /// <summary>pass@k and majority@k, as fractions; empty for one sample.</summary>
    public required IReadOnlyList<SampleReport> AtK { get; init; }

    /// <summary>The other run, compared; null without one.</summary>
    public ComparisonReport? Comparison { get; init; }

    /// <summary>The figure of summaries.</summary>
    public FigureReport Primary => Figures[0];
}

/// <summary>A figure of a task.</summary>
internal sealed record FigureReport
{
    public required string Name { get; init; }

    /// <summary>Signature of the metric.</summary>
    public required string Signature { get; init; }

    /// <summary>A perfect score; infinite if there is none.</summary>
    public required double Perfect { get; init; }

    public required bool HigherIsBetter { get; init; }

    /// <summary>Of each template, in the order of <see cref="TaskReport.Templates"/>.</summary>
    public required IReadOnlyList<Interval> Templates { get; init; }

    /// <summary>Dev scores in the same order; NaN if a template has no dev rows.</summary>
    public required IReadOnlyList<double> Dev { get; init; }

    public required Interval Mean { get; init; }

    /// <summary>Divided by n, and by n − 1.</summary>
    public required double Deviation { get; init; }

    public required double SampleDeviation { get; init; }

    public required double Min { get; init; }

    public required double Max { get; init; }

    /// <summary>Test score of the template with the best dev score; null without dev rows.</summary>
    public Interval? BestDev { get; init; }

    public string? BestDevTemplate { get; init; }
}

/// <summary>A template of a task.</summary>
/// <param name="Template">Its id.</param>
/// <param name="Rows">Rows answered.</param>
/// <param name="Expected">Rows expected.</param>
/// <param name="Invalid">Share of answers not in the format.</param>
internal sealed record TemplateReport(string Template, long Rows, long Expected, double Invalid);

/// <summary>How often a position or a label is chosen and correct, over all templates.</summary>
/// <param name="Name">Position from 1, or label.</param>
/// <param name="Chosen">Share of answers that choose it.</param>
/// <param name="Gold">Share of rows in which it is correct.</param>
/// <param name="Recall">Share of correct answers among the rows in which it is correct; NaN if there are none.</param>
internal sealed record ChoiceCount(string Name, double Chosen, double Gold, double Recall);

/// <summary>Figures over several samples, averaged over rows and templates.</summary>
/// <param name="K">Number of samples.</param>
/// <param name="Pass">Probability that one of k samples is correct.</param>
/// <param name="Majority">Share of rows whose most frequent answer among the first k samples is correct.</param>
internal sealed record SampleReport(int K, double Pass, double Majority);

/// <summary>The other run minus this one.</summary>
/// <param name="Mean">Of the means over templates.</param>
/// <param name="BestDev">Of the test scores of the best dev templates; null without dev rows.</param>
/// <param name="Templates">McNemar's test of each template.</param>
internal sealed record ComparisonReport(PairedComparison Mean, PairedComparison? BestDev, IReadOnlyList<(string Template, McNemar Test)> Templates);
