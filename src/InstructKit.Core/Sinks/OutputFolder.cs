using InstructKit.Sources.Files;

namespace InstructKit.Sinks;

/// <summary>The output folder of a build: <c>data/</c>, <c>README.md</c> and <c>.instructkit/</c>. One process builds in it at a time. Everything is staged
/// inside <c>.instructkit</c> and replaces an earlier build when all of it is on disk; other files stay.</summary>
public sealed class OutputFolder : IDisposable
{
    /// <summary>Name of the manifest in <see cref="Records"/>; a folder without it is unfinished.</summary>
    public const string ManifestName = "manifest.json";

    private readonly string _full;
    private readonly bool _isNew;
    private readonly FolderLock _lock;
    private readonly PublishJournal _journal;
    private bool _isPublished;

    private OutputFolder(string root, bool isNew, FolderLock held)
    {
        Root = root;
        _full = Path.GetFullPath(root);
        _isNew = isNew;
        _lock = held;
        _journal = new PublishJournal(_full, Path.Combine(_full, OutputNames.Records), root);
    }

    /// <summary>The folder, as given.</summary>
    public string Root { get; }

    /// <summary>Folder of manifest and reject file; the dot keeps dataset loaders from taking them for data.</summary>
    public string Records => Path.Combine(Root, OutputNames.Records);

    /// <summary>Where files wait until all are on the disk, laid out as in <see cref="Root"/>.</summary>
    internal string Staging => _journal.Staging;

    /// <summary>Creates the folder, or takes an empty one, and locks it until <see cref="Dispose"/>. Leftovers of a killed build are cleaned up first.</summary>
    /// <param name="path">The folder's path.</param>
    /// <param name="force">True to take one with an earlier build; foreign files in it are still rejected.</param>
    /// <exception cref="DiagnosticException">Not empty (IK4002), not writable (IK4003), or another process is building in it (IK4006).</exception>
    public static OutputFolder Prepare(string path, bool force)
    {
        if (File.Exists(path)) throw Unwritable(path, File.ResolveLinkTarget(path, returnFinalTarget: true) is { Exists: false } ? "it is a link whose target does not exist" : "it is a file");

        OutputFolder? folder = null;
        try
        {
            var full = Path.GetFullPath(path);
            var isNew = !Directory.Exists(full);
            // Before anything is written: a folder that belongs to something else is left unchanged.
            if (!isNew) RequireOwn(path, full, force);

            folder = new OutputFolder(path, isNew, FolderLock.Take(Path.Combine(full, OutputNames.Records), path));
            folder.Begin(force);
            return folder;
        }
        catch (Exception exception) when (SinkError.IsRefusal(exception))
        {
            folder?.Dispose();
            throw Unwritable(path, exception.Message, exception);
        }
        catch
        {
            folder?.Dispose();
            throw;
        }
    }

    /// <summary>Content of the earlier build's manifest; null without one.</summary>
    /// <exception cref="DiagnosticException">It cannot be read (IK4003).</exception>
    internal byte[]? ReadManifest()
    {
        try
        {
            var path = Path.Combine(_full, OutputNames.Records, ManifestName);
            return File.Exists(path) ? File.ReadAllBytes(path) : null;
        }
        catch (Exception exception) when (SinkError.IsRefusal(exception))
        {
            throw Unwritable(Root, exception.Message, exception);
        }
    }

    /// <summary>The staging folder of a folder below this one, created if needed.</summary>
    /// <param name="below">The folder, with <c>/</c>.</param>
    /// <exception cref="DiagnosticException">The write failed (IK4001).</exception>
    internal string StagingOf(string below)
    {
        var folder = Path.Combine(Staging, below);
        SinkError.Guard(folder, () => Durable.MakeFolder(folder));
        return folder;
    }

    /// <summary>Stages a small file.</summary>
    /// <param name="path">Its path below the folder, with <c>/</c>.</param>
    /// <exception cref="DiagnosticException">The write failed (IK4001).</exception>
    internal void Stage(string path, ReadOnlySpan<byte> content)
    {
        var below = Path.GetDirectoryName(path) ?? string.Empty;
        OutputFile.Stage(Path.Combine(Staging, below), Path.Combine(Root, below), Path.GetFileName(path), content);
    }

    /// <summary>Replaces an earlier build, if any, with the staged files. After an exception the earlier build is intact; if the disk
    /// prevents that, too, the next build restores it first.</summary>
    /// <param name="earlier">Files of the earlier build by its manifest, relative; null without a readable manifest: then names decide.</param>
    /// <param name="staged">Files of the new build, relative.</param>
    /// <exception cref="DiagnosticException">The write failed (IK4001), or a foreign file has the name of a new one (IK4002).</exception>
    internal void Publish(IEnumerable<string>? earlier, IEnumerable<string> staged)
    {
        List<string> old = [.. (earlier ?? OwnByName()).Where(OutputNames.IsOwn).Distinct(StringComparer.Ordinal).Where(path => File.Exists(Path.Combine(_full, path)))];
        List<string> files = [.. staged];
        if (files.Find(path => Path.Exists(Path.Combine(_full, path)) && !old.Contains(path)) is { } other)
            throw NotEmpty(Root, other, "It is not from the earlier build, so it is left alone; move it away, or name another folder with --out.");

        // A half-replaced folder never looks complete: its manifest is removed first and added last.
        _journal.Publish([.. old.OrderBy(path => path != OutputNames.Manifest)], [.. files.OrderBy(path => path == OutputNames.Manifest)]);
        _isPublished = true;
    }

