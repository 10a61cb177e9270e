using InstructKit.Sources.Files;

namespace InstructKit.Sinks;

/// <summary>Replaces the files of an earlier build with staged ones only by renames, recorded beforehand in <c>.instructkit/journal</c>. While the
/// journal exists, the earlier build is valid: every rename can be undone, and undoing can be interrupted and repeated. Removing the journal commits the
/// new build.</summary>
/// <param name="root">The output folder.</param>
/// <param name="records">Its folder of records.</param>
/// <param name="shown">The output folder, as shown in messages.</param>
internal sealed class PublishJournal(string root, string records, string shown)
{
    private const string Name = "journal";
    private const string Header = "instructkit journal 1";

    /// <summary>Where files of the new build are staged.</summary>
    public string Staging { get; } = Path.Combine(records, "staging");

    /// <summary>Where files of the earlier build are kept until the new one is committed.</summary>
    public string Replaced { get; } = Path.Combine(records, "replaced");

    /// <summary>True when an interrupted build left its journal.</summary>
    public bool Exists => File.Exists(JournalPath);

    private string JournalPath => Path.Combine(records, Name);

    /// <summary>Moves the files of the earlier build away and the staged ones in. After an exception the previous state is restored, as far as the disk allows.</summary>
    /// <param name="earlier">Files of the earlier build, relative and with <c>/</c>; its manifest first.</param>
    /// <param name="staged">Files of the new build; its manifest last.</param>
    /// <exception cref="Diagnostics.DiagnosticException">A file operation failed (IK4001).</exception>
    public void Publish(IReadOnlyList<string> earlier, IReadOnlyList<string> staged)
    {
        var text = new StringBuilder(Header).Append('\n');
        foreach (var path in earlier) text.Append("- ").Append(path).Append('\n');
        foreach (var path in staged) text.Append("+ ").Append(path).Append('\n');

        try
        {
            foreach (var path in earlier) MakeFolderOf(At(Replaced, path));
            foreach (var path in staged) MakeFolderOf(At(root, path));
            foreach (var folder in FoldersOf(Staging, staged)) SyncFolder(folder);

            OutputFile.Stage(records, records, Name, Encoding.UTF8.GetBytes(text.ToString()));
            SyncFolder(records);
            foreach (var path in earlier) Move(path, root, Replaced);
            foreach (var path in staged) Move(path, Staging, root);
            foreach (var folder in FoldersOf(root, [.. earlier, .. staged])) SyncFolder(folder);

            SinkError.Guard(JournalPath, () => Durable.Delete(JournalPath));
            SyncFolder(records);
        }
        catch
        {
            // If this also fails, the journal is still there for the next build.
            Restore(earlier, staged);
            throw;
        }
    }

    /// <summary>Undoes an interrupted publication.</summary>
    /// <exception cref="IOException">A file operation failed, or the journal is invalid.</exception>
    public void Recover()
    {
        var lines = File.ReadAllLines(JournalPath);
        if (lines is not [Header, .. var moves] || !moves.All(line => line is ['-' or '+', ' ', .. var path] && OutputNames.IsOwn(path)))
            throw new IOException($"its journal '{JournalPath}' is damaged");

        Undo([.. moves.Where(line => line[0] == '-').Select(line => line[2..])], [.. moves.Where(line => line[0] == '+').Select(line => line[2..])]);
    }

    // Only renames, back to the origins recorded in the journal, so this can be repeated any number of times.
    private void Undo(IReadOnlyList<string> earlier, IReadOnlyList<string> staged)
    {
        foreach (var path in staged.Reverse())
        {
            var (from, to) = (At(root, path), At(Staging, path));
            // A file that is still staged was not moved: the file with its final name is the earlier one.
            if (!Path.Exists(to) && Path.Exists(from)) Durable.Rename(from, to);
        }

        foreach (var path in earlier.Reverse())
        {
            if (At(Replaced, path) is var from && Path.Exists(from)) Durable.Rename(from, At(root, path));
        }

        foreach (var folder in FoldersOf(root, [.. earlier, .. staged])) Durable.SyncFolder(folder);

        Durable.Delete(JournalPath);
        Durable.SyncFolder(records);
    }

    private void Restore(IReadOnlyList<string> earlier, IReadOnlyList<string> staged)
    {
        try
        {
            Undo(earlier, staged);
        }
        catch (Exception exception) when (SinkError.IsRefusal(exception))
        {
            return;
        }
    }

    private void Move(string path, string from, string to) => SinkError.Guard(Path.Combine(shown, path), () => Durable.Rename(At(from, path), At(to, path)));

    private static void SyncFolder(string folder) => SinkError.Guard(folder, () => Durable.SyncFolder(folder));

    private static void MakeFolderOf(string path) => SinkError.Guard(path, () => Durable.MakeFolder(Path.GetDirectoryName(path)!)); // below the output folder

    private static IEnumerable<string> FoldersOf(string below, IReadOnlyList<string> paths) =>
        paths.Select(path => Path.GetDirectoryName(At(below, path))!).Distinct(StringComparer.Ordinal).Where(Directory.Exists); // each is below the output folder

    private static string At(string folder, string path) => Path.Combine(folder, path.Replace('/', Path.DirectorySeparatorChar));
}
