using InstructKit.Examples;
using InstructKit.Sources.Formats;
using InstructKit.Tasks;
using InstructKit.Templates;
using InstructKit.Templating.Settings;
using Xunit;

namespace InstructKit.Tests.Templates;

/// <summary>How a source row becomes a canonical row and an example; every expectation is worked out by hand from the task file.</summary>
public sealed class RowEvaluatorTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Map_conditions_fields_options_and_answer_follow_one_another()
    {
        var rows = Run(
            """
            columns: { text: string, label: "int?" }
            keep_if: { short: "text | length > 2", loud: "shout != 'NO!'" }
            fields: { shout: "(text | upper) ~ '!'" }
            options: [ "no", "yes" ]
            answer: "options[label]"
            templates:
              - { id: t, input: "{{ shout }} {{ options_block }}", target: "{{ answer }}" }
            """,
            """{ text: body, label: "{'a': 0, 'b': 1}[mark] | default(none)" }""",
            """
            {"body": "see it", "mark": "b"}
            {"body": "x", "mark": "a"}
            {"body": "no ", "mark": "a"}
            {"body": "see", "mark": "c"}
            {"mark": "a"}
            """);
        // Row 2: "NO !" is not "NO!", so it is kept; row 3 has no label; row 4 lacks the column.
        Assert.Equal(
            ["t: SEE IT! OPTIONS:\n- no\n- yes => yes", "dropped: short", "t: NO ! OPTIONS:\n- no\n- yes => no", "dropped: no_label", "IK2101"],
            rows);
    }

    [Fact]
    public void An_answer_that_is_no_option_and_options_that_are_no_list_are_errors_of_the_row()
    {
        const string Task =
            """
            columns: { text: string, choices: list, gold: string }
            options: choices
            answer: gold
            templates:
              - { id: t, input: "{{ text }}", target: "{{ answer }}" }
            """;
        Assert.Equal(
            ["t: q => b", "IK2104", "IK2105"],
            Run(Task, null, """
                {"text": "q", "choices": ["a", "b"], "gold": "b"}
                {"text": "q", "choices": ["a", "b"], "gold": "c"}
                {"text": "q", "choices": [], "gold": "c"}
                """));
    }

    [Fact]
    public void The_parts_of_a_promptsource_template_are_input_and_target_and_no_more()
    {
        const string Task =
            """
            columns: { text: string }
            answer: text
            templates:
              - { id: two, dialect: promptsource, jinja: "Say {{ text }} ||| {{ text | upper }}" }
              - { id: three, dialect: promptsource, jinja: "{{ text }} ||| b ||| c" }
              - { id: blank, dialect: promptsource, jinja: "{{ text }} ||| {{ '' }}" }
            """;
        Assert.Equal(["two: Say x => X; three: more_than_two_pieces; blank: empty_target"], Run(Task, null, """{"text": "x"}"""));
    }

    [Fact]
    public void What_a_template_draws_does_not_depend_on_the_templates_before_it()
    {
        const string Draw = "{{ [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] | random }}{{ [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] | random }}";
        var both = Run($$$"""
            columns: { text: string }
            answer: text
            templates:
              - { id: a, input: "{{{Draw}}}", target: "{{ answer }}" }
              - { id: b, input: "{{{Draw}}}", target: "{{ answer }}." }
            """, null, """{"text": "x"}""").Single().Split("; ");
        Assert.Equal(both[0][1..] + ".", both[1][1..]);
        Assert.Matches("^a: [0-9]{2} => x$", both[0]);
    }

    private List<string> Run(string body, string? map, string lines)
    {
        var path = _scratch.Write("toy.yaml", $"""
            task: toy
            title: Toy
            cluster: toys
            layouts:
              - name: files
                format: jsonl
                files: {"{"} train: rows.jsonl {"}"}
            {(map is null ? string.Empty : $"    map: {map}\n")}splits: {"{"} train: train {"}"}
            metrics: [ accuracy ]
            {body}
            """);
        _scratch.Write("toy/rows.jsonl", lines + "\n");
        TaskFiles files = new();
        files.AddOwn(_scratch.At("toy.yaml"));
        var task = files.Get("toy");
        var data = new TaskLocator([_scratch.Path]).FindAll(task).Single();
        var compiled = CompiledTask.Compile(task, data.Layout);
        var evaluator = new RowEvaluator(compiled, new RenderLimits());
        var renderer = new ExampleRenderer(evaluator, escaped: false, scored: true);
        ExampleOrigin origin = new(0, "toy", "toys", "t", "direct", "train");
        List<string> seen = [];
        using var reader = RowReaders.Open(data.Layout.Source, data.Splits["train"], compiled.SourceColumns);
        InstructKit.Pipeline.RowPass.Visit(reader, (batch, row, ordinal, _) =>
        {
            var verdict = evaluator.Load(batch, row, (ulong)ordinal);
            seen.Add(verdict.ErrorCode ?? (verdict.DropReason is { } reason ? $"dropped: {reason}" : string.Join("; ", compiled.Templates.Select(Rendered))));
            return true;
        }, TestContext.Current.CancellationToken);
        Assert.NotNull(path);
        return seen;

        string Rendered(CompiledTemplate template)
        {
            if (renderer.Render(template) is { } reason) return $"{template.Definition.Id}: {reason}";

            var example = renderer.Take(origin, 0);
            return $"{template.Definition.Id}: {example.Input.ToString()} => {example.Target.ToString()}";
        }
    }
}
