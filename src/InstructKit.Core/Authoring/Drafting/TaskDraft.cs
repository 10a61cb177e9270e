namespace InstructKit.Authoring.Drafting;

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
