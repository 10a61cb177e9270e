using InstructKit.Auditing.Linting;
using Xunit;

namespace InstructKit.Tests.Auditing.Linting;

public sealed class WordCountTests
{
    [Fact]
    public void Many_phrases_are_counted_as_each_by_itself()
    {
        const string Text = "Yes, yes: not possible is no \u00c9t\u00e9 in the U.S.A., nor is 12 in 112 or a-b-a-b. YES\u00d7no; \u00e9t\u00e9 aa aaa";
        string[] phrases = ["yes", "no", "not possible", "possible", "\u00e9t\u00e9", "U.S.A.", "12", "a-b", "b-a", "-", "aa", "a", "", ".", "in the", "s", "Yes", "nor", "112", "missing", "is no \u00c9t\u00e9"];
        var counts = WordCount.OfEach(Text, phrases);
        Assert.Equal(phrases.Select(phrase => WordCount.Of(Text, phrase)), counts);
        Assert.Equal([3, 2, 1, 1, 2], counts[..5]);
    }

    [Fact]
    public void Thousands_of_phrases_in_a_text_of_all_of_them_are_each_found_once()
    {
        string[] phrases = [.. Enumerable.Range(0, 4000).Select(i => $"o{i}")];
        Assert.All(WordCount.OfEach(string.Join(", ", phrases), phrases), count => Assert.Equal(1, count));
    }
}
