using InstructKit.Sources;
using InstructKit.Tasks;

namespace InstructKit.Authoring.Drafting;

/// <summary>What a new task is made from.</summary>
public sealed record DraftRequest
{
    /// <summary>Key of the task: letters, digits and <c>_</c>.</summary>
    public required string Key { get; init; }

    /// <summary>A file for each role; <see cref="SliceKind.Train"/> has to be there. Roles without a file become slices of the training file.</summary>
    public required IReadOnlyDictionary<SliceKind, string> Files { get; init; }

    /// <summary>The column that holds the answer; null to guess it.</summary>
    public string? Answer { get; init; }

    /// <summary>Cluster of the task; null for one of its own.</summary>
    public string? Cluster { get; init; }

    /// <summary>Folder of the task file; files below it are named relative to it.</summary>
    public required string Folder { get; init; }
}

/// <summary>A proposed task.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Yaml">Text of the task file.</param>
/// <param name="Columns">What was found in the file, in its order.</param>
/// <param name="Answer">Name of the column that was taken for the answer, as the file spells it.</param>
/// <param name="Dialects">For delimited files the ways of reading that were tried, the chosen one first; empty for other formats.</param>
/// <param name="IsBesideData">True when the data lies below the task file's folder, so that it is found without naming a data folder.</param>
/// <param name="DataRoot">The data folder to name otherwise.</param>
public sealed record TaskDraft(
    string Key, string Yaml, IReadOnlyList<ColumnProfile> Columns, string Answer, IReadOnlyList<DelimitedDialect> Dialects, bool IsBesideData, string DataRoot)
{
    /// <summary>What its author should know: rows that do not fit, columns left out, labels that are missing; a line each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>What kind of question the rows put, which decides the wording of the proposed templates.</summary>
internal enum DraftShape
{
    /// <summary>One of few labels, the same ones for every row.</summary>
    Labels,

    /// <summary>One of the row's own options.</summary>
    Choices,

    /// <summary>Free text.</summary>
    Text,

    /// <summary>None: the rows are conversations.</summary>
    Turns,
}

/// <summary>Codes of what can keep a task from being drafted.</summary>
public static class DraftCodes
{
    /// <summary>The sample file has no rows, or fewer than two columns.</summary>
    public const string TooLittle = "IK2701";

    /// <summary>The column that was named as the answer is not there.</summary>
    public const string NoSuchColumn = "IK2702";

    /// <summary>The format cannot be told from name and content.</summary>
    public const string UnknownFormat = "IK2703";

    /// <summary>No column can be the answer: only trees, unknown nested values or rejected answers, or none that looks like one.</summary>
    public const string NoAnswer = "IK2704";
}

/// <summary>Everything that was found out, before it is written down.</summary>
/// <param name="Request">What was asked for.</param>
/// <param name="Spec">How the file is read.</param>
/// <param name="Roles">What they are for.</param>
/// <param name="Shape">What kind of question it is.</param>
/// <param name="Rows">Rows of the training file.</param>
/// <param name="Dialects">The ways of reading that were tried.</param>
/// <param name="Notes">What its author should know.</param>
internal sealed record DraftProposal(
    DraftRequest Request, SourceSpec Spec, IReadOnlyList<ColumnProfile> Columns, ColumnRoles Roles, DraftShape Shape, long Rows, IReadOnlyList<DelimitedDialect> Dialects, IReadOnlyList<string> Notes)
{
    /// <summary>Columns that the task has: the answer, the choices, what the question shows and what decides about rows.</summary>
    public IReadOnlyList<ColumnProfile> Used { get; } = UsedOf(Columns, Roles);

    private static List<ColumnProfile> UsedOf(IReadOnlyList<ColumnProfile> columns, ColumnRoles roles)
    {
        // By reference: a file may have ten thousand columns, and a profile is compared by all that it holds.
        HashSet<ColumnProfile> used = new(ReferenceEqualityComparer.Instance) { roles.Answer };
        used.UnionWith(roles.Inputs);
        used.UnionWith(roles.Others);
        if (roles.Choices is { } choices) used.Add(choices);

        return [.. columns.Where(used.Contains)];
    }
}

/// <summary>One way of reading a delimited file, and what comes of it.</summary>
/// <param name="Name">What it is called in messages, such as <c>tab, no quotes</c>.</param>
/// <param name="Spec">The words of the layout.</param>
/// <param name="Columns">Number of columns of the header.</param>
/// <param name="Rows">Rows read, those with a fault included.</param>
/// <param name="Faults">Rows among them that do not fit the header or whose quotes are broken.</param>
/// <param name="Lines">Lines of the file that are inside a quoted field of another row: text with line ends, or lines that a stray quote swallowed.</param>
public sealed record DelimitedDialect(string Name, SourceSpec Spec, int Columns, long Rows, long Faults, long Lines)
{
    /// <summary>Rows that this reading loses or leaves with marks that are not data, in rows.</summary>
    internal double Loss { get; init; }

    /// <summary>The loss as a share of the rows.</summary>
    internal double Share => Rows == 0 ? 1 : Loss / Rows;

    /// <summary>True when fields begin and end with single quotes, which this reading takes for text.</summary>
    internal bool HasSingleQuotes { get; init; }

    /// <summary>Why no build could read the file to its end in this way; null when one can.</summary>
    internal DiagnosticException? Failure { get; init; }

    /// <summary>What is unusual in the lines above the rows.</summary>
    internal IReadOnlyList<string> Notes { get; init; } = [];
}
