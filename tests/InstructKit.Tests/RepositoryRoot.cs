using System.Runtime.CompilerServices;

namespace InstructKit.Tests;

/// <summary>Location of the repository; tests read its files but never write to it.</summary>
internal static class RepositoryRoot
{
    public static string Path { get; } = Find();

    public static string At(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    private static string Find([CallerFilePath] string self = "")
    {
        // A deterministic build rewrites caller paths, so the output folder is tried first.
        foreach (var start in new[] { AppContext.BaseDirectory, System.IO.Path.GetDirectoryName(self)! })
        {
            for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
            {
                if (File.Exists(System.IO.Path.Combine(folder.FullName, "InstructKit.sln"))) return folder.FullName;
            }
        }

        throw new InvalidOperationException("The repository was not found above the tests.");
    }
}
