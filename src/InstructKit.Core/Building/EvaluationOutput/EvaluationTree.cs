using InstructKit.Building.Selection;

namespace InstructKit.Building.EvaluationOutput;

/// <summary>A tree of evaluation sets: one variant of one split. Dev sets, sets without options, baselines, few-shot and permuted sets are never
/// averaged with the test sets, so each has its own tree and groups.</summary>
/// <param name="Split">The output split.</param>
/// <param name="Variant">The variant, such as <c>no-options</c>; empty for the tasks' own.</param>
internal sealed record EvaluationTree(string Split, string Variant)
{
    /// <summary>Position of the correct option in all rows, from 1; 0 where options are in the tasks' order.</summary>
    public int GoldPlace { get; init; }

    /// <summary>The variant, including the position of the correct option.</summary>
    public string Way => GoldPlace == 0 ? Variant : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Variant}{(Variant.Length == 0 ? string.Empty : "-")}gold-at-{GoldPlace}");

    /// <summary>Name of the tree, and of its folder below that of the sets.</summary>
    public string Name => Way.Length == 0 ? Role : $"{Role}-{Way}";

    /// <summary>Prefix of names of sets and groups. Its hyphen distinguishes it from names of tasks, which have none.</summary>
    public string Prefix => Name == "test" ? "ik_" : $"ik-{Name}_";

    /// <summary>Name of the group of all its sets.</summary>
    public string Top => Split == OutputSplit.Test ? $"{Prefix}all" : $"{Prefix}held_out";

    private string Role => Split switch
    {
        OutputSplit.HeldOutValidation => "dev",
        OutputSplit.Test => "in-task",
        _ => "test",
    };
}
