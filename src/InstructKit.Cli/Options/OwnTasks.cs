namespace InstructKit.Cli.Options;

/// <summary>Tells names of tasks and clusters from paths of a user's own task files.</summary>
internal static class OwnTasks
{
    /// <summary>
    /// True for what looks like a path, and for a bare name that is a file or folder here; a folder that happens to be called like a shipped task or
    /// cluster must be written as a path (<c>./rte</c>).
    /// </summary>
    public static bool IsPath(string name)
    {
        if (name.AsSpan().ContainsAny('/', '\\') || name.EndsWith(".yaml", StringComparison.Ordinal) || name is "." or "..")
        {
            return true;
        }

        return (File.Exists(name) || Directory.Exists(name))
            && !Directory.Exists(Path.Combine(ShippedFiles.Catalogue, name))
            && Directory.GetFiles(ShippedFiles.Catalogue, $"{name}.yaml", SearchOption.AllDirectories).Length == 0;
    }
}
