using InstructKit.Sources;
using InstructKit.Sources.Files;
using InstructKit.Sources.Hub;

namespace InstructKit.Tasks;

/// <summary>The files of a task that were found on this machine.</summary>
public sealed record TaskData
{
    /// <summary>The layout that they are in.</summary>
    public required Layout Layout { get; init; }

    /// <summary>Folder in which they were found.</summary>
    public required string Folder { get; init; }

    /// <summary>Files by source split; splits without files are not there.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<SourcePart>> Splits { get; init; }

    /// <summary>The slices that apply: those of the data folder, else of the layout, else of the task.</summary>
    public required IReadOnlyDictionary<SliceKind, SplitSlice> Slices { get; init; }

    /// <summary>The dataset and commit whose files they are, when they lie in the hub's cache; else null.</summary>
    public HubSnapshot? Snapshot { get; init; }

    /// <summary>Roles that have files.</summary>
    public IEnumerable<SliceKind> Roles => Slices.Where(slice => Splits.ContainsKey(slice.Value.Split)).Select(slice => slice.Key).Order();
}

/// <summary>What makes two paths one file: where they lead after links; a member of an archive is one of the archive's.</summary>
internal static class FileIdentity
{
    /// <summary>The identity of a source file, comparable as text.</summary>
    public static string Of(string path)
    {
        var file = Archive.FileOf(path);
        return Resolved(Path.GetFullPath(file)) + path[file.Length..];
    }

    // Folders may be links as well as the file. What cannot be looked at counts as what it is called; reading it fails with the reason.
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
