using System.Text.Json;
using InstructKit.Authoring.Importing;
using InstructKit.Authoring.Importing.LmEval;
using Xunit;

namespace InstructKit.Tests.Authoring.Importing;

/// <summary>
/// Python functions of lm-evaluation-harness' tasks, translated: Golden/importing-python has functions like those of its tasks, rows, and
/// Python's results for them (expected.py).
/// </summary>
public sealed class LmEvalPythonTests
{
    private static readonly string Folder = RepositoryRoot.At("tests", "InstructKit.Tests", "Golden", "importing-python");

    private static readonly List<JsonElement> Expected = [.. File.ReadLines(Path.Combine(Folder, "expected.jsonl")).Select(line => JsonDocument.Parse(line).RootElement)];

    public static TheoryData<string> Tasks => [.. Expected.Select(row => row.GetProperty("task").GetString()!).Distinct(StringComparer.Ordinal)];

    [Fact]
    public void Every_task_is_imported()
    {
        var result = LmEvalImporter.Import([Path.Combine(Folder, "tasks")]);
        Assert.Empty(result.LeftOut);
        Assert.Equal(Tasks.Count, result.Tasks);
    }

    [Theory]
    [MemberData(nameof(Tasks))]
    public void A_build_makes_of_the_rows_what_Python_makes(string task)
    {
        using var scratch = new ScratchFolder();
        LmEvalImporter.Import([Path.Combine(Folder, "tasks", $"{task}.yaml")]).Write(scratch.At("tasks"), force: false, TestContext.Current.CancellationToken);
        scratch.Write($"data/{task}/test.jsonl", File.ReadAllText(Path.Combine(Folder, "rows.jsonl")));
        using var error = new StringWriter();
        string[] arguments =
        [
            "build", "--tasks", scratch.At($"tasks/{task}.yaml"), "--tasks", task, "--hold-out", task, "--data", scratch.At("data"), "--no-shuffle", "--allow-empty", "--out", scratch.At("out"),
        ];
        var code = InstructKit.Cli.Application.Run(arguments, TextReader.Null, Stream.Null, error, TestContext.Current.CancellationToken);
        Assert.True(code == 0, error.ToString());
        var made = Directory.GetFiles(scratch.At("out/data")).SelectMany(File.ReadLines).Select(line => JsonDocument.Parse(line).RootElement).Select(row => (
            row.GetProperty("input").GetString(),
            row.GetProperty("target").GetString(),
            row.TryGetProperty("choices", out var choices) && choices.ValueKind == JsonValueKind.Array ? string.Join('|', choices.EnumerateArray()) : string.Empty,
            row.TryGetProperty("answer_index", out var index) && index.ValueKind == JsonValueKind.Number ? index.GetInt32() : -1));

        // A target without letters yields no example.
        Assert.Equal(
            Expected.Where(row => row.GetProperty("task").GetString() == task && !string.IsNullOrWhiteSpace(row.GetProperty("target").GetString())).Select(row => (
                row.GetProperty("input").GetString(),
                row.GetProperty("target").GetString(),
                string.Join('|', row.GetProperty("options").EnumerateArray()),
                row.GetProperty("index").GetInt32())),
            made);
    }

    [Theory]
    [InlineData("shuffled", "'random.shuffle(doc[\"boats\"])', which chooses by chance")]
    [InlineData("counted", "'while'")]
    [InlineData("classy", "the class Filter")]
    [InlineData("searched", "'re.search(r\"\\d+\", doc[\"note\"])'")]
    [InlineData("rounded", "'round(doc[\"hour\"] / 3, ndigits=1)'")]
    [InlineData("flagged", "'re.compile(\"FOG\", flags=re.IGNORECASE)'")]
    [InlineData("longest", "'max(doc[\"berth\"], doc[\"note\"], key=len)'")]
    [InlineData("numbered", "'enumerate(doc[\"boats\"], start=doc[\"label\"])'")]
    [InlineData("changed", "which changes a value in place")]
    [InlineData("decorated", "'statement'")]
    [InlineData("tried", "'absent', which is 'try'")]
    [InlineData("nowhere", "which harbour.py does not define as a function")]
    public void What_has_no_counterpart_is_refused_by_name_and_place(string function, string reason)
    {
        using var scratch = new ScratchFolder();
        File.Copy(Path.Combine(Folder, "tasks", "harbour.py"), scratch.At("harbour.py"));
        scratch.Write("one.yaml", $"task: one\ndataset_path: harbour\ntest_split: test\ndoc_to_text: !function harbour.{function}\ndoc_to_target: berth\n");
        var result = LmEvalImporter.Import([scratch.At("one.yaml")]);
        var only = Assert.Single(result.LeftOut);
        Assert.Equal((ImportCodes.PythonCode, 3, 13, 0), (only.Code, only.Span!.Value.Start.Line, only.Span.Value.Start.Column, result.Tasks));
        Assert.Contains($"takes 'doc_to_text' from the Python function 'harbour.{function}', which is not translated: ", only.Message, StringComparison.Ordinal);
        Assert.Contains(reason, only.Message, StringComparison.Ordinal);
        if (function != "nowhere") Assert.Matches(@"harbour\.py:\d+:\d+\)\.\z", only.Message);
    }

    [Fact]
    public void A_column_that_is_no_value_is_a_fault_of_the_function_that_makes_it()
    {
        using var scratch = new ScratchFolder();
        File.Copy(Path.Combine(Folder, "tasks", "harbour.py"), scratch.At("harbour.py"));
        scratch.Write("one.yaml", "task: one\ndataset_path: harbour\ntest_split: test\nprocess_docs: !function harbour.unvalued\ndoc_to_text: \"{{ how }}\"\ndoc_to_target: berth\n");
        Assert.Equal(
            "The task 'one' takes 'process_docs' from the Python function 'harbour.unvalued', which is not translated: the column 'how' that it makes, which is not a value.",
            Assert.Single(LmEvalImporter.Import([scratch.At("one.yaml")]).LeftOut).Message);
    }

    [Fact]
    public void A_dataset_that_is_taken_apart_and_a_file_that_is_not_there_are_refused()
    {
        using var scratch = new ScratchFolder();
        File.Copy(Path.Combine(Folder, "tasks", "harbour.py"), scratch.At("harbour.py"));
        scratch.Write("one.yaml", "task: one\ndataset_path: harbour\ntest_split: test\nprocess_docs: !function harbour.exploded\ndoc_to_text: note\ndoc_to_target: berth\n");
        scratch.Write("two.yaml", "task: two\ndataset_path: harbour\ntest_split: test\ndoc_to_text: !function absent.text\ndoc_to_target: berth\n");
        var result = LmEvalImporter.Import([scratch.Path]);
        Assert.Equal((0, 2), (result.Tasks, result.LeftOutCount));
        Assert.Contains("takes 'process_docs' from the Python function 'harbour.exploded'", result.LeftOut.First().Message, StringComparison.Ordinal);
        Assert.Contains("absent.py is not there", result.LeftOut.Last().Message, StringComparison.Ordinal);
    }
}
