using InstructKit.Sources.Files;

namespace InstructKit.Authoring.Importing;

/// <summary>Result of an import.</summary>
/// <param name="Files">The files, in the order of the source.</param>
/// <param name="Diagnostics">Omissions (errors) and remarks (warnings), in the order of the source.</param>
public sealed record ImportResult(IReadOnlyList<ImportedFile> Files, IReadOnlyList<Diagnostic> Diagnostics)
{
    /// <summary>Number of task files.</summary>
    public int Tasks => Files.Count(file => file.Templates > 0);

    /// <summary>Number of templates.</summary>
    public int Templates => Files.Sum(file => file.Templates);

    /// <summary>Number of rows.</summary>
    public long Rows => Files.Sum(file => file.Rows);

    /// <summary>Number of tasks, templates or rows that could not be imported; each is counted once, however many reasons it has.</summary>
    public required int LeftOutCount { get; init; }

    /// <summary>Why they could not be imported.</summary>
    public IEnumerable<Diagnostic> LeftOut => Diagnostics.Where(diagnostic => diagnostic.Severity == Severity.Error);

    /// <summary>Writes the files; they appear under their final names when all are complete.</summary>
    /// <param name="folder">Output folder; created if missing.</param>
    /// <param name="force">True to replace existing files.</param>
    /// <param name="cancel">Cancels between two files.</param>
    /// <exception cref="DiagnosticException">Files already exist (IK9009); nothing was written.</exception>
    /// <exception cref="DiagnosticException">A file cannot be written (IK4001).</exception>
    public void Write(string folder, bool force, CancellationToken cancel = default)
    {
        if (!force && Files.Select(file => PathOf(folder, file)).FirstOrDefault(File.Exists) is { } there)
        {
            throw new DiagnosticException(new Diagnostic(ImportCodes.FileExists, Severity.Error, $"'{there}' already exists; nothing was written.")
            { Hint = "Name another folder with --out, or replace files with --replace." });
        }

        using var batch = new FileBatch();
        foreach (var file in Files)
        {
            cancel.ThrowIfCancellationRequested();
            batch.Add(PathOf(folder, file), file.Content());
        }

        batch.Publish();
    }

    private static string PathOf(string folder, ImportedFile file) => Path.Combine([Path.GetFullPath(folder), .. file.Path.Split('/')]);
}

/// <summary>A file created by an import.</summary>
/// <param name="Path">Path below the output folder, with <c>/</c>.</param>
/// <param name="Task">Key of the task that it belongs to.</param>
/// <param name="Templates">Templates in it; 0 for rows.</param>
/// <param name="Rows">Rows in it; 0 for a task file.</param>
/// <param name="Content">Produces the bytes; rows are not held in memory.</param>
public sealed record ImportedFile(string Path, string Task, int Templates, long Rows, Func<byte[]> Content);
