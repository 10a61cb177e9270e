using System.Buffers;

namespace InstructKit.Sources.Hub;

/// <summary>A file as the hub lists it.</summary>
/// <param name="Path">Path in the dataset, with <c>/</c>.</param>
/// <param name="Size">Size in bytes.</param>
internal sealed record HubFile(string Path, long Size, ContentHash Hash);

/// <summary>A dataset of the hub at one commit.</summary>
/// <param name="Id">Dataset, such as <c>aps/super_glue</c>.</param>
/// <param name="Revision">The branch, tag or commit that was requested.</param>
/// <param name="Commit">The commit it resolved to, 40 hexadecimal digits.</param>
public sealed record HubSnapshot(string Id, string Revision, string Commit);

/// <summary>The files of a dataset at a commit, as far as known.</summary>
/// <param name="Snapshot">The dataset and its commit.</param>
/// <param name="Files">Its files in ordinal order of their paths.</param>
internal sealed record HubTree(HubSnapshot Snapshot, IReadOnlyList<HubFile> Files);

/// <summary>Which names of datasets, revisions and files may be used in the file system. They come from task files and from servers.</summary>
internal static class HubNames
{
    private const int MaxId = 193;
    private const int MaxPath = 1024;
    private const int MaxSegment = 255;

    private static readonly SearchValues<char> Special = SearchValues.Create("\\:*?\"<>|");

    /// <summary>True for <c>name</c> or <c>owner/name</c> of letters, digits, <c>-</c>, <c>_</c> and <c>.</c>, as the hub allows them.</summary>
    public static bool IsId(string id) =>
        id.Length <= MaxId && id.Split('/') is { Length: 1 or 2 } parts && parts.All(IsIdPart)
        && !id.Contains("--", StringComparison.Ordinal) && !id.Contains("..", StringComparison.Ordinal);

    /// <summary>True for a path that stays inside its folder on every system: relative, <c>/</c> between names, no name made of dots, none with
    /// control characters or characters that are special to a file system.</summary>
    public static bool IsSafePath(string path) => Encoding.UTF8.GetByteCount(path) <= MaxPath && path.Split('/').All(IsSafeSegment);

    private static bool IsSafeSegment(string segment) =>
        segment.Length > 0 && Encoding.UTF8.GetByteCount(segment) <= MaxSegment
        && segment[^1] is not ('.' or ' ')
        && !segment.AsSpan().ContainsAny(Special)
        && !segment.Any(letter => char.IsControl(letter) || char.IsSurrogate(letter));

    private static bool IsIdPart(string part) =>
        part.Length is > 0 and <= 96 && part[0] is not ('.' or '-') && part[^1] is not ('.' or '-')
        && part.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.');
}