    /// <summary>Removes staged files and unused empty folders of a build, and releases the folder.</summary>
    public void Dispose()
    {
        // The build's result does not depend on this; the next one removes any leftovers.
        if (!_journal.Exists)
        {
            Try(() => Durable.Delete(_journal.Staging));
            Try(() => Durable.Delete(_journal.Replaced));
        }

        Try(() => RemoveEmpty(Path.Combine(_full, OutputNames.Data)));
        Try(() => RemoveEmptyBelow(Path.Combine(_full, OutputNames.Evaluation)));
        Try(() => RemoveEmpty(Path.Combine(_full, OutputNames.Snippets)));
        Try(() => RemoveEmpty(Path.Combine(_full, OutputNames.Megatron)));
        Try(() => RemoveEmptyBelow(Path.Combine(_full, OutputNames.Also)));
        // Files that a killed process published in a new folder may still be replaced without --force.
        Try(() => _lock.Release(keepsMark: _lock.WasFresh && !_isPublished && File.Exists(Path.Combine(_full, OutputNames.Records, ManifestName))));
        Try(() => RemoveEmpty(Path.Combine(_full, OutputNames.Records)));
        if (_isNew) Try(() => RemoveEmpty(_full));
    }

    private static void Try(Action clean)
    {
        try
        {
            clean();
        }
        catch (Exception exception) when (SinkError.IsRefusal(exception))
        {
            return;
        }
    }

    // Not recursive: fails if another process has created something there meanwhile.
    private static void RemoveEmpty(string path)
    {
        if (!Directory.Exists(path) || Directory.EnumerateFileSystemEntries(path).Any()) return;

        Durable.Before(DiskStep.Delete, path);
        Directory.Delete(path);
    }

    // Our folders of sets are at most three deep.
    private static void RemoveEmptyBelow(string path, int depth = 3)
    {
        if (!Directory.Exists(path)) return;

        foreach (var folder in depth > 0 ? new DirectoryInfo(path).GetDirectories().Where(below => below.LinkTarget is null) : []) RemoveEmptyBelow(folder.FullName, depth - 1);
        RemoveEmpty(path);
    }

    private static void RequireOwn(string path, string full, bool force)
    {
        var occupants = Occupants(full);
        if (occupants.Find(name => !OutputNames.IsTop(name)) is not { } other) return;

        throw force
            ? NotEmpty(path, other, "It is not from a build, so it is left alone; name another folder with --out.")
            : NotEmpty(path, occupants[0], "Name another folder with --out, or use --force to replace an earlier build.");
    }

    private static List<string> Occupants(string full) =>
        [.. Directory.EnumerateFileSystemEntries(full).Where(entry => !OutputNames.IsTemporary(entry)).Select(entry => Path.GetFileName(entry)).Order(StringComparer.Ordinal)];

    private void Begin(bool force)
    {
        if (_journal.Exists) _journal.Recover();

        Durable.Delete(_journal.Staging);
        Durable.Delete(_journal.Replaced);
        foreach (var folder in (ReadOnlySpan<string>)[_full, Path.Combine(_full, OutputNames.Data), Path.Combine(_full, OutputNames.Records)])
        {
            if (!Directory.Exists(folder)) continue;
            foreach (var path in Directory.GetFiles(folder).Where(OutputNames.IsTemporary)) Durable.Delete(path);
        }

        var occupied = Occupants(_full).Find(name => !IsUnused(name));
        // A build killed just after publishing is not an earlier build: the same command may be repeated.
        var isFresh = occupied is null || _lock.WasFresh;
        if (!isFresh && !force) throw NotEmpty(Root, occupied!, "Name another folder with --out, or use --force to replace an earlier build.");

        _lock.Describe(isFresh);
        Durable.MakeFolder(Path.Combine(Staging, OutputNames.Data));
        Durable.MakeFolder(Path.Combine(Staging, OutputNames.Records));
    }

    // Our folders with only the lock in them.
    private bool IsUnused(string name) => name is OutputNames.Data or OutputNames.Records && Path.Combine(_full, name) is var path
        && Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).All(entry => name == OutputNames.Records && Path.GetFileName(entry) == FolderLock.Name);

    // For a build without a manifest: one that an older version of this tool did not finish.
    private IEnumerable<string> OwnByName()
    {
        string[] folders = [OutputNames.Data, OutputNames.Evaluation, OutputNames.Records];
        return folders.Select(folder => Path.Combine(_full, folder)).Where(Directory.Exists)
            .SelectMany(folder => Directory.GetFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = folder.EndsWith(OutputNames.Evaluation, StringComparison.Ordinal), AttributesToSkip = FileAttributes.ReparsePoint }))
            .Select(path => Path.GetRelativePath(_full, path).Replace(Path.DirectorySeparatorChar, '/'))
            .Append(OutputNames.Card);
    }

    private static DiagnosticException Unwritable(string path, string why, Exception? inner = null) =>
        new(new Diagnostic(SinkCodes.FolderUnwritable, Severity.Error, $"The output folder '{path}' cannot be written: {why}") { Hint = "Name another one with --out." }, inner);

    private static DiagnosticException NotEmpty(string path, string what, string hint) =>
        new(new Diagnostic(SinkCodes.FolderNotEmpty, Severity.Error, $"The output folder '{path}' is not empty: it holds '{what}'.") { Hint = hint });
}
