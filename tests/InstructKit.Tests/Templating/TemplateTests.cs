using InstructKit.Templating;
using InstructKit.Templating.Settings;
using InstructKit.Templating.Values;
using Xunit;

namespace InstructKit.Tests.Templating;

public sealed class TemplateTests
{
    private static readonly TemplateOptions Options = TemplateOptions.For(Dialect.Jinja) with { Slots = ["premise", "label"] };

    [Fact]
    public void UndeclaredNamesComeInOrderOfFirstUseWithoutOwnNames()
    {
        var template = Parse("{{ b }}{% set c = a %}{{ c }}{{ premise }}{% for x in xs %}{{ x }}{{ loop.index }}{{ range(2) }}{% endfor %}");

        Assert.Equal(["b", "a", "premise", "xs"], template.UndeclaredNames);
    }

    [Fact]
    public void ANameSetInABranchOrCalledUnderscoreIsNoColumn()
    {
        // promptsource issues 216 and 690: both were reported as unknown columns.
        var template = Parse("{% if label %}{% set word = 'x' %}{% else %}{% set word = 'y' %}{% endif %}{% set _ = [].append(1) %}{{ word }}{{ _ }}");

        Assert.Equal(["label"], template.UndeclaredNames);
    }

    [Theory]
    [InlineData("just text", "just text", true)]
    [InlineData("{{ 2.9802322387695312e-08 }}", "2.9802322387695312e-08", true)]
    [InlineData("{{ 'a' ~ 1 + 2 if false else ['x', 'y'][1] }}!", "y!", true)]
    [InlineData("{{ premise }}", null, true)]
    [InlineData("{{ premise | upper }}", null, false)]
    [InlineData("", "", true)]
    public void KnowsWhatDependsOnNothing(string text, string? constant, bool plain)
    {
        var template = Parse(text);

        Assert.Equal(constant, template.ConstantText);
        Assert.Equal(plain, template.IsPlain);
    }

    [Fact]
    public void CellsOfEveryKindPrintAsPythonWould()
    {
        var options = TemplateOptions.For(Dialect.Jinja) with { Slots = ["a", "b", "c", "d", "e", "f", "g", "h", "i"] };
        var template = Template.Parse(SourceText.FromText("t", "{{a}}|{{b}}|{{c}}|{{d}}|{{e}}|{{f}}|{{g}}|{{h}}|{{i}}|{{ g[1] }}|{{ b | length }}"), options);
        var row = new Row();
        row.Add(CellKind.Text, "plain \"ü\"");
        row.Add(CellKind.EscapedText, "tab\\t\\u001f\\\"");
        row.Add(CellKind.Integer, "12345678901234567890");
        row.Add(CellKind.Float, "1e3");
        row.Add(CellKind.True, "");
        row.Add(CellKind.Null, "");
        row.Add(CellKind.Json, "[1, 2.0, {\"k\": \"\\u00e9\"}]");
        row.Add(CellKind.Missing, "");
        row.Add(CellKind.False, "");

        Assert.Equal("plain \"ü\"|tab\t\u001f\"|12345678901234567890|1000.0|True|None|[1, 2.0, {'k': 'é'}]||False|2.0|6", row.Render(template, json: false));
        Assert.Equal(
            "plain \\\"ü\\\"|tab\\t\\u001f\\\"|12345678901234567890|1000.0|True|None|[1, 2.0, {'k': 'é'}]||False|2.0|6", row.Render(template, json: true));
    }

    [Fact]
    public void AContextForgetsTheRowBefore()
    {
        var template = Parse("{{ premise }}/{{ label }}{% if seen is defined %}LEAK{% endif %}{% set seen = 1 %}");
        var context = new RenderContext(RenderLimits.Default);
        var first = new Row();
        first.Add(CellKind.Text, "one");
        first.Add(CellKind.Integer, "1");
        var second = new Row();
        second.Add(CellKind.Text, "two");

        Assert.Equal("one/1", first.Render(template, json: false, context));
        Assert.Equal("two/", second.Render(template, json: false, context));
    }

    [Fact]
    public void AComputedSlotReplacesTheCell()
    {
        var template = Parse("{{ premise }}{{ label + 1 }}");
        var row = new Row();
        row.Add(CellKind.Text, "cell");
        row.Add(CellKind.Text, "text");
        var context = new RenderContext(RenderLimits.Default);
        context.BeginRow(row.Buffer, row.Cells);
        context.SetSlot(0, Value.From("computed"));
        context.SetSlot(1, Value.From(41));
        var output = new Utf8Output();
        template.Render(context, output);

        Assert.Equal("computed42", Encoding.UTF8.GetString(output.Written));
        Assert.Equal("computed", context.GetSlot(0).ToString());
    }

    [Fact]
    public void ExpressionsKnowTheirSlotAndTheirConstancy()
    {
        Assert.Equal(1, Expression("label").SlotIndex);
        Assert.Null(Expression("label + 1").SlotIndex);
        Assert.True(Expression("['a', 'b'][0] | upper").IsConstant);
        Assert.False(Expression("premise | upper").IsConstant);
        Assert.Equal(["premise", "other"], Expression("premise ~ other").UndeclaredNames);
        Assert.Equal("IK1001", Assert.Throws<DiagnosticException>(() => Expression("a b")).Diagnostics[0].Code);
    }

    [Fact]
    public void ConstantListsAreNotSharedBetweenRenders()
    {
        var template = Parse("{% set l = ['a'] %}{% set _ = l.append(1) %}{{ l }}{{ ['x', 'y'].pop() }}{% set d = nope | default([]) %}{% set _ = d.append(2) %}{{ d }}");
        var row = new Row();
        var context = new RenderContext(RenderLimits.Default);

        Assert.Equal("['a', 1]y[2]", row.Render(template, json: false, context));
        Assert.Equal("['a', 1]y[2]", row.Render(template, json: false, context));
    }

    [Fact]
    public void RandomChoicesFollowTheKeyAlone()
    {
        var template = Parse("{{ range(1000) | random }} {{ ['a', 'b', 'c', 'd'] | choice }} {{ range(1000) | random }}");
        string Draw(ulong key, bool first = false)
        {
            var context = new RenderContext(RenderLimits.Default) { RandomKey = key, ChooseFirst = first };
            return new Row().Render(template, json: false, context);
        }

        Assert.Equal(Draw(7), Draw(7));
        Assert.True(Enumerable.Range(0, 50).Select(key => Draw((ulong)key)).Distinct().Count() > 40);
        Assert.Equal("0 a 0", Draw(7, first: true));
    }

    [Fact]
    public void FlanTemplatesKnowFieldsAndNothingElse()
    {
        var options = TemplateOptions.For(Dialect.Flan) with { Slots = ["premise", "label"] };
        var template = Template.Parse(SourceText.FromText("t", "{premise} {{label}} {not a field} {} {% if %} {label}\n"), options);
        var row = new Row();
        row.Add(CellKind.Text, "P");
        row.Add(CellKind.Float, "1.0");

        Assert.Equal("P {1.0} {not a field} {} {% if %} 1.0\n", row.Render(template, json: false));
        Assert.Equal(["premise", "label"], template.UndeclaredNames);
        Assert.True(template.IsPlain);
    }

    private static Template Parse(string text) => Template.Parse(SourceText.FromText("t", text), Options);

    private static TemplateExpression Expression(string text) => TemplateExpression.Parse(SourceText.FromText("e", text), Options);
}
