using System.Collections.Concurrent;
using System.IO.Enumeration;

namespace InstructKit.Sources.Files;

/// <summary>Finds files by pattern: <c>*</c> and <c>?</c> within a name, across folders. Always the same files in the same order.</summary>
internal static class FileGlob
{
    /// <summary>Expands a pattern below a folder, archive members included.</summary>
    public static IReadOnlyList<SourceFile> Expand(FolderView view, string folder, string glob, SourceLimits limits)
    {
        glob = glob.Replace('\\', '/');
        List<SourceFile> found = [];
        if (!Archive.TrySplit(glob, out var outer, out var members) || view.HasFile(Path.Combine(folder, glob)))
        {
            ExpandFiles(view, folder, glob, found);
        }
        else
        {
            List<SourceFile> archives = [];
            ExpandFiles(view, folder, outer, archives);
            foreach (var archive in archives) ExpandMembers(archive, members, limits, found);
        }

        // A pattern with several ** can reach the same file in several ways.
        return found.Count < 2 ? found : [.. found.Distinct().OrderBy(file => file.Name, StringComparer.Ordinal)];
    }

    /// <summary>Rejects files that a pattern matched twice, or together with a compressed copy: their rows would count twice.</summary>
    /// <param name="files">The files, in reading order.</param>
    /// <param name="globs">The patterns that found them; names without wildcards may be given twice.</param>
    /// <exception cref="DiagnosticException">Two files are the same (IK3023).</exception>
    public static void RefuseDoubled(IReadOnlyList<SourceFile> files, IReadOnlyList<string> globs)
    {
        if (files.Count < 2 || !globs.Any(HasWildcard)) return;

        var patterns = string.Join(", ", globs.Select(glob => $"'{VisibleText.Of(glob)}'"));
        Dictionary<string, SourceFile> seen = new(StringComparer.Ordinal);
        foreach (var file in files)
        {
            if (seen.TryAdd(Unpacked(file.Path), file)) continue;

            var other = seen[Unpacked(file.Path)];
            var (message, hint) = other.Path == file.Path
                ? ($"The patterns {patterns} match '{VisibleText.Of(file.Path)}' twice.", "Change one of them in `files:`; its rows would be read twice.")
                : ($"{patterns} matches both '{VisibleText.Of(other.Path)}' and '{VisibleText.Of(file.Path)}'.", "One is the other in compressed form: take one of them away, or name one in `files:`.");
            throw new DiagnosticException(new Diagnostic(SourceCodes.DoubledFile, Severity.Error, message) { Hint = hint });
        }
    }

    /// <summary>A path without the extension of a supported compression.</summary>
    public static string Unpacked(string path) =>
        path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path.EndsWith(".zst", StringComparison.OrdinalIgnoreCase) ? path[..^4] : path;

