using System.Text.RegularExpressions;
using Xunit;

namespace InstructKit.Tests.Layering;

/// <summary>The folders are the architecture: inside Core a folder uses only folders to its left, each package is known to one folder.</summary>
public sealed partial class LayeringTests
{
    private static readonly string[] Order =
    [
        "Rows", "Sources", "Tasks", "Prompts", "Protocol", "Lengths", "Sinks", "Building", "Linting", "Rendering", "Importing", "Fetching", "Drafting",
    ];

    private static readonly (string Package, string[] Places)[] Packages =
    [
        ("CsvHelper", ["InstructKit.Core/Sources"]),
        ("YamlDotNet", ["InstructKit.Core/Tasks", "InstructKit.Core/Building", "InstructKit.Core/Importing"]),
        ("Microsoft.ML", ["InstructKit.Core/Lengths"]),
        ("Serilog", ["InstructKit.Cli"]),
        ("Spectre.Console", ["InstructKit.Cli"]),
        ("System.CommandLine", ["InstructKit.Cli"]),
    ];

    [GeneratedRegex(@"^using (?:static )?(?<name>[A-Za-z.]+);", RegexOptions.Multiline)]
    private static partial Regex Using { get; }

    [Fact]
    public void A_folder_of_Core_uses_only_folders_to_its_left()
    {
        List<string> wrong = [];
        foreach (var (path, folder) in CoreFiles())
        {
            var own = Array.IndexOf(Order, folder);
            if (own < 0)
            {
                wrong.Add($"{path}: the folder {folder} has no place in the order");
                continue;
            }

            foreach (var name in Usings(path))
            {
                var other = Array.FindIndex(Order, one => name == $"InstructKit.{one}" || name.StartsWith($"InstructKit.{one}.", StringComparison.Ordinal));
                if (other > own) wrong.Add($"{path}: {folder} must not use {name}");
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void Each_package_is_known_to_its_own_folder_alone()
    {
        var source = RepositoryRoot.At("src");
        List<string> wrong = [];
        foreach (var path in SourceFiles(source))
        {
            var relative = Path.GetRelativePath(source, path).Replace('\\', '/');
            foreach (var name in Usings(path))
            {
                foreach (var (package, places) in Packages)
                {
                    if ((name == package || name.StartsWith(package + ".", StringComparison.Ordinal)) && !places.Any(place => relative.StartsWith(place + "/", StringComparison.Ordinal)))
                        wrong.Add($"{relative}: uses {name}");
                }
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void The_engine_and_Parquet_know_nothing_of_datasets()
    {
        foreach (var assembly in new[] { typeof(InstructKit.Templating.Template).Assembly, typeof(InstructKit.Building.TaskRegistry).Assembly })
        {
            var references = assembly.GetReferencedAssemblies().Select(one => one.Name!).Where(name => name.StartsWith("InstructKit", StringComparison.Ordinal));
            Assert.DoesNotContain("instructkit", references);
            if (assembly.GetName().Name == "InstructKit.Templating") Assert.Empty(references);
        }
    }

    [Fact]
    public void No_chance_clock_or_culture_in_the_library()
    {
        // What would make the bytes depend on something else than inputs, plan, seed and version.
        string[] banned = ["new Random(", "Random.Shared", "DateTime.Now", "DateTime.UtcNow", "DateTimeOffset.Now", "DateTimeOffset.UtcNow", "Console."];
        var hits =
            from path in SourceFiles(RepositoryRoot.At("src"))
            where !path.Contains("InstructKit.Cli", StringComparison.Ordinal)
            from line in File.ReadLines(path)
            from word in banned
            where line.Contains(word, StringComparison.Ordinal) && !line.TrimStart().StartsWith("//", StringComparison.Ordinal)
            select $"{path}: {line.Trim()}";
        Assert.Empty(hits);
    }

    private static IEnumerable<(string Path, string Folder)> CoreFiles()
    {
        var core = RepositoryRoot.At("src", "InstructKit.Core");
        return SourceFiles(core).Select(path => (path, Path.GetRelativePath(core, path).Replace('\\', '/').Split('/'))).Where(pair => pair.Item2.Length > 1).Select(pair => (pair.path, pair.Item2[0]));
    }

    private static IEnumerable<string> SourceFiles(string folder) =>
        Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Replace('\\', '/').Contains("/obj/", StringComparison.Ordinal) && !path.Replace('\\', '/').Contains("/bin/", StringComparison.Ordinal));

    private static IEnumerable<string> Usings(string path) => Using.Matches(File.ReadAllText(path)).Select(match => match.Groups["name"].Value);
}
