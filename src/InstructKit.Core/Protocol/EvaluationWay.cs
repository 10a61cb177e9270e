namespace InstructKit.Protocol;

/// <summary>An evaluation variant of scored rows in addition to the plan's own; its evaluation sets are in separate trees.</summary>
public sealed record EvaluationWay
{
    private const string FewShotPrefix = "few-shot-";

    private EvaluationWay(string name, int exemplars = 0) => (Name, Exemplars) = (name, exemplars);

    /// <summary>Without exemplars.</summary>
    public static EvaluationWay ZeroShot { get; } = new("zero-shot");

    /// <summary>Without showing the options.</summary>
    public static EvaluationWay NoOptions { get; } = new("no-options");

    /// <summary>With the tasks' prompts without instructions.</summary>
    public static EvaluationWay Baseline { get; } = new("baseline");

    /// <summary>With the correct option in every position in turn.</summary>
    public static EvaluationWay OptionOrders { get; } = new("option-orders");

    /// <summary>Names for help; the last is followed by a number.</summary>
    public static IReadOnlyList<string> Names { get; } = [ZeroShot.Name, NoOptions.Name, Baseline.Name, OptionOrders.Name, "few-shot-5"];

    /// <summary>Its name in plans.</summary>
    public string Name { get; }

    /// <summary>Number of exemplars, of <c>few-shot-N</c>.</summary>
    public int Exemplars { get; }

    /// <summary>The variant with a name; null if there is none.</summary>
    public static EvaluationWay? Find(string name)
    {
        if (new[] { ZeroShot, NoOptions, Baseline, OptionOrders }.FirstOrDefault(way => way.Name == name) is { } known) return known;

        return name.StartsWith(FewShotPrefix, StringComparison.Ordinal)
            && int.TryParse(name.AsSpan(FewShotPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var exemplars) && exemplars is > 0 and <= FewShot.MaxExemplars
            ? new EvaluationWay(name, exemplars) : null;
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>How the rows of a slice are asked: how the input shows options, the number of exemplars, and which prompts.</summary>
/// <param name="Options">How options are shown.</param>
/// <param name="FewShot">How exemplars are prepended to queries.</param>
/// <param name="IsBaseline">True for prompts without instructions.</param>
/// <param name="HasOrders">True to ask a row once for each position of its correct option.</param>
internal sealed record Asking(OptionsDisplay Options, FewShot FewShot, bool IsBaseline = false, bool HasOrders = false)
{
    /// <summary>Name of the variant in names of trees; empty for the plainest.</summary>
    public string Variant => string.Join('-', new[]
    {
        IsBaseline ? "baseline" : string.Empty,
        Options.Shown switch { OptionsShown.Without => "no-options", OptionsShown.Mixed => "mixed-options", _ => string.Empty },
        FewShot.Exemplars > 0 ? string.Create(CultureInfo.InvariantCulture, $"few-shot-{(FewShot.UpTo ? "up-to-" : string.Empty)}{FewShot.Exemplars}") : string.Empty,
    }.Where(part => part.Length > 0));

    /// <summary>The same with one thing changed.</summary>
    public Asking In(EvaluationWay way) => way switch
    {
        _ when way == EvaluationWay.NoOptions => this with { Options = Options with { Shown = OptionsShown.Without } },
        _ when way == EvaluationWay.Baseline => this with { IsBaseline = true },
        _ when way == EvaluationWay.OptionOrders => this with { HasOrders = true },
        _ => this with { FewShot = FewShot with { Exemplars = way.Exemplars, UpTo = false, Part = SplitPart.All } },
    };
}
