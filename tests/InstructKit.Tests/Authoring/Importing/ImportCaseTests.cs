using System.Text.Json;
using InstructKit.Auditing.Linting;
using InstructKit.Tasks;
using Xunit;

namespace InstructKit.Tests.Authoring.Importing;

/// <summary>
/// Golden/importing has a folder for each case: <c>arguments</c> of the command, <c>input/</c> in our own wording, the files that come out below
/// <c>expected/</c>, and the printed report in <c>expected.txt</c>.
/// </summary>
public sealed class ImportCaseTests
{
    internal static readonly string Cases = RepositoryRoot.At("tests", "InstructKit.Tests", "Golden", "importing");

    public static TheoryData<string> All => [.. Directory.GetDirectories(Cases).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(All))]
    public void Case(string name)
    {
        using var scratch = new ScratchFolder();
        var (code, output, error) = Import(name, scratch.Path);
        Assert.Equal("", output);
        Assert.Equal(File.ReadAllText(Path.Combine(Cases, name, "expected.txt")), string.Create(CultureInfo.InvariantCulture, $"{error}exit {code}\n"));
        Assert.Equal(Files(Path.Combine(Cases, name, "expected")), Files(scratch.Path));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void What_is_written_loads_and_lints_without_errors(string name)
    {
        var expected = Path.Combine(Cases, name, "expected");
        if (!Directory.Exists(expected)) return;

        // A task that is like a shipped one needs that one.
        var catalog = new TaskFiles();
        catalog.AddFolder(RepositoryRoot.At("templates", "flan"));
        catalog.AddOwn(expected);
        var keys = catalog.Keys.Where(catalog.IsOwn).ToList();
        Assert.NotEmpty(keys);
        Assert.All(keys, key => Assert.NotEmpty(catalog.Get(key).Templates));
        var data = Path.Combine(expected, "data");
        var findings = new Linter(catalog, new LintSettings { Data = Directory.Exists(data) ? [data] : [] }).Run(keys);
        Assert.DoesNotContain(findings, finding => finding.Diagnostic.Severity == Diagnostics.Severity.Error);
    }

    [Fact]
    public void Json_tells_files_and_what_was_left_out()
    {
        using var scratch = new ScratchFolder();
        var (code, output, _) = Import("promptsource", scratch.Path, "--json");
        using var json = JsonDocument.Parse(output);
        Assert.Equal(1, code);
        Assert.Equal((2, 6, 8), (json.RootElement.GetProperty("tasks").GetInt32(), json.RootElement.GetProperty("templates").GetInt32(), json.RootElement.GetProperty("left_out").GetInt32()));
        Assert.Equal(["ferry.yaml", "harbour_logs.yaml"], json.RootElement.GetProperty("files").EnumerateArray().Select(file => file.GetProperty("path").GetString()));
        var first = json.RootElement.GetProperty("diagnostics")[0];
        Assert.Equal(("IK9007", 12, 12), (first.GetProperty("code").GetString(), first.GetProperty("line").GetInt32(), first.GetProperty("column").GetInt32()));
    }

    [Fact]
    public void What_a_tool_says_of_its_evaluation_reaches_the_manifest_and_groups_can_be_held_out()
    {
        using var scratch = new ScratchFolder();
        Assert.Equal(1, Import("lm-eval-harness", scratch.At("tasks")).Code);
        scratch.Write("data/tides_north/test.jsonl", """{"text": "Mud.", "label": 1}""" + "\n");
        var (code, _, error) = Run(
            ["build", "--tasks", scratch.At("tasks"), "--tasks", "tides_north", "--hold-out", "harbour", "--data", scratch.At("data"), "--on-missing", "skip", "--allow-empty", "--out", scratch.At("out")]);
        Assert.True(code == 0, error);
        using var manifest = JsonDocument.Parse(File.ReadAllText(scratch.At("out/.instructkit/manifest.json")));
        var evaluation = manifest.RootElement.GetProperty("tasks")[0].GetProperty("evaluation");
        Assert.Equal("multiple_choice", evaluation.GetProperty("output_type").GetString());
        Assert.Equal(1, evaluation.GetProperty("fewshot_config").GetProperty("samples")[1].GetProperty("label").GetInt32());
        Assert.Contains("\"answer_index\":1,", File.ReadAllText(Directory.GetFiles(scratch.At("out/data"))[0]), StringComparison.Ordinal);
    }

    [Fact]
    public void Files_are_replaced_only_when_that_is_said()
    {
        using var scratch = new ScratchFolder();
        Assert.Equal(0, Import("natural-instructions", scratch.Path).Code);
        var path = scratch.At("task900_tide_times_guess.yaml");
        File.WriteAllText(path, "mine\n");
        var (code, _, error) = Import("natural-instructions", scratch.Path);
        Assert.Equal(2, code);
        Assert.Contains("error IK9009: '", error, StringComparison.Ordinal);
        Assert.Equal("mine\n", File.ReadAllText(path));
        Assert.Equal(0, Import("natural-instructions", scratch.Path, "--force").Code);
        Assert.StartsWith("# Imported from Super-NaturalInstructions", File.ReadAllText(path), StringComparison.Ordinal);
    }

    [Fact]
    public void A_report_has_a_line_for_every_task_and_message()
    {
        using var scratch = new ScratchFolder();
        Assert.Equal(1, Import("lm-eval", scratch.At("tasks"), "--report", scratch.At("report.csv")).Code);
        var lines = File.ReadAllLines(scratch.At("report.csv"));
        Assert.Equal("result,task,place,code,message", lines[0]);
        Assert.Contains("imported,rain_north,rain_north.yaml,,", lines);
        Assert.Contains(lines, line => line.StartsWith("left out,python,", StringComparison.Ordinal) && line.Contains("python.yaml:3:15,IK9003,", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("told,rain-north,", StringComparison.Ordinal) && line.Contains(",IK9011,", StringComparison.Ordinal));
        Assert.Equal(Directory.GetFiles(scratch.At("tasks")).Length, lines.Count(line => line.StartsWith("imported,", StringComparison.Ordinal)));
    }

    [Fact]
    public void Many_messages_are_counted_by_kind_and_names_of_shipped_tasks_are_told()
    {
        using var scratch = new ScratchFolder();
        for (var i = 0; i < 120; i++)
            scratch.Write($"in/t{i}.yaml", $"task: {(i == 7 ? "rte" : $"t{i}")}\ndataset_path: x/y\ntest_split: test\nnum_fewshot: {i + 1}\ndoc_to_text: \"{{{{q}}}}\"\ndoc_to_target: {(i < 2 ? "!function u.f" : "a")}\n");

        string[] arguments = ["import", "lm-eval", scratch.At("in"), "--out", scratch.At("out")];
        var (code, _, error) = Run(arguments);
        Assert.Equal(1, code);
        Assert.Contains("... and 20 more messages; --report FILE or --json has all of them.", error, StringComparison.Ordinal);
        Assert.Contains("      2 left out IK9003  The task '…' takes 'doc_to_target' from the Python function '…', which is not translated: u.py is not there.", error, StringComparison.Ordinal);
        Assert.Contains("    118 told     IK9011  'num_fewshot' of the task '…' is …, which the import does not apply to the rows; it is kept under 'evaluation'.", error, StringComparison.Ordinal);
        Assert.Contains("The task 'rte' has the name of a shipped one; a build that is to take it needs --replace.", error, StringComparison.Ordinal);
        Assert.EndsWith("118 tasks, 118 templates written to " + scratch.At("out") + "; 2 left out.\n", error, StringComparison.Ordinal);
        Assert.Contains("replace files with --replace", Run(arguments).Error, StringComparison.Ordinal);
        Assert.DoesNotContain("shipped", Run([.. arguments, "--replace"]).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_there_is_nothing_that_is_said()
    {
        using var scratch = new ScratchFolder();
        Directory.CreateDirectory(scratch.At("empty"));
        foreach (var format in new[] { "promptsource", "lm-eval", "natural-instructions", "unitxt" })
        {
            var (code, _, error) = Run(["import", format, scratch.At("empty"), "--out", scratch.At("out")]);
            Assert.Equal(1, code);
            Assert.Contains("error IK9012: There is nothing to import in ", error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(2, "import", "flan")]
    [InlineData(74, "import", "flan", "nowhere.py")]
    [InlineData(2, "import", "natural-instructions", "x.json", "--varied", "--positive", "1")]
    [InlineData(2, "import", "natural-instructions", "x.json", "--negative", "-1")]
    public void Exit_codes(int expected, params string[] args) => Assert.Equal(expected, Run(args).Code);

    private static (int Code, string Output, string Error) Import(string name, string folder, params string[] more)
    {
        var arguments = File.ReadAllText(Path.Combine(Cases, name, "arguments")).Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var root = Path.Combine(Cases, name);
        var (code, output, error) = Run(["import", .. arguments.Select(one => one.StartsWith("input", StringComparison.Ordinal) ? Path.Combine(root, one) : one), "--out", folder, .. more]);
        return (code, output, error.Replace(root + Path.DirectorySeparatorChar, "", StringComparison.Ordinal).Replace(folder, "expected", StringComparison.Ordinal));
    }

    private static (int Code, string Output, string Error) Run(string[] args)
    {
        using var output = new MemoryStream();
        using var error = new StringWriter { NewLine = "\n" };
        var code = InstructKit.Cli.Application.Run(args, TextReader.Null, output, error, TestContext.Current.CancellationToken);
        return (code, Encoding.UTF8.GetString(output.ToArray()), error.ToString());
    }

    private static Dictionary<string, string> Files(string folder) => !Directory.Exists(folder) ? [] :
        Directory.GetFiles(folder, "*", SearchOption.AllDirectories)
            .ToDictionary(path => Path.GetRelativePath(folder, path).Replace('\\', '/'), File.ReadAllText, StringComparer.Ordinal);
}
