using System.CommandLine;
using Xunit;

namespace InstructKit.Tests.Cli;

/// <summary>A case in a file: arguments, and sections that prepare a folder (see write.py next to the cases); the expectation is next to it.</summary>
internal sealed record CliCase(string Name, IReadOnlyList<string> Arguments, IReadOnlyList<(string[] Title, string Body)> Sections, string Expected)
{
    private static string Root => Path.Combine(AppContext.BaseDirectory, "Golden", "cli");

    public static IEnumerable<string> Names(string kind) => Directory.EnumerateFiles(Path.Combine(Root, kind), "*.txt")
        .Select(path => $"{kind}/{Path.GetFileName(path)}").Order(StringComparer.Ordinal);

    public static CliCase Load(string name)
    {
        var parts = File.ReadAllText(Path.Combine(Root, name)).TrimEnd('\n').Split("\n=== ");
        List<(string[] Title, string Body)> sections = [];
        foreach (var part in parts.Skip(1))
        {
            var lines = part.Split('\n', 2);
            sections.Add((lines[0].Split(' '), lines.Length > 1 ? lines[1] : string.Empty));
        }

        return new CliCase(name, Words(parts[0]), sections, File.ReadAllText(Path.Combine(Root, Path.ChangeExtension(name, ".out"))));
    }

    /// <summary>Prepares the folder and runs the command.</summary>
    public CliRun Run(ScratchFolder scratch)
    {
        foreach (var (title, body) in Sections) Prepare(scratch, title, body);

        return CliRun.Of(Arguments.Select(word => Place(word, scratch)));
    }

    /// <summary>A run in the form of the expectations.</summary>
    public static string Show(CliRun run, ScratchFolder scratch) =>
        $"exit {run.Code}\n--- stdout\n{run.Output}--- stderr\n{run.Error}".Replace(scratch.Path, "{dir}", StringComparison.Ordinal).Replace(CliRun.Home, "{home}", StringComparison.Ordinal)
            .Replace($"  {RootCommand.ExecutableName} ", "  instructkit ", StringComparison.Ordinal);

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static string Place(string word, ScratchFolder scratch) => word.Replace("{dir}", scratch.Path, StringComparison.Ordinal);

    private static void Prepare(ScratchFolder scratch, string[] title, string body)
    {
        switch (title)
        {
            case ["file", var name]: scratch.Write(name, body + "\n"); break;
            case ["line", var name, var number]:
                var lines = File.ReadAllText(scratch.At(name)).Split('\n');
                lines[int.Parse(number, System.Globalization.CultureInfo.InvariantCulture) - 1] = body;
                File.WriteAllText(scratch.At(name), string.Join('\n', lines));
                break;
            case ["remove", var name]: File.Delete(scratch.At(name)); break;
            case ["folder", var name]: Directory.CreateDirectory(scratch.At(name)); break;
            case ["sample", var task]: Samples.Copy(task, scratch.At("data", task)); break;
            case ["run", .. var words]: CliRun.Ok(words.Select(word => Place(word, scratch))); break;
            default: Assert.Fail($"no such section: {string.Join(' ', title)}"); break;
        }
    }
}
