using System.Buffers;
using System.Text;

namespace InstructKit.Sources.Hub;

/// <summary>Which names of datasets, revisions and files are let near the file system. They come from task files and from servers.</summary>
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

    /// <summary>
    /// True for a path that stays inside the folder it is put below, on every system: relative, <c>/</c> between names, no name of dots, none with
    /// control characters or characters that mean something to a file system.
    /// </summary>
    public static bool IsSafePath(string path) =>
        Encoding.UTF8.GetByteCount(path) <= MaxPath
        && path.Split('/').All(IsSafeSegment);

    private static bool IsSafeSegment(string segment) =>
        segment.Length > 0 && Encoding.UTF8.GetByteCount(segment) <= MaxSegment
        && segment[^1] is not ('.' or ' ')
        && !segment.AsSpan().ContainsAny(Special)
        && !segment.Any(letter => char.IsControl(letter) || char.IsSurrogate(letter));

    private static bool IsIdPart(string part) =>
        part.Length is > 0 and <= 96 && part[0] is not ('.' or '-') && part[^1] is not ('.' or '-')
        && part.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.');
}
