namespace InstructKit.Building.Plans;

/// <summary>Distinguishes names of tasks and clusters from paths of a user's own task files.</summary>
internal static class OwnTaskPath
{
    /// <summary>True for what is written as a path, and for a bare name that is a YAML file.</summary>
    public static bool Is(string name) => name.AsSpan().ContainsAny('/', '\\') || name.EndsWith(".yaml", StringComparison.Ordinal) || name.EndsWith(".yml", StringComparison.Ordinal) || name is "." or "..";

    /// <summary>Keys of the tasks in a task file or below a folder, in ordinal order of their paths; none when there is nothing at the path.</summary>
    public static IReadOnlyList<string> KeysOf(string path)
    {
        string[] files = Directory.Exists(path) ? Directory.GetFiles(path, "*.yaml", SearchOption.AllDirectories) : [path];
        Array.Sort(files, StringComparer.Ordinal);
        return [.. files.Select(file => Path.GetFileNameWithoutExtension(file))];
    }
}
