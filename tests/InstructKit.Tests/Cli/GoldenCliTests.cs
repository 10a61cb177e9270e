using System.CommandLine;
using InstructKit.Cli.Commands;
using InstructKit.Cli.Hosting;
using InstructKit.Cli.Options;
using Xunit;

namespace InstructKit.Tests.Cli;

/// <summary>Exact output of the command line: messages for typical mistakes, help, results. Cases are files; the test compares and never
/// writes.</summary>
public sealed class GoldenCliTests
{
    public static TheoryData<string> Errors => [.. CliCase.Names("errors")];

    public static TheoryData<string> Help => [.. CliCase.Names("help")];

    public static TheoryData<string> Answers => [.. CliCase.Names("answers")];

    [Theory]
    [MemberData(nameof(Errors))]
    public void Mistakes_are_told(string name)
    {
        using var scratch = new ScratchFolder();
        var one = CliCase.Load(name);
        var run = one.Run(scratch);
        Assert.Equal(one.Expected, CliCase.Show(run, scratch));

        Assert.NotEqual(0, run.Code);
        Assert.NotEqual(70, run.Code);
        Assert.Empty(run.Output);
        Assert.NotEmpty(run.Error);
        var existed = one.Sections.Any(section => section.Body.Length > 0 && section.Title[1].StartsWith("out", StringComparison.Ordinal)) || one.Sections.Any(section => section.Title[0] == "run");
        Assert.True(existed || !Path.Exists(scratch.At("out")), "the refused build left its output folder behind");
    }

    [Theory]
    [MemberData(nameof(Help))]
    public void Help_is_as_written(string name) => Compare(name);

    [Theory]
    [MemberData(nameof(Answers))]
    public void Answers_are_as_written(string name) => Compare(name);

    [Fact]
    public void Every_command_has_a_description_examples_and_a_help_case()
    {
        var cases = CliCase.Names("help").Select(name => string.Join(' ', CliCase.Load(name).Arguments)).ToList();
        using var terminal = new Terminal(TextReader.Null, Stream.Null, TextWriter.Null);
        var root = InstructKit.Cli.Application.Tree(terminal, new LogOptions());
        Assert.Contains("--help", cases);
        Check(root, string.Empty);

        void Check(Command command, string path)
        {
            foreach (var sub in command.Subcommands)
            {
                var words = $"{path}{sub.Name}";
                Assert.Contains($"{words} --help", cases);
                Assert.EndsWith(".", sub.Description, StringComparison.Ordinal);
                Assert.All(sub.Options.Concat<Symbol>(sub.Arguments), symbol => Assert.False(string.IsNullOrEmpty(symbol.Description), $"{words} {symbol.Name}"));
                var examples = Assert.IsType<CliCommand>(sub, exactMatch: false).Examples;
                Assert.InRange(examples.Count, 1, 4);
                Assert.All(examples, example => Assert.Contains($"instructkit {words}", example, StringComparison.Ordinal));
                var names = sub.Options.SelectMany(option => option.Aliases.Prepend(option.Name)).ToList();
                Assert.Equal(names.Distinct(StringComparer.Ordinal), names);
                Check(sub, words + " ");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Help))]
    public void Examples_of_the_help_are_valid_command_lines(string name)
    {
        var lines = CliCase.Load(name).Expected.Split("Examples:\n") is [_, var examples] ? examples.Split('\n').TakeWhile(line => line.StartsWith("  ", StringComparison.Ordinal)).ToList() : [];
        Assert.Equal(name == "help/instructkit.txt", lines.Count == 0);
        foreach (var command in lines.SelectMany(line => line.Split("&&")))
        {
            var at = command.IndexOf("instructkit ", StringComparison.Ordinal);
            var words = command[(at + 12)..].Split('>', ')')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            using var terminal = new Terminal(TextReader.Null, Stream.Null, TextWriter.Null);
            var parsed = InstructKit.Cli.Application.Tree(terminal, new LogOptions()).Parse(words);
            Assert.Empty(InstructKit.Cli.Output.CommandLineErrors.Find(parsed));
        }
    }

    private static void Compare(string name)
    {
        using var scratch = new ScratchFolder();
        var one = CliCase.Load(name);
        Assert.Equal(one.Expected, CliCase.Show(one.Run(scratch), scratch));
    }
}
