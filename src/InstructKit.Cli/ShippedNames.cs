namespace InstructKit.Cli;

/// <summary>Names of the shipped clusters and tasks, from the names of their files; cheap enough for completion.</summary>
internal static class ShippedNames
{
    /// <summary>Tasks in ordinal order.</summary>
    public static IReadOnlyList<string> Tasks { get => field ??= Sorted(Folders.SelectMany(folder => Directory.GetFiles(folder, "*.yaml")).Select(Path.GetFileNameWithoutExtension)); }

    /// <summary>Clusters and tasks, each in ordinal order.</summary>
    public static IReadOnlyList<string> All => [.. Sorted(Folders.Select(Path.GetFileName)), .. Tasks];

    private static IEnumerable<string> Folders => Directory.Exists(ShippedFiles.TaskRegistry)
        ? Directory.GetDirectories(ShippedFiles.TaskRegistry).Where(folder => Path.GetFileName(folder) != "splits")
        : [];

    private static List<string> Sorted(IEnumerable<string?> names) => [.. names.OfType<string>().Order(StringComparer.Ordinal)];
}
