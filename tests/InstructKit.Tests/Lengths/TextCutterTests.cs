using InstructKit.Lengths;
using InstructKit.Tasks;
using Xunit;

namespace InstructKit.Tests.Lengths;

/// <summary>Cuts at natural boundaries. Expectations are computed by hand from the tokens of npm's tiktoken for gpt2.</summary>
public sealed class TextCutterTests
{
    private const string Story = "One day it rained. \"Go home!\" she said.\nThey went. The end";

    // Tokens: One| day| it| r|ained|.| "|Go| home|!"| she| said|.|\n|They| went|.| The| end
    [Theory]
    [InlineData(19, CutBorder.Sentence, CutSide.End, Story)]
    [InlineData(18, CutBorder.Sentence, CutSide.End, "One day it rained. \"Go home!\" she said.\nThey went.")]
    [InlineData(18, CutBorder.Word, CutSide.End, "One day it rained. \"Go home!\" she said.\nThey went. The")]
    [InlineData(17, CutBorder.Sentence, CutSide.End, "One day it rained. \"Go home!\" she said.\nThey went.")]
    [InlineData(15, CutBorder.Sentence, CutSide.End, "One day it rained. \"Go home!\" she said.")]
    [InlineData(15, CutBorder.Line, CutSide.End, "One day it rained. \"Go home!\" she said.")]
    [InlineData(11, CutBorder.Sentence, CutSide.End, "One day it rained. \"Go home!\"")]
    [InlineData(7, CutBorder.Sentence, CutSide.End, "One day it rained.")]
    [InlineData(4, CutBorder.Sentence, CutSide.End, "")]
    [InlineData(4, CutBorder.Word, CutSide.End, "One day it")]
    [InlineData(11, CutBorder.Line, CutSide.End, "")]
    [InlineData(5, CutBorder.Line, CutSide.Start, "They went. The end")]
    [InlineData(4, CutBorder.Sentence, CutSide.Start, "The end")]
    [InlineData(1, CutBorder.Word, CutSide.Start, "end")]
    [InlineData(4, CutBorder.Line, CutSide.Start, "")]
    public void The_longest_part_between_borders_stays(int tokens, CutBorder border, CutSide side, string expected)
    {
        var text = Encoding.UTF8.GetBytes(Story);
        Assert.Equal(expected, Encoding.UTF8.GetString(text.AsSpan()[TextCutter.Cut(Tokenizers.Open("gpt2"), text, tokens, border, side)]));
    }

    [Theory]
    [InlineData("他走了。她笑了。再见", "他走了。她笑了。")]
    [InlineData("他说：“走吧。” 好。然后", "他说：“走吧。” 好。")]
    public void Ideographic_sentences_need_no_blank(string text, string expected)
    {
        var tokenizer = Tokenizers.Open("o200k_base");
        var bytes = Encoding.UTF8.GetBytes(text);
        var budget = tokenizer.Count(bytes) - 1;
        Assert.Equal(expected, Encoding.UTF8.GetString(bytes.AsSpan()[TextCutter.Cut(tokenizer, bytes, budget, CutBorder.Sentence, CutSide.End)]));
    }

    [Fact]
    public void What_stays_fits_and_is_whole_characters()
    {
        var texts = new TokenTexts(51);
        var tokenizer = Tokenizers.Open("cl100k_base");
        for (var i = 0; i < 400; i++)
        {
            var text = Encoding.UTF8.GetBytes(texts.Next(1 + texts.Number(40)));
            foreach (var border in Enum.GetValues<CutBorder>())
            {
                foreach (var side in Enum.GetValues<CutSide>())
                {
                    var budget = texts.Number(tokenizer.Count(text) + 2);
                    var range = TextCutter.Cut(tokenizer, text, budget, border, side);
                    var part = text.AsSpan()[range];
                    Assert.True(System.Text.Unicode.Utf8.IsValid(part));
                    Assert.True(tokenizer.Count(part) <= budget, $"{border} {side} {budget}");
                    Assert.True(side == CutSide.End ? text.AsSpan().StartsWith(part) : text.AsSpan().EndsWith(part));
                    if (budget >= tokenizer.Count(text)) Assert.Equal(text.Length, part.Length);
                }
            }
        }
    }
}
