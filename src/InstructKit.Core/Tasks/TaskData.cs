using InstructKit.Sources;
using InstructKit.Sources.Files;
using InstructKit.Sources.Hub;

namespace InstructKit.Tasks;

/// <summary>The files of a task found on this machine.</summary>
public sealed record TaskData
{
    /// <summary>Their layout.</summary>
    public required Layout Layout { get; init; }

    /// <summary>Their folder.</summary>
    public required string Folder { get; init; }

    /// <summary>Files by source split; splits without files are missing.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<SourcePart>> Splits { get; init; }

    /// <summary>The slices that apply: those of the data folder, otherwise of the layout, otherwise of the task.</summary>
    public required IReadOnlyDictionary<SliceKind, SplitSlice> Slices { get; init; }

    /// <summary>Their dataset and commit, if they are in the hub's cache; otherwise null.</summary>
    public HubSnapshot? Snapshot { get; init; }

    /// <summary>Roles that have files.</summary>
    public IEnumerable<SliceKind> Roles => Slices.Where(slice => Splits.ContainsKey(slice.Value.Split)).Select(slice => slice.Key).Order();
}

/// <summary>Determines whether two paths are the same file, after resolving links; a member of an archive is identified by its archive.</summary>
internal static class FileIdentity
{
    /// <summary>The identity of a source file, comparable as text.</summary>
    public static string Of(string path)
    {
        var file = Archive.FileOf(path);
        return Resolved(Path.GetFullPath(file)) + path[file.Length..];
    }

    // Folders may be links as well as the file. An inaccessible path is identified by its name; reading it fails with the reason.
    private static string Resolved(string path)
    {
        try
        {
            var folder = Path.GetDirectoryName(path);
            if (folder is null) return path;

            var inFolder = Path.Combine(Resolved(folder), Path.GetFileName(path));
            return new FileInfo(inFolder) is { LinkTarget: not null } link && link.ResolveLinkTarget(returnFinalTarget: true) is { } target ? Resolved(target.FullName) : inFolder;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return path;
        }
    }
}
