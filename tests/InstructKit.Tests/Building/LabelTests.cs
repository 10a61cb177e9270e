using InstructKit.Building.Plans;
using InstructKit.Templates;
using Xunit;

namespace InstructKit.Tests.Building;

/// <summary>A label that is missing, null or negative is a counted drop; one beyond the options is a bad row with its position.</summary>
public sealed class LabelTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public LabelTests() => ToyTask.WriteCatalogue(_scratch);

    private BuildPlan Plan => new() { Data = [_scratch.At("data")], Out = _scratch.At("out"), TaskFolders = [_scratch.At("own.yaml")], Tasks = ["own"], Shuffle = false };

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("int", "[ a, b, c ]", "options[label]", "0 -1 2 -9", "a c", 2)]
    [InlineData("int?", "[ a, b, c ]", "options[label]", "null 1 -1", "b", 2)]
    [InlineData("any", "[ a, b, c ]", "options[label]", "null 1 -1", "b", 2)]
    [InlineData("int", "[ a, b, c ]", "options[label - 1]", "0 1 3", "a c", 1)]
    [InlineData("any?", "[ a, b, c ]", "options[label] if label is number else label", "-1 \"b\" 0 null", "b a", 2)]
    [InlineData("int", "\"['a', 'b', 'c']\"", "options[label]", "-1 1", "b", 1)]
    [InlineData("int", "choices", "choices[label]", "-1 1 -3", "b", 2)]
    [InlineData("int", "[ a, b, c ]", "options[-1] if label == 7 else options[label]", "7 -1 0", "c a", 1)]
    [InlineData("string?", "[ a, b, c ]", "label", "\"a\" null", "a", 1)]
    [InlineData("int?", "[ a, b, c ]", "options[label | int]", "null 1 -1", "b", 2)]
    [InlineData("string?", "[ a, b, c ]", "options[label | int]", "\"\" \"2\" null \"-1\"", "c", 3)]
    [InlineData("int?", "[ a, b, c ]", "['a', 'b', 'c'][label]", "null 1 -1", "b", 2)]
    [InlineData("int?", "[ a, b, c ]", "(options | list)[label]", "null 1 -1", "b", 2)]
    [InlineData("int", "[ a, b, c ]", "{0: 'a'}[['x', 0][label]]", "-1 1", "a", 1)]
    public void A_row_without_a_label_is_dropped_and_counted(string type, string options, string answer, string labels, string targets, int dropped)
    {
        Write(type, options, answer, labels.Split(' '));
        var report = ToyTask.Build(_scratch, Plan);
        var counts = report.Tasks.Single().Slices.Single().Counts;
        Assert.Equal(dropped, counts.Dropped.GetValueOrDefault("no_label"));
        Assert.Equal(dropped, counts.Dropped.Values.Sum());
        Assert.Equal(0, report.Rejected);
        Assert.Null(report.Rejects);
        Assert.Equal(targets.Split(' '), File.ReadLines(_scratch.At("out", "data", "train-00000-of-00001.jsonl")).Select(Target));
    }

    [Theory]
    [InlineData("int", "1 -1 3", 3)]
    [InlineData("int", "99999999999999999999", 1)]
    public void A_label_beyond_the_options_is_a_bad_row_with_its_place(string type, string labels, int line)
    {
        Write(type, "[ a, b, c ]", "options[label]", labels.Split(' '));
        var found = Assert.Throws<DiagnosticException>(() => ToyTask.Build(_scratch, Plan)).Diagnostics.Single();
        Assert.Equal(RowCodes.AnswerNotAnOption, found.Code);
        Assert.Equal(line, found.Span!.Value.Start.Line + 1);
        Assert.Contains("beyond the 3 options", found.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_that_is_no_number_is_no_label_through_int()
    {
        Write("string", "[ a, b, c ]", "options[label | int]", ["\"1\"", "\"many\""]);
        var found = Assert.Throws<DiagnosticException>(() => ToyTask.Build(_scratch, Plan)).Diagnostics.Single();
        Assert.Equal(RowCodes.AnswerNotAnOption, found.Code);
        Assert.Contains("'many' is not a number", found.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("answers: \"[options[label]]\"", "{{ answer }}", "")]
    [InlineData("fields: { word: \"['a', 'b'][label]\" }\nanswer: word", "{{ answer }}", "")]
    [InlineData("answer: word", "{{ answer }}", "map: { word: \"['a', 'b'][label]\" }")]
    [InlineData("answer: \"'a' if text else 'b'\"", "{{ ['a', 'b'][label] }}{{ answer[:0] }}", "")]
    [InlineData("answer: \"'a' if text else 'b'\"", "{{ (options | list)[label] }}{{ answer[:0] }}", "")]
    public void Wherever_a_list_is_taken_from_by_a_label_a_negative_one_is_none(string answer, string target, string map)
    {
        _scratch.Write("own.yaml", $$$"""
            task: own
            title: Own
            columns: { text: string, label: int, word: "string?" }
            layouts:
              - name: lines
                format: jsonl
                files: { train: rows.jsonl }
                {{{map}}}
            splits: { train: train }
            options: [ a, b ]
            {{{answer.Replace("\n", "\n            ", StringComparison.Ordinal)}}}
            templates:
              - id: ask
                input: "{{ text }}"
                target: "{{{target}}}"
            """.Replace("\n            ", "\n", StringComparison.Ordinal));
        _scratch.Write("data/own/rows.jsonl", string.Concat(((int[])[1, -1, 0, -2]).Select(label => $"{{\"text\": \"row {label}\", \"label\": {label}}}\n")));
        var report = ToyTask.Build(_scratch, Plan);
        Assert.Equal(2, report.Tasks.Single().Slices.Single().Counts.Dropped.GetValueOrDefault("no_label"));
        Assert.Equal(0, report.Rejected);
        Assert.Equal(["b", "a"], File.ReadLines(_scratch.At("out", "data", "train-00000-of-00001.jsonl")).Select(Target));
    }

    [Fact]
    public void A_null_in_a_column_that_allows_none_stays_a_type_fault()
    {
        Write("int", "[ a, b, c ]", "options[label]", ["null"]);
        Assert.Equal(RowCodes.ColumnType, Assert.Throws<DiagnosticException>(() => ToyTask.Build(_scratch, Plan)).Diagnostics.Single().Code);
    }

    [Theory]
    [InlineData("int?", "answer: label", "3 null -1", "3 -1", 1)]
    [InlineData("string?", "answer: label", "\"a\" null", "a", 1)]
    [InlineData("any", "answer: label", "\"a\" null 2", "a 2", 1)]
    [InlineData("object", "answer: \"label.name\"", "{\"name\":\"a\"} {\"id\":1} {\"name\":null}", "a", 2)]
    [InlineData("object", "answer: \"label['name']\"", "{\"name\":\"a\"} {\"id\":1}", "a", 1)]
    [InlineData("list?", "answers: label", "[\"a\"] null", "a", 1)]
    [InlineData("object", "answers: \"label['all']\"", "{\"all\":[\"a\"]} {\"id\":1}", "a", 1)]
    public void A_task_without_options_drops_rows_without_an_answer(string type, string answer, string labels, string targets, int dropped)
    {
        Write(type, null, answer, labels.Split(' '));
        var report = ToyTask.Build(_scratch, Plan);
        Assert.Equal(dropped, report.Tasks.Single().Slices.Single().Counts.Dropped.GetValueOrDefault("no_label"));
        Assert.Equal(0, report.Rejected);
        Assert.Equal(targets.Split(' '), File.ReadLines(_scratch.At("out", "data", "train-00000-of-00001.jsonl")).Select(Target));
    }

    [Fact]
    public void An_answer_that_is_computed_and_undefined_is_a_bad_row()
    {
        Write("list", null, "answer: \"label[7]\"", ["[\"a\"]"]);
        Assert.Equal(RowCodes.ExpressionFailed, Assert.Throws<DiagnosticException>(() => ToyTask.Build(_scratch, Plan)).Diagnostics.Single().Code);
    }

    [Fact]
    public void A_template_whose_own_answer_is_none_makes_no_example()
    {
        Write("int?", null, "answer: text", ["3", "null"], "answer: label");
        var report = ToyTask.Build(_scratch, Plan);
        Assert.Equal(1, report.Tasks.Single().Slices.Single().Counts.Dropped.GetValueOrDefault("no_label"));
        Assert.Equal(["3"], File.ReadLines(_scratch.At("out", "data", "train-00000-of-00001.jsonl")).Select(Target));
    }

    private static string Target(string line) => System.Text.Json.JsonDocument.Parse(line).RootElement.GetProperty("target").GetString()!;

    private void Write(string type, string? options, string answer, string[] labels, string template = "kind: direct")
    {
        _scratch.Write("own.yaml", $$$"""
            task: own
            title: Own
            columns: { text: string, choices: list, label: "{{{type}}}" }
            layouts:
              - name: lines
                format: jsonl
                files: { train: rows.jsonl }
            splits: { train: train }
            {{{(options is null ? answer : $"options: {options}\nanswer: \"{answer}\"")}}}
            metrics: [ accuracy ]
            templates:
              - id: ask
                {{{template}}}
                input: "{{ text }} {{ choices }}"
                target: "{{ answer }}"
            """);
        _scratch.Write("data/own/rows.jsonl", string.Concat(labels.Select((label, i) => $$"""{"text": "row {{i}}", "choices": ["a", "b", "c"], "label": {{label}}}""" + "\n")));
    }
}
