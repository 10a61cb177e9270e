using InstructKit.Sources;
using InstructKit.Tasks;

namespace InstructKit.Authoring.Drafting;

/// <summary>Input for drafting a task.</summary>
public sealed record DraftRequest
{
    /// <summary>Key of the task: letters, digits and <c>_</c>.</summary>
    public required string Key { get; init; }

    /// <summary>A file for each role; <see cref="SliceKind.Train"/> is required. Roles without a file become slices of the training file.</summary>
    public required IReadOnlyDictionary<SliceKind, string> Files { get; init; }

    /// <summary>The answer's column; null to guess it.</summary>
    public string? Answer { get; init; }

    /// <summary>Cluster of the task; null for its own cluster.</summary>
    public string? Cluster { get; init; }

    /// <summary>Folder of the task file; files below it are named relative to it.</summary>
    public required string Folder { get; init; }
}

/// <summary>A proposed task.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Yaml">Text of the task file.</param>
/// <param name="Columns">The columns found in the file, in order.</param>
/// <param name="Answer">Name of the column chosen as the answer, as spelt in the file.</param>
/// <param name="Dialects">For delimited files the dialects tried, the chosen one first; empty for other formats.</param>
/// <param name="IsBesideData">True when the data is below the task file's folder, so it is found without a data folder.</param>
/// <param name="DataRoot">The data folder to give otherwise.</param>
public sealed record TaskDraft(
    string Key, string Yaml, IReadOnlyList<ColumnProfile> Columns, string Answer, IReadOnlyList<DelimitedDialect> Dialects, bool IsBesideData, string DataRoot)
{
    /// <summary>Notes for its author: rows that do not fit, omitted columns, missing labels; one line each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>The kind of question the rows pose, which determines the wording of the proposed templates.</summary>
internal enum DraftShape
{
    /// <summary>A choice among a few labels, the same for every row.</summary>
    Labels,

    /// <summary>A choice among the row's own options.</summary>
    Choices,

    /// <summary>Free text.</summary>
    Text,

    /// <summary>None: the rows are conversations.</summary>
    Turns,
}

/// <summary>Codes of errors that prevent drafting a task.</summary>
public static class DraftCodes
{
    /// <summary>The sample file has no rows, or fewer than two columns.</summary>
    public const string TooLittle = "IK2701";

    /// <summary>The column given as the answer does not exist.</summary>
    public const string NoSuchColumn = "IK2702";

    /// <summary>The format cannot be determined from name and content.</summary>
    public const string UnknownFormat = "IK2703";

    /// <summary>No column can be the answer: only trees, unknown nested values or rejected answers, or none that looks like one.</summary>
    public const string NoAnswer = "IK2704";
}

/// <summary>The complete analysis, before the task file is written.</summary>
/// <param name="Request">The request.</param>
/// <param name="Spec">How the file is read.</param>
/// <param name="Roles">Roles of the columns.</param>
/// <param name="Shape">The kind of question.</param>
/// <param name="Rows">Rows of the training file.</param>
/// <param name="Dialects">The dialects tried.</param>
/// <param name="Notes">Notes for its author.</param>
internal sealed record DraftProposal(
    DraftRequest Request, SourceSpec Spec, IReadOnlyList<ColumnProfile> Columns, ColumnRoles Roles, DraftShape Shape, long Rows, IReadOnlyList<DelimitedDialect> Dialects, IReadOnlyList<string> Notes)
{
    /// <summary>Columns that the task has: the answer, the choices, the question's inputs and the columns of conditions.</summary>
    public IReadOnlyList<ColumnProfile> Used { get; } = UsedOf(Columns, Roles);

    private static List<ColumnProfile> UsedOf(IReadOnlyList<ColumnProfile> columns, ColumnRoles roles)
    {
        // By reference: a file may have ten thousand columns, and profiles compare by value.
        HashSet<ColumnProfile> used = new(ReferenceEqualityComparer.Instance) { roles.Answer };
        used.UnionWith(roles.Inputs);
        used.UnionWith(roles.Others);
        if (roles.Choices is { } choices) used.Add(choices);

        return [.. columns.Where(used.Contains)];
    }
}

/// <summary>A dialect for a delimited file, and the result of reading with it.</summary>
/// <param name="Name">Its name in messages, such as <c>tab, no quotes</c>.</param>
/// <param name="Spec">The layout's settings.</param>
/// <param name="Columns">Number of columns of the header.</param>
/// <param name="Rows">Rows read, including those with a fault.</param>
/// <param name="Faults">Rows among them that do not fit the header or whose quotes are broken.</param>
/// <param name="Lines">Lines of the file inside a quoted field of another row: text with line ends, or lines swallowed by a stray quote.</param>
public sealed record DelimitedDialect(string Name, SourceSpec Spec, int Columns, long Rows, long Faults, long Lines)
{
    /// <summary>Number of rows that this dialect loses or leaves with quotes that are not data.</summary>
    internal double Loss { get; init; }

    /// <summary>The loss as a share of the rows.</summary>
    internal double Share => Rows == 0 ? 1 : Loss / Rows;

    /// <summary>True when fields begin and end with single quotes, which this dialect treats as text.</summary>
    internal bool HasSingleQuotes { get; init; }

    /// <summary>Why no build could read the file to its end with it; null if it can.</summary>
    internal DiagnosticException? Failure { get; init; }

    /// <summary>Notes on unusual lines above the rows.</summary>
    internal IReadOnlyList<string> Notes { get; init; } = [];
}
