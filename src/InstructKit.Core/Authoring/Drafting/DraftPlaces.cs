using InstructKit.Tasks;

namespace InstructKit.Authoring.Drafting;

/// <summary>How the task file names its data.</summary>
internal static class DraftPlaces
{
    /// <summary>Below the task file's folder: relative names. Elsewhere: names in the folder of the training file, which the user's data root must hold.</summary>
    public static (IReadOnlyDictionary<SliceKind, string> Names, bool IsBeside, string Root) Of(DraftRequest request)
    {
        var home = Path.GetFullPath(request.Folder);
        var isBeside = request.Files.Values.All(path => IsBelow(home, path));
        var data = isBeside ? home : Path.GetDirectoryName(Path.GetFullPath(request.Files[SliceKind.Train]))!; // the path of a file has a folder
        return (
            request.Files.ToDictionary(pair => pair.Key, pair => Path.GetRelativePath(data, Path.GetFullPath(pair.Value)).Replace('\\', '/')),
            isBeside,
            isBeside ? home : Path.GetDirectoryName(data) ?? data);
    }

    /// <summary>Name of the folder that holds the data, below the data root.</summary>
    public static string FolderOf(DraftRequest request) => Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(request.Files[SliceKind.Train]))!);

    private static bool IsBelow(string home, string path) => !Path.GetRelativePath(home, Path.GetFullPath(path)).StartsWith("..", StringComparison.Ordinal);
}
