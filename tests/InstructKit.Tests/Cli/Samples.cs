namespace InstructKit.Tests.Cli;

/// <summary>The shipped sample rows.</summary>
internal static class Samples
{
    public static string Path { get; } = System.IO.Path.Combine(CliRun.Home, "samples", "data");

    /// <summary>Copies the rows of a task.</summary>
    public static void Copy(string task, string target) => CopyFolder(System.IO.Path.Combine(Path, task), target, backwards: false);

    /// <summary>Copies the rows of all tasks, files and folders made in the other order of names.</summary>
    public static void CopyBackwards(string target) => CopyFolder(Path, target, backwards: true);

    private static void CopyFolder(string source, string target, bool backwards)
    {
        Directory.CreateDirectory(target);
        var entries = Directory.GetFileSystemEntries(source).Order(StringComparer.Ordinal);
        foreach (var entry in backwards ? entries.Reverse() : entries)
        {
            var copy = System.IO.Path.Combine(target, System.IO.Path.GetFileName(entry));
            if (Directory.Exists(entry)) CopyFolder(entry, copy, backwards);
            else File.Copy(entry, copy);
        }
    }
}
