namespace InstructKit.Authoring.Importing;

/// <summary>A file that an import makes.</summary>
/// <param name="Path">Path below the output folder, with <c>/</c>.</param>
/// <param name="Task">Key of the task that it belongs to.</param>
/// <param name="Templates">Templates in it; 0 for rows.</param>
/// <param name="Rows">Rows in it; 0 for a task file.</param>
/// <param name="Content">Makes the bytes; rows are not kept in memory until then.</param>
public sealed record ImportedFile(string Path, string Task, int Templates, long Rows, Func<byte[]> Content);
