using System.Text.RegularExpressions;
using Xunit;

namespace InstructKit.Tests.Layering;

/// <summary>The folders are the architecture (<c>docs/architecture.md</c>): dependencies are acyclic at every level, and each package is used by one folder only.</summary>
public sealed partial class LayeringTests
{
    private static readonly string[] Projects =
    [
        "InstructKit.Primitives", "InstructKit.Templating", "InstructKit.Parquet", "InstructKit.Sources", "InstructKit.Core", "InstructKit.Cli",
    ];

    /// <summary>Inside Core a folder uses folders before it.</summary>
    private static readonly string[] Rooms =
    [
        "Yaml", "Tasks", "Templates", "Examples", "Answers", "Screening", "Protocol", "Lengths", "Formats", "Sinks", "Pipeline", "Rendering", "Feedback", "Building", "Fetching",
        "Evaluation", "Auditing", "Authoring",
    ];

    private static readonly (string Package, string[] Places)[] Packages =
    [
        ("CsvHelper", ["InstructKit.Sources/Delimited"]),
        ("YamlDotNet", ["InstructKit.Core/Yaml"]),
        ("ZstdSharp", ["InstructKit.Primitives/Compression"]),
        ("Microsoft.ML", ["InstructKit.Core/Lengths"]),
        ("Serilog", ["InstructKit.Cli"]),
        ("Spectre.Console", ["InstructKit.Cli"]),
        ("System.CommandLine", ["InstructKit.Cli"]),
    ];

    [GeneratedRegex(@"^using (?:static )?(?<name>[A-Za-z.]+);", RegexOptions.Multiline)]
    private static partial Regex Using { get; }

    [Fact]
    public void A_namespace_is_its_folder()
    {
        var wrong =
            from file in SourceTree.Of.Namespaces
            where file.Value.Length > 0 && file.Value != NamespaceOf(SourceTree.FolderOf(file.Key))
            select $"{file.Key}: {file.Value} should be {NamespaceOf(SourceTree.FolderOf(file.Key))}";
        Nothing(wrong);
    }

    [Fact]
    public void Every_type_is_found() => Nothing(SourceTree.Of.Unbound);

    [Fact]
    public void No_two_folders_use_each_other_directly_or_in_a_circle() => Nothing(Circles(SourceTree.Of.Arrows));

    [Fact]
    public void A_project_uses_projects_before_it()
    {
        var wrong =
            from arrow in Arrows()
            where Array.IndexOf(Projects, arrow.From.Split('/')[0]) < Array.IndexOf(Projects, arrow.To.Split('/')[0])
            select arrow.Example;
        Nothing(wrong);
        Assert.All(SourceTree.Of.Files, file => Assert.Contains(file.Split('/')[0], Projects));
    }

    [Fact]
    public void A_folder_of_Core_uses_folders_before_it()
    {
        var wrong =
            from arrow in Arrows()
            let own = Room(arrow.From)
            let other = Room(arrow.To)
            where own is not null && other is not null && Array.IndexOf(Rooms, own) < Array.IndexOf(Rooms, other)
            select arrow.Example;
        Nothing(wrong);
        Assert.All(SourceTree.Of.Files.Select(SourceTree.FolderOf).Where(folder => folder.StartsWith("InstructKit.Core", StringComparison.Ordinal)), folder => Assert.Contains(Room(folder), Rooms));
    }

    [Fact]
    public void A_root_is_only_above_or_only_below_its_folders()
    {
        var roots = Projects.Where(project => SourceTree.Of.Arrows.ContainsKey(project));
        foreach (var root in roots)
        {
            var down = SourceTree.Of.Arrows[root].Where(arrow => arrow.Key.StartsWith(root + "/", StringComparison.Ordinal)).Select(arrow => arrow.Value).FirstOrDefault();
            var up = Arrows().Where(arrow => arrow.To == root && arrow.From.StartsWith(root + "/", StringComparison.Ordinal)).Select(arrow => arrow.Example).FirstOrDefault();
            Assert.True(down is null || up is null, $"{root} is both above ({down}) and below ({up}) its folders.");
        }
    }