    /// <summary>True when a whole name matches a pattern of <c>*</c> and <c>?</c>.</summary>
    // Most names of a folder begin with another letter.
    public static bool Matches(ReadOnlySpan<char> name, ReadOnlySpan<char> pattern) =>
        (pattern is [] or ['*' or '?', ..] || (!name.IsEmpty && name[0] == pattern[0])) && FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false);

    /// <summary>True when a path with <c>/</c> matches a pattern; files left behind by editors match no wildcard.</summary>
    public static bool MatchesPath(string path, string pattern) =>
        HasWildcard(pattern) ? path.Split('/') is var names && PathMatches(names, pattern.Split('/')) && !names.Any(IsDropping) : path == pattern;

    /// <summary>What editors and archivers leave behind; never data, unless it is named without a wildcard.</summary>
    public static bool IsDropping(string name) =>
        name is ".DS_Store" or "__MACOSX" or "Thumbs.db"
        || name.StartsWith("._", StringComparison.Ordinal)
        || name.EndsWith('~')
        || (name.StartsWith('.') && (name.EndsWith(".swp", StringComparison.Ordinal) || name.EndsWith(".swo", StringComparison.Ordinal)));

    private static bool HasWildcard(string pattern) => pattern.AsSpan().ContainsAny('*', '?');

    private static void ExpandFiles(FolderView view, string folder, string glob, List<SourceFile> found)
    {
        if (HasWildcard(glob))
        {
            var root = glob.StartsWith('/') ? "/" : string.Empty;
            Walk(view, root.Length > 0 ? root : folder, root, glob.Split('/', StringSplitOptions.RemoveEmptyEntries), found);
        }
        else if (view.HasFile(Path.Combine(folder, glob)))
        {
            found.Add(new SourceFile(Path.Combine(folder, glob), glob));
        }
    }

    private static void ExpandMembers(SourceFile archive, string pattern, SourceLimits limits, List<SourceFile> found)
    {
        using var content = Archive.Open(archive.Path, archive.Name, limits, new UnpackedBudget(limits), new HashSet<string>());
        foreach (var member in content.Members)
        {
            if (MatchesPath(member, pattern)) found.Add(new SourceFile($"{archive.Path}!{member}", $"{archive.Name}!{member}"));
        }
    }

    private static bool PathMatches(ReadOnlySpan<string> names, ReadOnlySpan<string> segments)
    {
        if (segments.IsEmpty) return names.IsEmpty;

        if (segments[0] != "**") return !names.IsEmpty && Matches(names[0], segments[0]) && PathMatches(names[1..], segments[1..]);

        if (segments.Length == 1) return !names.IsEmpty;

        for (var i = 0; i < names.Length; i++)
        {
            if (PathMatches(names[i..], segments[1..])) return true;
        }

        return false;
    }

    private static void Walk(FolderView view, string folder, string prefix, ReadOnlySpan<string> segments, List<SourceFile> found)
    {
        var segment = segments[0];
        var isLast = segments.Length == 1;
        if (segment == "**")
        {
            if (isLast) found.AddRange(view.FilesIn(folder).Select(name => new SourceFile(Path.Combine(folder, name), prefix + name)));
            else Walk(view, folder, prefix, segments[1..], found);

            // Links to folders are not followed here: they can lead in circles.
            foreach (var sub in view.RealFoldersIn(folder)) Walk(view, Path.Combine(folder, sub), prefix + sub + "/", segments, found);
        }
        else if (isLast)
        {
            foreach (var name in view.FilesIn(folder))
            {
                if (Matches(name, segment)) found.Add(new SourceFile(Path.Combine(folder, name), prefix + name));
            }
        }
        else if (HasWildcard(segment))
        {
            foreach (var sub in view.FoldersIn(folder))
            {
                if (Matches(sub, segment)) Walk(view, Path.Combine(folder, sub), prefix + sub + "/", segments[1..], found);
            }
        }
        else if (view.HasFolder(Path.Combine(folder, segment)))
        {
            Walk(view, Path.Combine(folder, segment), prefix + segment + "/", segments[1..], found);
        }
    }
}

/// <summary>Caches files and folders as first seen: the same few folders are searched with hundreds of patterns. Paths are compared as written; what
/// they refer to is left to the system.</summary>
internal sealed class FolderView
{
    private const int MaxLinks = 40;

    private readonly ConcurrentDictionary<string, string> _real = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _files = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _folders = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string[]> _filesIn = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string[]> _foldersIn = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string[]> _realFoldersIn = new(StringComparer.Ordinal);

    public bool HasFile(string path) => _files.GetOrAdd(path, File.Exists);

    /// <summary>The path of a file or folder after resolving all links.</summary>
    public string RealPath(string path) => RealPath(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)), MaxLinks);

    private string RealPath(string path, int links)
    {
        if (Path.GetDirectoryName(path) is not { } folder) return path;

        if (_real.TryGetValue(path, out var known)) return known;

        var real = Path.Combine(RealPath(folder, links), Path.GetFileName(path));
        if (links > 0 && new FileInfo(real).LinkTarget is { } target)
            real = RealPath(Path.GetFullPath(Path.Combine(Path.GetDirectoryName(real)!, target)), links - 1);

        return _real[path] = real;
    }

    public bool HasFolder(string path) => _folders.GetOrAdd(path, Directory.Exists);

    /// <summary>Names of the files of a folder, unordered, without files that editors leave; none when the folder does not exist.</summary>
    public IReadOnlyList<string> FilesIn(string folder) => _filesIn.GetOrAdd(folder, path => Names(path, Directory.EnumerateFiles));

    /// <summary>Names of the folders in a folder, under the same conditions.</summary>
    public IReadOnlyList<string> FoldersIn(string folder) => _foldersIn.GetOrAdd(folder, path => Names(path, Directory.EnumerateDirectories));

    /// <summary>Names of the folders in a folder that are not links.</summary>
    public IReadOnlyList<string> RealFoldersIn(string folder) =>
        _realFoldersIn.GetOrAdd(folder, path => [.. FoldersIn(path).Where(name => new DirectoryInfo(Path.Combine(path, name)).LinkTarget is null)]);

    private string[] Names(string folder, Func<string, IEnumerable<string>> list) =>
        HasFolder(folder) ? [.. list(folder).Select(path => Path.GetFileName(path)).Where(name => !FileGlob.IsDropping(name))] : [];
}
