using System.Text.Json;
using InstructKit.Building.Plans;
using InstructKit.Tasks;
using InstructKit.Tests.Building;
using Xunit;

namespace InstructKit.Tests.Tasks;

/// <summary>The key <c>dialect</c> of a template: allowed values, and the result of a build.</summary>
public sealed class TemplateDialectTests
{
    private const string Head = """
        task: colour
        title: Toy colour
        columns: { text: string, label: "int?" }
        layouts:
          - name: lines
            format: jsonl
            files: { train: train.jsonl, test: test.jsonl }
        splits: { train: train, test: test }
        templates:

        """;

    [Fact]
    public void A_task_of_promptsource_templates_needs_no_answer_of_its_own()
    {
        using var scratch = new ScratchFolder();
        var task = Read(scratch, "  - { id: a, name: A, dialect: promptsource, choices: \"no ||| yes\", jinja: \"{{ text }} ||| {{ answer_choices[label] }}\", metadata: { x: [ 1 ] }, reference: r }\n");
        Assert.Null(task.Answer);
        var template = Assert.Single(task.Templates);
        Assert.Equal(("A", "no ||| yes", true, true), (template.Name, template.Choices?.Text, template.IsPromptsource, template.TargetIsAnswer));
    }

    [Theory]
    [InlineData("  - { id: a, dialect: jinga, input: x, target: y }\n", "IK2006", "Did you mean 'jinja'?")]
    [InlineData("  - { id: a, dialect: chat, input: x, target: y }\n", "IK2006", null)]
    [InlineData("  - { id: a, dialect: promptsource, input: x, target: y }\n", "IK2003", null)]
    [InlineData("  - { id: a, dialect: promptsource, jinja: x, target: y }\n", "IK2002", null)]
    [InlineData("  - { id: a, jinja: x }\n", "IK2003", null)]
    [InlineData("  - { id: a, dialect: lm-eval, input: x, target: y, choices: z }\n", "IK2002", null)]
    [InlineData("  - { id: a, dialect: flan, input: \"{text}\", target: \"{text}\" }\n", "IK2003", null)]
    [InlineData("  - { id: a, dialect: promptsource, jinja: \"x ||| y\" }\n  - { id: b, dialect: promptsource, jinja: \"x ||| y\" }\n", "IK2010", null)]
    public void What_does_not_fit_the_dialect_is_refused(string templates, string code, string? hint)
    {
        using var scratch = new ScratchFolder();
        var exception = Assert.Throws<DiagnosticException>(() => Read(scratch, templates));
        Assert.Contains(exception.Diagnostics, one => one.Code == code && (hint is null || one.Hint == hint));
    }

    [Fact]
    public void Options_without_an_option_are_refused()
    {
        using var scratch = new ScratchFolder();
        var exception = Assert.Throws<DiagnosticException>(() => Read(scratch, "  - { id: a, input: x, target: \"{{ answer }}\" }\nanswer: text\noptions: []\n"));
        Assert.Equal("'options' has nothing in it; a task whose answer is free leaves the key out.", Assert.Single(exception.Diagnostics).Message);
    }

    [Fact]
    public void A_build_writes_the_pieces_and_drops_what_is_no_pair()
    {
        using var scratch = new ScratchFolder();
        ToyTask.WriteCatalogue(scratch, text => text.Contains("task: colour\n", StringComparison.Ordinal) ? Head + """
              - id: pair
                dialect: promptsource
                choices: no ||| yes
                jinja: " {{ text }} \n|||\n{{ answer_choices[label] }} "
              - id: sometimes
                dialect: promptsource
                jinja: "{% if label == 1 %}One: {{ text }} ||| {{ label }}{% elif label == 0 %}only input{% endif %}"
              - id: three
                dialect: promptsource
                jinja: "{{ text }} ||| a ||| b"
              - id: target-first
                dialect: lm-eval
                input: "{{ text }}\n"
                target: "L{{ label }}"
            """ : text);
        scratch.Write("data/colour/train.jsonl", "");
        scratch.Write("data/colour/test.jsonl", "{\"text\": \"red \\\"x\\\"\", \"label\": 1}\n{\"text\": \"blue\", \"label\": 0}\n{\"text\": \"grey\", \"label\": null}\n");
        ToyTask.WriteData(scratch, "size", 8, 4);
        ToyTask.WriteData(scratch, "shape", 8, 4);
        var report = ToyTask.Build(scratch, new BuildPlan { HoldOut = ["colours"], Tasks = ["colour", "size"], Data = [scratch.At("data")], Out = scratch.At("out"), Scheme = "toy" });
        Assert.NotNull(report);

        var lines = Directory.GetFiles(scratch.At("out", "data"), "held_out*").SelectMany(File.ReadLines).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(
            [
                "pair|red \"x\"|yes|no,yes|1|yes", "sometimes|One: red \"x\"|1||-1|1", "target-first|red \"x\"\n|L1||-1|L1", "pair|blue|no|no,yes|0|no", "target-first|blue\n|L0||-1|L0",
                "target-first|grey\n|LNone||-1|LNone",
            ],
            lines.Select(line => string.Join('|', line.GetProperty("template"), line.GetProperty("input"), line.GetProperty("target"), Join(line, "choices"), line.GetProperty("answer_index"), Join(line, "answers"))));
        using var manifest = JsonDocument.Parse(File.ReadAllText(scratch.At("out", ".instructkit", "manifest.json")));
        var text = manifest.RootElement.ToString();
        Assert.All((string[])["empty_input", "empty_target", "more_than_two_pieces"], reason => Assert.Contains(reason, text, StringComparison.Ordinal));
    }

    private static string Join(JsonElement line, string key) => string.Join(',', line.GetProperty(key).EnumerateArray());

    private static TaskDefinition Read(ScratchFolder scratch, string templates)
    {
        var catalog = new TaskFiles();
        catalog.AddOwn(scratch.Write("colour.yaml", Head + templates));
        return catalog.Get("colour");
    }
}
