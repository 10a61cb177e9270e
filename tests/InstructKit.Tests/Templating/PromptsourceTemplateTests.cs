using InstructKit.Templating;
using InstructKit.Templating.Settings;
using InstructKit.Templating.Values;
using Xunit;

namespace InstructKit.Tests.Templating;

public sealed class PromptsourceTemplateTests
{
    private const string Token = "3ed2dface8203c4c9dfb1a5dc58e41e0";

    [Fact]
    public void DividesStripsAndGivesTheChoices()
    {
        var result = Apply("\u00a0{{ q }} {{ answer_choices }} |||\n {{ answer_choices[l] }} ", "no ||| {{ w }} ", """{"q": "Q", "l": 1, "w": "y|||es"}""");

        Assert.Equal(["Q ['no', 'y|||es']", "y|||es"], result.Pieces.Select(piece => piece.ToString()));
        Assert.Equal(["no", "y|||es"], result.Choices!.Select(choice => choice.ToString()));
    }

    [Fact]
    public void OnlySeparatorsOfTheTemplateDivide()
    {
        var row = $$"""{"top": "a ||| b", "nested": ["c ||| d"], "token": "{{Token}}"}""";
        const string Template = "{{ top }} {{ nested[0] }} {{ token }} {{ ' ||| ' }} {{ top | length }}";

        Assert.Equal([$"a ||| b c ||| d {Token}", "7"], Apply(Template, null, row).Pieces.Select(piece => piece.ToString()));
    }

    [Fact]
    public void PromptsourcesOwnRuleDividesAtNestedDataAndSeesTheToken()
    {
        var row = $$"""{"top": "a ||| b", "nested": ["c ||| d"], "token": "{{Token}}"}""";
        const string Template = "{{ top }} {{ nested[0] }} {{ token }} ||| {{ top | length }}";
        var pieces = Apply(Template, null, row, new PromptsourceOptions { SplitAtData = true }).Pieces;

        // 'a ' + 32 characters of token + ' b' is 36 long; the token in data reads as a separator that was guarded.
        Assert.Equal(["a ||| b c", "d |||", "36"], pieces.Select(piece => piece.ToString()));
    }

    [Fact]
    public void ChoicesJoinedFromAListOfTheRowAreListedAsPromptsourceListsThem()
    {
        // get_answer_choices_list of promptsource guards only top-level texts, so "c ||| d" in a list becomes two choices there.
        var template = PromptsourceTemplate.Parse(
            SourceText.FromText("t", "{{ answer_choices | length }} ||| {{ answer_choices[1] }}"),
            SourceText.FromText("c", "{{ top }} ||| {{ list | join('|||') }}"), TemplateOptions.For(Dialect.Promptsource));
        var context = ContextOf("""{"top": "a ||| b", "list": ["c ||| d", "e"]}""");

        Assert.Equal(["3", "c ||| d"], template.Apply(context).Pieces.Select(piece => piece.ToString()));
        Assert.Equal(["a ||| b", "c", "d", "e"], template.OriginalChoices(context)!.Select(choice => choice.ToString()));
    }

    [Fact]
    public void TruncationCutsEveryPrintedExpressionAtAWord()
    {
        var text = string.Join(' ', Enumerable.Repeat("word", 600));
        var pieces = Apply("{{ t }} ||| {{ 'x' if false else t }}", null, $$"""{"t": "{{text}}"}""", new PromptsourceOptions { Truncate = true }).Pieces;

        // 2048 - 3 code points hold 409 words of 5; the last space is at 2044, so 408 words and "word" up to it remain.
        Assert.Equal(string.Join(' ', Enumerable.Repeat("word", 409)) + "...", pieces[0].ToString());
        Assert.Equal(pieces[0].ToString(), pieces[1].ToString());
    }

    [Fact]
    public void PositionsInATruncatedTemplateLeadToTheText()
    {
        var source = SourceText.FromText("t", "{{ a }}{{ b }}\n{{ c }}{{ d | nosuch }}");
        var failure = Assert.Throws<DiagnosticException>(
            () => PromptsourceTemplate.Parse(source, null, TemplateOptions.For(Dialect.Promptsource), new PromptsourceOptions { Truncate = true }));

        Assert.StartsWith("t:2:15: error IK1101", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AFieldCalledAnswerChoicesIsRefused()
    {
        Assert.Throws<TemplateException>(() => Apply("{{ q }}", null, """{"q": 1, "answer_choices": []}"""));
        Assert.Throws<DiagnosticException>(() => PromptsourceTemplate.Parse(
            SourceText.FromText("t", "x"), null, TemplateOptions.For(Dialect.Promptsource) with { Slots = ["answer_choices"] }));
    }

    [Fact]
    public void FixedChoicesNeedNoRow()
    {
        var template = PromptsourceTemplate.Parse(
            SourceText.FromText("t", "{{ a }} ||| {{ answer_choices[0] }}"), SourceText.FromText("c", " yes ||| no "), TemplateOptions.For(Dialect.Promptsource));

        Assert.Equal(["yes", "no"], template.FixedChoices);
        Assert.Equal(["a"], template.UndeclaredNames);
        Assert.True(template.UsesChoices);
    }

    private static PromptsourceResult Apply(string jinja, string? choices, string row, PromptsourceOptions? how = null)
    {
        var template = PromptsourceTemplate.Parse(
            SourceText.FromText("t", jinja), choices is null ? null : SourceText.FromText("c", choices), TemplateOptions.For(Dialect.Promptsource), how);
        return template.Apply(ContextOf(row));
    }

    private static RenderContext ContextOf(string row)
    {
        var context = new RenderContext(RenderLimits.Default) { Variables = Value.FromJson(System.Text.Encoding.UTF8.GetBytes(row)) };
        context.BeginRow([], []);
        return context;
    }
}
