using System.Collections.Concurrent;

namespace InstructKit.Sources.Files;

/// <summary>
/// Files and folders as they were when they were first asked for: the same few folders are searched with hundreds of patterns. Paths are told apart as
/// they are written; what one of them means is left to the system.
/// </summary>
internal sealed class FolderView
{
    private readonly ConcurrentDictionary<string, bool> _files = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _folders = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string[]> _filesIn = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string[]> _foldersIn = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string[]> _realFoldersIn = new(StringComparer.Ordinal);

    /// <summary>True when there is such a file.</summary>
    public bool HasFile(string path) => _files.GetOrAdd(path, File.Exists);

    /// <summary>True when there is such a folder.</summary>
    public bool HasFolder(string path) => _folders.GetOrAdd(path, Directory.Exists);

    /// <summary>Names of the files of a folder, in no order, without what editors leave behind; none when there is no such folder.</summary>
    public IReadOnlyList<string> FilesIn(string folder) => _filesIn.GetOrAdd(folder, path => Names(path, Directory.EnumerateFiles));

    /// <summary>Names of the folders in a folder, likewise.</summary>
    public IReadOnlyList<string> FoldersIn(string folder) => _foldersIn.GetOrAdd(folder, path => Names(path, Directory.EnumerateDirectories));

    /// <summary>Names of the folders in a folder that are no links.</summary>
    public IReadOnlyList<string> RealFoldersIn(string folder) =>
        _realFoldersIn.GetOrAdd(folder, path => [.. FoldersIn(path).Where(name => new DirectoryInfo(Path.Combine(path, name)).LinkTarget is null)]);

    private string[] Names(string folder, Func<string, IEnumerable<string>> list) =>
        HasFolder(folder) ? [.. list(folder).Select(path => Path.GetFileName(path)).Where(name => !FileGlob.IsDropping(name))] : [];
}
