using InstructKit.Sources;

namespace InstructKit.Building;

/// <summary>The files that a split was read from: how many, how large, and one hash of them.</summary>
/// <param name="Split">The source split.</param>
/// <param name="Files">Names below the task's folder, at most <see cref="MaxNames"/> of them.</param>
/// <param name="Count">Number of files.</param>
/// <param name="Bytes">Their size in bytes, as stored.</param>
/// <param name="Sha256">SHA-256 of the file, or for several files of the lines <c>hash name</c> in reading order; lower-case hex.</param>
public sealed record InputFiles(string Split, IReadOnlyList<string> Files, int Count, long Bytes, string Sha256)
{
    /// <summary>Most names that are kept; a corpus of a file per row would fill the manifest.</summary>
    public const int MaxNames = 16;

    /// <summary>Measures the files of a split.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static InputFiles Measure(string split, string folder, IReadOnlyList<SourcePart> parts)
    {
        // A member of an archive counts as its archive: that is the file whose bytes a user can compare.
        List<string> paths = [.. parts.SelectMany(part => part.Files).Select(file => ArchivePath(file.Path)).Distinct(StringComparer.Ordinal)];
        var lines = new System.Text.StringBuilder();
        var names = new List<string>();
        long bytes = 0;
        var last = string.Empty;
        foreach (var path in paths)
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20, FileOptions.SequentialScan);
            bytes += stream.Length;
            last = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(stream));
            var name = Path.GetRelativePath(folder, path).Replace('\\', '/');
            lines.Append(last).Append(' ').Append(name).Append('\n');
            if (names.Count < MaxNames)
            {
                names.Add(name);
            }
        }

        var hash = paths.Count == 1 ? last : Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(lines.ToString())));
        return new InputFiles(split, names, paths.Count, bytes, hash);
    }

    private static string ArchivePath(string path)
    {
        if (File.Exists(path))
        {
            return path;
        }

        var mark = path.IndexOf('!', StringComparison.Ordinal);
        return mark < 0 ? path : path[..mark];
    }
}
