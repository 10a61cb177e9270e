using InstructKit.Sources;
using InstructKit.Sources.Files;
using InstructKit.Sources.Formats;
using InstructKit.Tasks;

namespace InstructKit.Authoring.Drafting;

/// <summary>How the task file names its data.</summary>
internal static class DraftPlaces
{
    /// <summary>Below the task file's folder: relative names. Elsewhere: names in the folder of the training file, which must be in the user's data root.</summary>
    public static (IReadOnlyDictionary<SliceKind, string> Names, bool IsBeside, string Root) Of(DraftRequest request)
    {
        var home = Path.GetFullPath(request.Folder);
        var isBeside = request.Files.Values.All(path => IsBelow(home, path));
        var data = isBeside ? home : Path.GetDirectoryName(Path.GetFullPath(request.Files[SliceKind.Train]))!; // a file's path has a folder
        return (
            request.Files.ToDictionary(
                pair => pair.Key,
                pair => Path.GetRelativePath(data, Path.GetFullPath(pair.Value)).Replace('\\', '/') + (PatternOf(pair.Value) is { } pattern ? $"/{pattern}" : string.Empty)),
            isBeside,
            isBeside ? home : Path.GetDirectoryName(data) ?? data);
    }

    /// <summary>The files of a path: the file, or those of the most common format below the folder.</summary>
    /// <exception cref="DiagnosticException">There are none.</exception>
    public static IReadOnlyList<SourceFile> FilesOf(string path)
    {
        if (Archive(path) is { } archive) return RowReaders.Expand(Path.GetDirectoryName(Path.GetFullPath(archive))!, Path.GetFileName(archive) + path[archive.Length..]);

        if (Directory.Exists(path)) return RowReaders.Expand(Path.GetFullPath(path), PatternOf(path)!);

        return File.Exists(path) ? [new SourceFile(path, path.Replace('\\', '/'))] : throw new DiagnosticException(new Diagnostic(SourceCodes.FileMissing, Severity.Error, $"There is no file '{path}'."));
    }

    /// <summary>The archive of <c>archive.zip!pattern</c>; null for the path of a file or a folder.</summary>
    public static string? Archive(string path) => !File.Exists(path) && path.IndexOf('!', StringComparison.Ordinal) is > 0 and var mark && File.Exists(path[..mark]) ? path[..mark] : null;

    // The pattern of a folder's data files; null for a file.
    private static string? PatternOf(string path)
    {
        if (!Directory.Exists(path)) return null;

        var endings = Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Select(EndingOf).Where(ending => ending is not null);
        var ending = endings.GroupBy(one => one).OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal).FirstOrDefault()?.Key
            ?? throw new DiagnosticException(new Diagnostic(SourceCodes.FileMissing, Severity.Error, $"The folder '{path}' has no data files.") { Hint = "Data files end in .parquet, .jsonl, .json, .csv or .tsv, also with .gz or .zst." });
        return $"**/*{ending}";
    }

    private static string? EndingOf(string file)
    {
        var name = Path.GetFileName(file).ToLowerInvariant();
        var bare = FileGlob.Unpacked(name);
        var ending = Path.GetExtension(bare);
        return ending is ".parquet" or ".jsonl" or ".ndjson" or ".json" or ".csv" or ".tsv" or ".tab" ? ending + name[bare.Length..] : null;
    }

    /// <summary>Name of the data's folder below the data root.</summary>
    public static string FolderOf(DraftRequest request) => Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(request.Files[SliceKind.Train]))!);

    private static bool IsBelow(string home, string path) => !Path.GetRelativePath(home, Path.GetFullPath(path)).StartsWith("..", StringComparison.Ordinal);
}