    [Fact]
    public void Each_package_is_known_to_its_own_folder_alone()
    {
        List<string> wrong = [];
        foreach (var file in SourceTree.Of.Files)
        {
            foreach (var name in Usings(RepositoryRoot.At("src", file)))
            {
                foreach (var (package, places) in Packages)
                {
                    var known = name == package || name.StartsWith(package + ".", StringComparison.Ordinal);
                    if (known && !places.Any(place => file.StartsWith(place + "/", StringComparison.Ordinal))) wrong.Add($"{file}: uses {name}");
                }
            }
        }

        Nothing(wrong);
    }

    [Fact]
    public void No_chance_clock_or_culture_in_the_library()
    {
        // APIs that would make the bytes depend on anything other than inputs, plan, seed and version.
        string[] banned = ["new Random(", "Random.Shared", "DateTime.Now", "DateTime.UtcNow", "DateTimeOffset.Now", "DateTimeOffset.UtcNow", "Console."];
        var hits =
            from file in SourceTree.Of.Files
            where !file.StartsWith("InstructKit.Cli/", StringComparison.Ordinal)
            from line in File.ReadLines(RepositoryRoot.At("src", file))
            from word in banned
            where line.Contains(word, StringComparison.Ordinal) && !line.TrimStart().StartsWith("//", StringComparison.Ordinal)
            select $"{file}: {line.Trim()}";
        Nothing(hits);
    }

    [Fact]
    public void A_circle_is_found()
    {
        SortedDictionary<string, SortedDictionary<string, string>> arrows = new(StringComparer.Ordinal)
        {
            ["A"] = new() { ["B"] = "a uses b" },
            ["B"] = new() { ["C"] = "b uses c" },
            ["C"] = new() { ["A"] = "c uses a" },
            ["D"] = new() { ["A"] = "d uses a" },
        };
        Assert.Equal(["A, B, C: a uses b; b uses c; c uses a"], Circles(arrows));
    }

    private static void Nothing(IEnumerable<string> findings)
    {
        var all = string.Join('\n', findings);
        if (all.Length > 0) Assert.Fail(all);
    }

    private static string? Room(string folder) => folder.Split('/') is ["InstructKit.Core", var room, ..] ? room : null;

    private static string NamespaceOf(string folder)
    {
        var parts = folder.Split('/');
        // Primitives and Core are the library itself; their folders hang below the root namespace.
        return string.Join('.', [parts[0] is "InstructKit.Primitives" or "InstructKit.Core" ? "InstructKit" : parts[0], .. parts.Skip(1)]);
    }

    private static IEnumerable<(string From, string To, string Example)> Arrows() =>
        SourceTree.Of.Arrows.SelectMany(from => from.Value.Select(to => (from.Key, to.Key, to.Value)));

    /// <summary>Groups of folders that reach each other, each with the uses among them.</summary>
    private static IEnumerable<string> Circles(SortedDictionary<string, SortedDictionary<string, string>> arrows)
    {
        HashSet<string> told = [];
        foreach (var folder in arrows.Keys)
        {
            if (told.Contains(folder)) continue;
            var reached = Reached(folder, arrows);
            var circle = reached.Where(other => Reached(other, arrows).Contains(folder)).Order(StringComparer.Ordinal).ToList();
            told.UnionWith(circle);
            if (circle.Count > 0) yield return $"{string.Join(", ", circle)}: {string.Join("; ", circle.SelectMany(from => arrows[from].Where(to => to.Key != from && circle.Contains(to.Key)).Select(to => to.Value)))}";
        }
    }

    private static HashSet<string> Reached(string folder, SortedDictionary<string, SortedDictionary<string, string>> arrows)
    {
        HashSet<string> reached = [];
        Stack<string> open = new([folder]);
        while (open.TryPop(out var next))
        {
            foreach (var other in arrows.GetValueOrDefault(next)?.Keys ?? Enumerable.Empty<string>())
            {
                if (reached.Add(other)) open.Push(other);
            }
        }

        return reached;
    }

    private static IEnumerable<string> Usings(string path) => Using.Matches(File.ReadAllText(path)).Select(match => match.Groups["name"].Value);
}
