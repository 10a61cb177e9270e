using InstructKit.Sources.Files;

namespace InstructKit.Tasks;

/// <summary>What makes two paths one file: where they lead after links; a member of an archive is one of the archive's.</summary>
internal static class FileIdentity
{
    /// <summary>The identity of a source file, comparable as text.</summary>
    /// <param name="path">Its path.</param>
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
