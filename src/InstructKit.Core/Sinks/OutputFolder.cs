using InstructKit.Diagnostics;
using InstructKit.Sources.Files;

namespace InstructKit.Sinks;

/// <summary>The folder that a build writes: <c>data/</c>, <c>README.md</c> and <c>.instructkit/</c>, whose manifest comes last.</summary>
public sealed class OutputFolder
{
    /// <summary>Name of the manifest in <see cref="Records"/>; a folder without it is unfinished.</summary>
    public const string ManifestName = "manifest.json";

    private static readonly string[] Own = ["data", "eval", "README.md", ".instructkit"];

    private readonly bool _isNew;

    private OutputFolder(string root, bool isNew)
    {
        Root = root;
        _isNew = isNew;
    }

    /// <summary>The folder.</summary>
    public string Root { get; }

    /// <summary>Folder of manifest and reject file; the dot keeps dataset loaders from taking them for data.</summary>
    public string Records => Path.Combine(Root, ".instructkit");

    /// <summary>Makes the folder, or takes one that is empty.</summary>
    /// <param name="path">Where.</param>
    /// <param name="force">True to take one that holds an earlier build; what is not ours in it is still refused.</param>
    /// <exception cref="DiagnosticException">Not empty (IK4002) or not to be written (IK4003).</exception>
    public static OutputFolder Prepare(string path, bool force)
    {
        if (File.Exists(path)) throw Unwritable(path, "it is a file");

        try
        {
            var isNew = !Directory.Exists(path);
            Directory.CreateDirectory(path);
            var foreign = Directory.EnumerateFileSystemEntries(path).Where(entry => !IsLeftover(entry)).Select(Path.GetFileName).Order(StringComparer.Ordinal).ToList();
            if (foreign.Count > 0 && !force) throw NotEmpty(path, foreign[0]!, "Name another folder with --out, or use --force to replace an earlier build.");

            if (foreign.Find(name => Array.IndexOf(Own, name) < 0) is { } other)
                throw NotEmpty(path, other, "It is not from a build, so it is left alone; name another folder with --out.");

            var folder = new OutputFolder(path, isNew);
            Directory.CreateDirectory(Path.Combine(path, "data"));
            Directory.CreateDirectory(folder.Records);
            folder.SweepLeftovers();
            return folder;
        }
        catch (Exception exception) when (SinkError.IsRefusal(exception))
        {
            throw Unwritable(path, exception.Message, exception);
        }
    }

    /// <summary>Takes away the empty folders that a build made and did not come to use, so that it can be tried again.</summary>
    public void Abandon()
    {
        foreach (var path in (ReadOnlySpan<string>)[Path.Combine(Root, "data"), Records, .. _isNew ? (ReadOnlySpan<string>)[Root] : []])
        {
            try
            {
                if (Directory.Exists(path) && !Directory.EnumerateFileSystemEntries(path).Any()) Directory.Delete(path);
            }
            catch (Exception exception) when (SinkError.IsRefusal(exception))
            {
                // What ended the build is told; an empty folder more is no news beside it.
                return;
            }
        }
    }

    /// <summary>Removes what an earlier build left: its manifest first, so that a folder is never whole and half replaced.</summary>
    /// <exception cref="DiagnosticException">Something cannot be removed (IK4001).</exception>
    public void RemoveEarlier()
    {
        try
        {
            Remove();
        }
        catch (Exception exception) when (SinkError.IsRefusal(exception))
        {
            throw new DiagnosticException(
                new Diagnostic(SinkCodes.WriteFailed, Severity.Error, $"The earlier build in '{Root}' cannot be removed: {exception.Message.TrimEnd('.')}.")
                {
                    Hint = "Remove it yourself, or name another folder with --out.",
                },
                exception);
        }
    }

    private void Remove()
    {
        File.Delete(Path.Combine(Records, ManifestName));
        foreach (var path in Directory.GetFiles(Records).Concat(Directory.GetFiles(Path.Combine(Root, "data"))).Where(path => !IsTemporary(path)))
            File.Delete(path);

        if (Directory.Exists(Path.Combine(Root, "eval"))) Directory.Delete(Path.Combine(Root, "eval"), recursive: true);
    }

    // Temporary files of a run that was killed; no live run has them, for two runs do not share a folder.
    private void SweepLeftovers()
    {
        foreach (var path in Directory.GetFiles(Path.Combine(Root, "data")).Concat(Directory.GetFiles(Records)).Concat(Directory.GetFiles(Root)).Where(IsTemporary))
            File.Delete(path);
    }

    private static bool IsTemporary(string path) => Path.GetFileName(path) is var name && name.StartsWith('.') && name.EndsWith(".tmp", StringComparison.Ordinal);

    // Of a killed run: temporary files, and our folders with nothing else in them.
    private static bool IsLeftover(string path) => IsTemporary(path)
        || (Path.GetFileName(path) is "data" or ".instructkit" && Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).All(IsTemporary));

    private static DiagnosticException Unwritable(string path, string why, Exception? inner = null) =>
        new(new Diagnostic(SinkCodes.FolderUnwritable, Severity.Error, $"The output folder '{path}' cannot be written: {why}") { Hint = "Name another one with --out." }, inner);

    private static DiagnosticException NotEmpty(string path, string what, string hint) =>
        new(new Diagnostic(SinkCodes.FolderNotEmpty, Severity.Error, $"The output folder '{path}' is not empty: it holds '{what}'.") { Hint = hint });
}
