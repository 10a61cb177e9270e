using System.Text.Json;
using InstructKit.Authoring.Importing.LmEval;
using InstructKit.Sources;
using InstructKit.Sources.Formats;
using InstructKit.Tasks;
using InstructKit.Templates;
using InstructKit.Templating.Settings;
using Xunit;

namespace InstructKit.Tests.Authoring.Importing;

/// <summary>Golden/importing-oracle has task files in the harness's forms and their results for a row on Python's own Jinja2 and PyYAML (<c>oracle.py</c>).</summary>
public sealed class LmEvalOracleTests
{
    [Fact]
    public void Every_form_renders_as_the_harness_renders_it()
    {
        var lines = File.ReadLines(RepositoryRoot.At("tests", "InstructKit.Tests", "Golden", "importing-oracle", "lm-eval.jsonl")).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        using var folder = new ScratchFolder();
        var names = new List<string>();
        foreach (var yaml in lines.Skip(1).Select(line => line.GetProperty("yaml").GetString()!))
        {
            names.Add(yaml.Split('\n')[0]["task: ".Length..]);
            folder.Write($"in/{names[^1]}.yaml", yaml);
        }

        folder.Write("data/test.jsonl", lines[0].GetProperty("row").GetRawText() + "\n");
        var result = LmEvalImporter.Import([folder.At("in")]);
        Assert.Equal((0, names.Count), (result.LeftOutCount, result.Tasks));
        result.Write(folder.At("tasks"), force: false, TestContext.Current.CancellationToken);

        Assert.All(names, (name, i) =>
        {
            var expected = lines[i + 1].GetProperty("expected");
            var gold = expected.GetProperty("gold");
            Assert.Equal(
                (expected.GetProperty("input").GetString(), expected.GetProperty("target").GetString(), Joined(expected, "choices"), gold.GetArrayLength() == 0 ? -1 : gold[0].GetInt32(), Joined(expected, "answers")),
                Render(folder, name));
        });
    }

    private static string Joined(JsonElement expected, string key) => string.Join('\u001f', expected.GetProperty(key).EnumerateArray().Select(item => item.GetString()));

    private static (string?, string?, string, int, string) Render(ScratchFolder folder, string name)
    {
        var catalog = new TaskFiles();
        catalog.AddOwn(folder.At($"tasks/{name}.yaml"));
        var task = catalog.Get(name);
        var program = CompiledTask.Compile(task, task.Layouts[0]);
        using var reader = RowReaders.Open(task.Layouts[0].Source, [new SourcePart(null, [new SourceFile(folder.At("data/test.jsonl"), "test.jsonl")])], program.SourceColumns);
        using var batch = new RowBatch(program.SourceColumns.Count);
        Assert.True(reader.ReadChunk(batch));
        reader.Parse(batch);
        var evaluator = new RowEvaluator(program, RenderLimits.Default);
        Assert.Equal(RowVerdict.Keep, evaluator.Load(batch, 0, 0));
        var prompt = program.Templates[0];
        var output = new Utf8Output();
        evaluator.RenderInput(prompt, output);
        var input = Encoding.UTF8.GetString(output.Written);
        output.Length = 0;
        evaluator.RenderTarget(prompt, output);
        var target = Encoding.UTF8.GetString(output.Written);
        var options = evaluator.OptionsOf(prompt);
        var answers = evaluator.AnswersOf(prompt);
        return (
            input,
            target,
            options.IsUndefined ? "" : string.Join('\u001f', Enumerable.Range(0, options.Count).Select(at => options[at].ToString())),
            evaluator.AnswerIndexOf(prompt),
            answers.IsUndefined ? target : string.Join('\u001f', Enumerable.Range(0, answers.Count).Select(at => answers[at].ToString())));
    }
}
