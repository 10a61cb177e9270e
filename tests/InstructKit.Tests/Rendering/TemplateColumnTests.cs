using System.Text.Json;
using InstructKit.Rendering;
using Xunit;

namespace InstructKit.Tests.Rendering;

/// <summary>A template in the row renders like the same template for all rows, with any other settings of the run.</summary>
public sealed class TemplateColumnTests
{
    private static readonly string[] Templates =
    [
        "{{ a }}", "{{ a }} and {{ b }}", "{% for x in list %}{{ loop.index }}{{ x }}{% endfor %}", "\"{{ missing }}\"\n{{ a | upper }}", "{{ list[0] }} {{ map.key }}",
        "{{ 1 // n }}", "{{ a.nothing.more }}", "{{ template }}",
    ];

    private const string Usual = """{"t": "{{ a }}-{{ b }}", "row": {"a": "usual", "b": 1}}""";

    private static readonly string[] Rows =
    [
        """{"a": "plain", "b": "q\"uo\\te\n", "list": [1, "two"], "map": {"key": null}, "n": 1}""",
        """{"a": "naïve \u00e9\ud83d\ude00\/", "b": 1.50, "list": [], "map": {}, "n": 0}""",
        """{"b": true}""",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void EachRowIsRenderedWithItsOwn(int jobs)
    {
        List<string> lines = [];
        List<string> expected = [];
        for (var i = 0; i < 200; i++)
        {
            var (template, row) = (Templates[i % Templates.Length], Rows[i % Rows.Length]);
            lines.Add($$"""{"template": {{JsonSerializer.Serialize(template)}}, "row": {{row}}}""");
            expected.Add(Output(Run(new RenderRequest { Template = SourceText.FromText("template", template) }, row)));
        }

        var request = new RenderRequest { TemplateColumn = "template", RowColumn = "row", Jobs = jobs };
        Assert.Equal(expected, Run(request, string.Join('\n', lines)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Output));
    }

    [Fact]
    public void TheWholeRowHoldsTheVariablesUnlessAColumnIsNamed()
    {
        Assert.Equal("{\"output\": \"x {{ a }} {{ template }}\"}\n", Run(
            new RenderRequest { TemplateColumn = "template" }, """{"a": "x", "template": "{{ a }} {{ '{{' }} a }} {{ '{{' }} template }}"}"""));
        Assert.Equal("{\"output\": \"{{ t }}\"}\n", Run(new RenderRequest { TemplateColumn = "t" }, """{"t": "{{ t }}"}"""));
    }

    [Fact]
    public void ATemplateThatIsNoneGivesAnErrorAndTheRunGoesOn()
    {
        var output = Run(new RenderRequest { TemplateColumn = "t" }, """
            {"t": "{% if %}", "a": 1}
            {"t": 5}
            {"a": 1}
            [1]
            {"t": "{{ a }}", "a": 1}
            """).Split('\n');

        Assert.All(output[..4], line => Assert.StartsWith("{\"error\": {\"code\": \"IK", line));
        Assert.Equal("{\"output\": \"1\"}", output[4]);
    }

    [Fact]
    public void MoreTemplatesThanAreKept()
    {
        var lines = Enumerable.Range(0, 5000).Select(i => string.Create(CultureInfo.InvariantCulture, $$$"""{"t": "{{ a }} {{{i % 2500}}}", "a": {{{i}}}}"""));
        var expected = Enumerable.Range(0, 5000).Select(i => string.Create(CultureInfo.InvariantCulture, $$"""{"output": "{{i}} {{i % 2500}}"}"""));

        Assert.Equal(string.Join('\n', expected) + "\n", Run(new RenderRequest { TemplateColumn = "t" }, string.Join('\n', lines)));
    }

    [Theory]
    [InlineData("""{"row": {"a": {"b": [1, {"c": "\u00e9"}]}, "a\u0062": 2}, "t": "{{ a }} {{ ab }}", "rest": {}}""")]
    [InlineData("""{"t": "{{ a }}", "row": {"a": 1, "a": 2}}""")]
    [InlineData("""{"t": "{{ a }}", "row": {"a": "x"}, "row": {"a": "y"}}""")]
    [InlineData("""{"t": "{{ a }}", "row": [{"a": 1}]}""")]
    [InlineData("""{"t": "{{ a }}", "row": null}""")]
    [InlineData("""{"t": "{{ a }}"}""")]
    [InlineData("""{"t": "{{ a }}", "row": {"a": 1}""")]
    [InlineData("""{"t": "{{ a }}", "row": {"a": 1 "b": 2}}""")]
    [InlineData("""{"t": "{{ a }}", "row": {}} {}""")]
    public void AnUnusualRowIsReadAsInTheGeneralWay(string line)
    {
        // A line before and one after it, so that the state of one row does not leak into another.
        var lines = $"{Usual}\n{line}\n{Usual}";
        var request = new RenderRequest { TemplateColumn = "t", RowColumn = "row" };

        Assert.Equal(Run(request with { ChoicesColumn = "choices" }, lines), Run(request, lines));
    }

    [Fact]
    public void TemplatesMayNameMoreFieldsThanAreKept()
    {
        var lines = Enumerable.Range(0, 1000).Select(i => string.Create(CultureInfo.InvariantCulture, $$$"""{"row": {"f{{{i % 600}}}": {{{i}}}, "a": 0}, "t": "{{ f{{{i % 600}}} }} {{ a }}"}"""));
        var expected = Enumerable.Range(0, 1000).Select(i => string.Create(CultureInfo.InvariantCulture, $$"""{"output": "{{i}} 0"}"""));

        Assert.Equal(string.Join('\n', expected) + "\n", Run(new RenderRequest { TemplateColumn = "t", RowColumn = "row" }, string.Join('\n', lines)));
    }

    private static string Run(RenderRequest request, string lines)
    {
        using var input = new MemoryStream(Encoding.UTF8.GetBytes(lines));
        using var output = new MemoryStream();
        RenderFilter.Run(request, input, "rows.jsonl", output, TestContext.Current.CancellationToken);
        return Encoding.UTF8.GetString(output.ToArray());
    }

    // For an error only the code and the message: its line is that of the row.
    private static string Output(string line)
    {
        using var document = JsonDocument.Parse(line);
        return document.RootElement.TryGetProperty("output", out var text)
            ? text.GetString()!
            : $"{document.RootElement.GetProperty("error").GetProperty("code")} {document.RootElement.GetProperty("error").GetProperty("message")}";
    }
}
