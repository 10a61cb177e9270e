using System.Security.Cryptography;
using System.Text.Json;

namespace InstructKit.Tests.Cli;

/// <summary>Reads a build's output without the library.</summary>
internal static class BuiltFolder
{
    /// <summary>Every file below a folder with its SHA-256, in ordinal order.</summary>
    public static IReadOnlyList<string> Sums(string folder) =>
    [
        .. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(path => $"{Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)))}  {Path.GetRelativePath(folder, path).Replace('\\', '/')}"),
    ];

    /// <summary>The examples of an output split as the requested fields.</summary>
    public static IReadOnlyList<string[]> Examples(string folder, string split, params string[] fields)
    {
        List<string[]> rows = [];
        foreach (var path in Directory.GetFiles(Path.Combine(folder, "data"), $"{split}-0*.jsonl").Order(StringComparer.Ordinal))
        {
            foreach (var line in File.ReadLines(path))
            {
                using var json = JsonDocument.Parse(line);
                rows.Add([.. fields.Select(field => json.RootElement.GetProperty(field).ToString())]);
            }
        }

        return rows;
    }

    /// <summary>The tasks that have an example in an output split, in ordinal order.</summary>
    public static IReadOnlyList<string> Tasks(string folder, string split) =>
        [.. Examples(folder, split, "task").Select(row => row[0]).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
}
