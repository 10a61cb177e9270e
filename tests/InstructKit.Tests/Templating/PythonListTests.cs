using InstructKit.Templating;
using InstructKit.Templating.Settings;
using InstructKit.Templating.Values;
using Xunit;

namespace InstructKit.Tests.Templating;

/// <summary>Expectations are CPython 3.11's output for <c>ast.literal_eval(text)</c> if that is a list, otherwise the text.</summary>
public sealed class PythonListTests
{
    [Theory]
    [InlineData("['a', \"it's\"]", "['a', \"it's\"]")]
    [InlineData("[]", "[]")]
    [InlineData("[ 1,-2 , +3, 1_000, 1.50, 1e3, .5, 2., True, None, ]", "[1, -2, 3, 1000, 1.5, 1000.0, 0.5, 2.0, True, None]")]
    [InlineData("[('a', 1), ('b',), ('c'), {'k': [2]}]", "[('a', 1), ('b',), 'c', {'k': [2]}]")]
    [InlineData("['a' 'b', '\\x41\\u00e9\\101\\q\\n']", "['ab', 'AéA\\\\q\\n']")]
    [InlineData("['\\N{BULLET}', 1]", "['•', 1]")]
    [InlineData("['\\N{no such character}']", "['\\N{no such character}']")]
    [InlineData("['''an 'x'\ny''', \"\"\"q\"\"\", '''''' '''a''''b']", "[\"an 'x'\\ny\", 'q', 'ab']")]
    [InlineData("['''a'']", "['''a'']")]
    [InlineData("[[['deep']]]", "[[['deep']]]")]
    [InlineData("['a', b]", "['a', b]")]
    [InlineData("['a']['b']", "['a']['b']")]
    [InlineData("['a' 1]", "['a' 1]")]
    [InlineData("['a]", "['a]")]
    [InlineData("[01]", "[01]")]
    [InlineData("[,]", "[,]")]
    [InlineData("['a'", "['a'")]
    [InlineData("a ['b']", "a ['b']")]
    [InlineData("", "")]
    public void A_list_literal_becomes_a_list_and_everything_else_stays(string text, string expected)
    {
        var expression = TemplateExpression.Parse(SourceText.FromText("t", "x | python_list"), TemplateOptions.For(Dialect.Jinja));
        var context = new RenderContext(RenderLimits.Default) { Variables = Value.FromPairs([new("x", Value.From(text))]) };
        context.BeginRow([], []);
        Assert.Equal(expected, expression.Evaluate(context).ToString());
    }
}
