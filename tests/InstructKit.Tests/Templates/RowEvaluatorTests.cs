using InstructKit.Examples;
using InstructKit.Sources.Formats;
using InstructKit.Tasks;
using InstructKit.Templates;
using InstructKit.Templating.Settings;
using Xunit;

namespace InstructKit.Tests.Templates;

/// <summary>How a source row becomes a canonical row and an example; every expectation is derived by hand from the task file.</summary>
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
        Assert.Equal(["t: SEE IT! OPTIONS:\n- no\n- yes => yes", "dropped: short", "t: NO ! OPTIONS:\n- no\n- yes => no", "dropped: no_label", "IK2101"], rows);
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

    [Theory]
    [InlineData("thread", """{"text": "x", "thread": "a-1", "number": 7}""", "a-1")]
    [InlineData("thread", """{"text": "x", "thread": "\u00e9\"\n😀", "number": 7}""", "é\"\n😀")]
    [InlineData("thread", """{"text": "x", "number": 7}""", "")]
    [InlineData("number", """{"text": "x", "number": 7}""", "7")]
    [InlineData("thread ~ '/' ~ number", """{"text": "x", "thread": "é\"", "number": 7}""", "é\"/7")]
    [InlineData("none if number == 7 else thread", """{"text": "x", "thread": "a", "number": 7}""", "")]
    // 64 bytes are kept; for 66 bytes (33 times U+00E9) the group is the digest: python3 -c "import hashlib; print(hashlib.sha256(('é'*33).encode()).hexdigest()[:32])"
    [InlineData("'ab' * 32", """{"text": "x", "number": 7}""", "abababababababababababababababababababababababababababababababab")]
    [InlineData("'é' * 33", """{"text": "x", "number": 7}""", "f696c24ae52af2f9f6d5feaed130d4d1")]
    public void The_group_of_a_row_is_text(string group, string line, string expected)
    {
        var body = $$$"""
            columns: { text: string, thread: "string?", number: int }
            answer: text
            group: "{{{group}}}"
            templates:
              - { id: t, input: "{{ text }}", target: "{{ answer }}" }
            """;
        List<string> groups = [];
        Run(body, null, line, (example, alone, evaluator) =>
        {
            groups.Add(example.Group.ToString());
            Assert.Equal(expected.Length > 0, alone);
            if (expected.Length is > 0 and < 32) Assert.Equal(expected, Encoding.UTF8.GetString(evaluator.Group));
        });
        Assert.Equal([expected], groups);
    }

    [Fact]
    public void A_group_reads_columns_alone_and_its_failure_is_an_error_of_the_row()
    {
        static string Body(string group) => $$$"""
            columns: { text: string }
            fields: { head: "text[:1]" }
            answer: text
            group: "{{{group}}}"
            templates:
              - { id: t, input: "{{ head }}", target: "{{ answer }}" }
            """;
        var unknown = Assert.Throws<DiagnosticException>(() => Run(Body("head"), null, """{"text": "x"}"""));
        Assert.Contains("has no 'head'", unknown.Message, StringComparison.Ordinal);
        Assert.Equal(["IK2103"], Run(Body("text // 2"), null, """{"text": "x"}"""));
    }

    private List<string> Run(string body, string? map, string lines, Action<Example, bool, RowEvaluator>? look = null)
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
            var alone = evaluator.TryLoadGroup(batch, row);
            var verdict = evaluator.Load(batch, row, (ulong)ordinal);
            if (look is not null && verdict.IsKept && renderer.Render(compiled.Templates[0]) is null) look(renderer.Take(origin, 0), alone, evaluator);
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
