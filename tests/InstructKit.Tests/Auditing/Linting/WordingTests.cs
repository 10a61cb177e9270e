using InstructKit.Auditing.Linting;
using InstructKit.Tasks;
using Xunit;

namespace InstructKit.Tests.Auditing.Linting;

public sealed class WordingTests
{
    // Computed by hand: common words in common order, twice, over all words.
    [Theory]
    [InlineData("Can one conclude from this text that {{ h }}?", "May one infer from this passage that {{ h }}?", 8.0 / 14)] // one from this that
    [InlineData("{{ p }} Is it so?", "So is it: {{ p }}", 4.0 / 6)]                                                          // is it
    [InlineData("IT'S {{ a }} so", "it's, {{ b }} SO!", 1)]
    [InlineData("one two", "three", 0)]
    [InlineData("{{ a }}", "{{ b }}", 1)]
    public void Likeness_is_the_share_of_common_words_in_order(string a, string b, double expected)
    {
        Assert.Equal(expected, TemplateWording.Likeness(Read(a), Read(b)), 12);
        Assert.Equal(expected, TemplateWording.Likeness(Read(b), Read(a)), 12);
    }

    [Fact]
    public void Placeholders_are_compared_without_their_signs()
    {
        Assert.True(TemplateWording.SamePlaceholders(Read("{{ a }} x {%- if b %}"), Read("{{a}}{% if b -%} y")));
        Assert.False(TemplateWording.SamePlaceholders(Read("{{ a }} {{ b }}"), Read("{{ b }} {{ a }}")));
    }

    [Theory]
    [InlineData("No news. Nobody knows, no.", "no", 2)]
    [InlineData("yes-no YES", "yes", 2)]
    [InlineData("aaa", "a", 0)]
    [InlineData("(a) (b) (a)", "(a)", 2)]
    [InlineData("anything", "", 0)]
    public void Phrases_are_counted_as_whole_words(string text, string phrase, int expected) => Assert.Equal(expected, WordCount.Of(text, phrase));

    private static TemplateWording Read(string input)
    {
        var source = SourceText.FromText("t", input);
        return TemplateWording.Of(new TemplateDefinition("t", TemplateKind.Direct, source, SourceText.FromText("t", "{{ answer }}"), null, new SourceSpan(source, 0, 0)));
    }
}
