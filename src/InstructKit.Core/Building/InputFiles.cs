using System.Buffers;
using System.Security.Cryptography;
using InstructKit.Sources;
using InstructKit.Sources.Files;

namespace InstructKit.Building;

/// <summary>The files that a split was read from: number, size and a combined hash.</summary>
/// <param name="Split">The source split.</param>
/// <param name="Files">Names below the task's folder, at most <see cref="MaxNames"/> of them.</param>
/// <param name="Count">Number of files.</param>
/// <param name="Bytes">Their size in bytes, as stored.</param>
/// <param name="Sha256">SHA-256 of the file, or for several files of the lines <c>hash name</c> in reading order; lower-case hex.</param>
public sealed record InputFiles(string Split, IReadOnlyList<string> Files, int Count, long Bytes, string Sha256)
{
    /// <summary>Maximum number of names kept; a corpus with one file per row would fill the manifest.</summary>
    public const int MaxNames = 16;

    /// <summary>Measures the files of a split.</summary>
    /// <exception cref="Diagnostics.DiagnosticException">A file cannot be read (IK3001, IK3021).</exception>
    public static InputFiles Measure(string split, string folder, IReadOnlyList<SourcePart> parts)
    {
        // A member of an archive counts as its archive: that is the file a user can compare.
        List<string> paths = [.. parts.SelectMany(part => part.Files).Select(file => Archive.FileOf(file.Path)).Distinct(StringComparer.Ordinal)];
        var lines = new StringBuilder();
        var names = new List<string>();
        long bytes = 0;
        var last = string.Empty;
        foreach (var path in paths)
        {
            var name = Path.GetRelativePath(folder, path).Replace('\\', '/');
            (last, var length) = Hash(new SourceFile(path, name));
            bytes += length;
            lines.Append(last).Append(' ').Append(name).Append('\n');
            if (names.Count < MaxNames) names.Add(name);
        }

        var hash = paths.Count == 1 ? last : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(lines.ToString())));
        return new InputFiles(split, names, paths.Count, bytes, hash);
    }

    // A buffer no larger than the file: most data folders contain many small files.
    private static (string Sha256, long Length) Hash(SourceFile source)
    {
        using var file = new InputFile(source);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(file.Length, 1 << 12, 1 << 18));
        var length = 0L;
        while (file.Read(buffer) is var read and > 0)
        {
            hash.AppendData(buffer, 0, read);
            length += read;
        }

        ArrayPool<byte>.Shared.Return(buffer);
        return (Convert.ToHexStringLower(hash.GetHashAndReset()), length);
    }
}
