using System.Text.Json;
using InstructKit.Examples;
using InstructKit.Formats;
using InstructKit.Formats.Training;
using InstructKit.Lengths;
using InstructKit.Sources.Formats;
using InstructKit.Tasks;
using InstructKit.Templates;
using InstructKit.Templating.Settings;
using Xunit;

namespace InstructKit.Tests.Formats.Training;

/// <summary>The search for the longest text that fits, where the excess is a poor predictor.</summary>
public sealed class ExampleFitterTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("word", "{{ passage }} and again {{ passage }} {{ passage | upper }}", 100)]
    [InlineData("sentence", "{{ passage }}{% if passage | length > 300 %} {{ passage }}{% endif %}", 150)]
    [InlineData("token", "{{ passage | length }} {{ passage[:40] }} {{ passage | replace('e', 'eee') }}", 80)]
    [InlineData("line", "{{ passage }} {{ passage }}", 1)]
    public void At_most_sixteen_renders_find_a_part_that_fits(string at, string input, int most)
    {
        var task = Task(at, input);
        var compiled = CompiledTask.Compile(task.Task, task.Data.Layout);
        var evaluator = new RowEvaluator(compiled, new RenderLimits());
        var renderer = new ExampleRenderer(evaluator, escaped: true, scored: false);
        var meter = new ExampleMeter(new MeterSettings { Tokenizer = Tokenizers.Open("gpt2"), Shape = TextShape.Pair, Format = FormatSettings.Default });
        var fitter = new ExampleFitter(meter, new FitRules { Budget = new LengthBudget { MaxInput = most, OnLong = OverBudget.Cut }, Cut = task.Task.Cut });
        ExampleOrigin origin = new(0, "mine", "none", "t", "direct", "train");
        var (cut, dropped) = (0, 0);
        using var reader = RowReaders.Open(task.Data.Layout.Source, task.Data.Splits["train"], compiled.SourceColumns);
        InstructKit.Pipeline.RowPass.Visit(reader, (batch, row, ordinal, _) =>
        {
            Assert.True(evaluator.Load(batch, row, (ulong)ordinal).IsKept);
            Assert.Null(renderer.Render(compiled.Templates[0]));
            var whole = renderer.Take(origin, ordinal).Input.ToString();
            var renders = 0;
            var verdict = fitter.Fit(
                renderer, origin, ordinal, () =>
                {
                    renders++;
                    return renderer.Render(compiled.Templates[0]);
                },
                out var note);
            Assert.InRange(renders, 0, 17); // sixteen, and one that restores a dropped example
            if (!verdict.IsKept)
            {
                dropped++;
                Assert.Equal("input_too_long", verdict.DropReason);
            }
            else
            {
                Assert.InRange(renders, 0, 16);
                Assert.True(note.Length.Input <= most);
                Assert.Equal(note.Change == FitChange.None, renderer.Take(origin, ordinal).Input.ToString() == whole);
                cut += note.Change == FitChange.InputCut ? 1 : 0;
            }

            // The row is unchanged for its next template.
            Assert.Null(renderer.Render(compiled.Templates[0]));
            Assert.Equal(whole, renderer.Take(origin, ordinal).Input.ToString());
            return true;
        }, TestContext.Current.CancellationToken);
        Assert.True(most == 1 ? dropped > 0 : cut > 20 && dropped < 5, string.Create(CultureInfo.InvariantCulture, $"{cut} cut, {dropped} dropped"));
    }

    private (TaskDefinition Task, TaskData Data) Task(string at, string input)
    {
        _scratch.Write("mine.yaml", $$$"""
            task: mine
            title: Mine
            columns: { passage: string }
            cut: { field: passage, at: {{{at}}} }
            layouts: [{ name: lines, format: jsonl, files: { train: rows.jsonl } }]
            splits: { train: train }
            templates:
              - { id: t, input: "{{{input}}}", target: "fine" }
            answer: "'fine'"
            """.Replace("target: \"fine\"", "target: \"{{ answer }}\"", StringComparison.Ordinal));
        _scratch.Write("mine/rows.jsonl", string.Concat(Enumerable.Range(0, 60).Select(i => JsonSerializer.Serialize(new { passage = Passage(i) }) + "\n")));
        TaskFiles files = new();
        files.AddOwn(_scratch.At("mine.yaml"));
        var task = files.Get("mine");
        return (task, new TaskLocator([_scratch.Path]).FindAll(task).Single());
    }

    private static string Passage(int i)
    {
        var text = new StringBuilder();
        for (var j = 0; j < i * i; j++) text.Append(j == 0 ? string.Empty : j % 5 == 0 ? "\n" : " ").Append(CultureInfo.InvariantCulture, $"Sentence {j} of \"{i}\".");
        return text.Length == 0 ? "Nothing." : text.ToString();
    }
}
