using System.Text.RegularExpressions;
using InstructKit.Lengths;
using Xunit;

namespace InstructKit.Tests.Lengths;

/// <summary>The hand-written pre-tokenizers compared with the published patterns, run by .NET's regular expressions on characters that these see as a whole.</summary>
public sealed class PreTokenizerTests
{
    public static TheoryData<string> Names => [.. PreTokenizer.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Pieces_are_the_matches_of_the_pattern(string name)
    {
        var pattern = new Regex(PreTokenizer.Patterns.Single(known => known.Name == name).Pattern, RegexOptions.CultureInvariant);
        var texts = new TokenTexts(11);
        for (var i = 0; i < 20_000; i++)
        {
            var text = texts.Next(1 + texts.Number(12), isPlain: true);
            Assert.Equal(pattern.Matches(text).Select(match => match.Value), Pieces(name, text));
        }
    }

    // Rust's regex and V8 treat these as letters, and U+017F as a case of s; .NET patterns do not.
    [Theory]
    [InlineData("cl100k_base", "𝕳𝖊𝖑𝖑𝖔 x", "𝕳𝖊𝖑𝖑𝖔| x")]
    [InlineData("gpt2", " 𐌰𐌱, 😀", " 𐌰𐌱|,| 😀")]
    [InlineData("o200k_base", "𝐀𝐁𝐜d", "𝐀𝐁𝐜d")]
    [InlineData("cl100k_base", "it'ſ", "it|'ſ")]
    [InlineData("o200k_base", "it'ſ ok", "it'ſ| ok")]
    [InlineData("gpt2", "it'S", "it|'|S")]
    [InlineData("qwen2", "12𝟑4", "1|2|𝟑|4")]
    public void Characters_beyond_plane_0_have_their_class(string name, string text, string expected) => Assert.Equal(expected.Split('|'), Pieces(name, text));

    [Theory]
    [MemberData(nameof(Names))]
    public void Bytes_that_are_not_UTF8_are_cut_without_loss(string name)
    {
        var texts = new TokenTexts(12);
        var preTokenizer = PreTokenizer.ByName(name)!;
        for (var i = 0; i < 2_000; i++)
        {
            byte[] text = [.. Enumerable.Range(0, 1 + texts.Number(30)).Select(_ => (byte)texts.Number(256))];
            for (var at = 0; at < text.Length;)
            {
                var end = preTokenizer.Next(text, at);
                Assert.InRange(end, at + 1, text.Length);
                at = end;
            }
        }
    }

    private static List<string> Pieces(string name, string text)
    {
        var (bytes, preTokenizer, pieces) = (Encoding.UTF8.GetBytes(text), PreTokenizer.ByName(name)!, new List<string>());
        for (var at = 0; at < bytes.Length;)
        {
            var end = preTokenizer.Next(bytes, at);
            pieces.Add(Encoding.UTF8.GetString(bytes, at, end - at));
            at = end;
        }

        return pieces;
    }
}
