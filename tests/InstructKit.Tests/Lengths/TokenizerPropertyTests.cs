using InstructKit.Lengths;
using Microsoft.ML.Tokenizers;
using Xunit;
using PreTokenizer = InstructKit.Lengths.PreTokenizer;

namespace InstructKit.Tests.Lengths;

/// <summary>What holds for every tokenizer and text.</summary>
public sealed class TokenizerPropertyTests
{
    private static string Small(string name) => Path.Combine(AppContext.BaseDirectory, "Golden", "tokens", name + ".json");

    public static TheoryData<string> Exact => [.. InstructKit.Lengths.Tokenizers.Names, Small("gpt2-like"), Small("nemo-like"), Small("qwen-like"), Small("bert-cased-like"), Small("bert-uncased-like")];

    [Theory]
    [MemberData(nameof(Exact))]
    public void A_count_is_the_number_of_ids_whatever_came_before(string name)
    {
        var tokenizer = InstructKit.Lengths.Tokenizers.Open(name);
        var texts = new TokenTexts(21);
        List<(byte[] Text, List<int> Ids)> seen = [];
        for (var i = 0; i < 3_000; i++)
        {
            var text = Encoding.UTF8.GetBytes(texts.Next(texts.Number(30)));
            seen.Add((text, Ids(tokenizer, text)));
        }

        var fork = tokenizer.Fork();
        foreach (var (text, ids) in Enumerable.Reverse(seen))
        {
            Assert.Equal(ids, Ids(fork, text));
            Assert.Equal(ids.Count, tokenizer.Count(text));
        }
    }

    [Theory]
    [MemberData(nameof(Exact))]
    public void A_cut_is_the_longest_prefix_within_the_budget(string name)
    {
        var tokenizer = InstructKit.Lengths.Tokenizers.Open(name);
        var texts = new TokenTexts(22);
        for (var i = 0; i < 300; i++) RequireLongest(tokenizer, Encoding.UTF8.GetBytes(texts.Next(1 + texts.Number(14))));
    }

    // One piece of more than 512 bytes, for which not every prefix is tried.
    [Theory]
    [InlineData("a", 1200)]
    [InlineData(" ", 1200)]
    [InlineData("ab", 700)]
    [InlineData("哈", 400)]
    [InlineData("😀", 300)]
    [InlineData("=-", 600)]
    [InlineData("abcdefghij", 120)]
    public void A_cut_inside_a_long_piece_is_the_longest_too(string part, int count)
    {
        foreach (var name in new[] { "cl100k_base", "gpt2", Small("nemo-like") })
        {
            var text = Encoding.UTF8.GetBytes("x " + string.Concat(Enumerable.Repeat(part, count)));
            RequireLongest(InstructKit.Lengths.Tokenizers.Open(name), text, [1, 2, 3, 7, 20, 50, 111]);
        }
    }

    [Theory]
    [InlineData("cl100k_base")]
    [InlineData("o200k_base")]
    [InlineData("gpt2")]
    public void Long_pieces_get_the_ids_of_a_quadratic_merge(string name)
    {
        var tokenizer = InstructKit.Lengths.Tokenizers.Open(name);
        var ranks = Ranks(name);
        var texts = new TokenTexts(23);
        string[] alphabets = ["a", "ab", "aab ", " ", "=", "哈", "你好世", "abcdefghijklmnopqrstuvwxyz", "😀", "eta"];
        foreach (var alphabet in alphabets)
        {
            for (var i = 0; i < 12; i++)
            {
                var runes = alphabet.EnumerateRunes().ToList();
                var text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 60 + texts.Number(500)).Select(_ => runes[texts.Number(runes.Count)].ToString())).Trim(' ') + "b");
                foreach (var piece in Pieces(tokenizer, text)) Assert.Equal(Merged(piece, ranks), Ids(tokenizer, piece));
            }
        }
    }

    [Fact]
    public void A_megabyte_without_a_border_is_encoded_in_linear_memory_and_without_loss()
    {
        // Inputs that take quadratic implementations minutes; the bytes of the ids are the text.
        var ranks = Ranks("cl100k_base").ToDictionary(pair => pair.Value, pair => pair.Key);
        foreach (var part in new[] { "a", " ", "哈", "😀" })
        {
            var text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(part, 1_000_000 / part.Length)));
            var bytes = Ids(InstructKit.Lengths.Tokenizers.Open("cl100k_base"), text).SelectMany(id => Encoding.Latin1.GetBytes(ranks[id]));
            Assert.True(bytes.SequenceEqual(text), part);
        }
    }

    // The package with the vocabularies is an independent implementation. Its patterns work on UTF-16 units, so the texts are of plane 0.
    [Theory]
    [InlineData("cl100k_base")]
    [InlineData("o200k_base")]
    [InlineData("gpt2")]
    public void Ids_are_those_of_Microsoft_ML_Tokenizers(string name)
    {
        var pattern = PreTokenizer.Patterns.Single(known => known.Name == name).Pattern;
        var ranks = string.Concat(Ranks(name).OrderBy(pair => pair.Value).Select(pair => $"{Convert.ToBase64String(Encoding.Latin1.GetBytes(pair.Key))} {pair.Value}\n"));
        var theirs = TiktokenTokenizer.Create(new MemoryStream(Encoding.UTF8.GetBytes(ranks)), new RegexPreTokenizer(new System.Text.RegularExpressions.Regex(pattern), null), null);
        var ours = InstructKit.Lengths.Tokenizers.Open(name);
        var texts = new TokenTexts(24);
        for (var i = 0; i < 3_000; i++)
        {
            var text = texts.Next(1 + texts.Number(40), isPlain: true);
            Assert.Equal(theirs.EncodeToIds(text), Ids(ours, Encoding.UTF8.GetBytes(text)));
        }
    }

    [Fact]
    public void Special_tokens_in_a_text_are_text()
    {
        // Published ids of <|endoftext|>; a tokenizer that recognises special tokens would return one of them.
        foreach (var (name, special) in new[] { ("o200k_base", 199999), ("cl100k_base", 100257), ("gpt2", 50256), ("r50k_base", 50256) })
        {
            var tokenizer = InstructKit.Lengths.Tokenizers.Open(name);
            var ids = Ids(tokenizer, "<|endoftext|>"u8);
            Assert.DoesNotContain(special, ids);
            Assert.InRange(ids.Count, 6, 7);
        }
    }

    private static void RequireLongest(ITokenizer tokenizer, byte[] text, int[]? budgets = null)
    {
        List<(int End, int Tokens)> prefixes = [];
        for (var end = 1; end <= text.Length; end++)
        {
            if (end == text.Length || (text[end] & 0xC0) != 0x80) prefixes.Add((end, tokenizer.Count(text.AsSpan(0, end))));
        }

        foreach (var budget in budgets ?? [.. Enumerable.Range(0, tokenizer.Count(text) + 2)])
        {
            var expected = budget == 0 ? 0 : prefixes.Where(prefix => prefix.Tokens <= budget).Select(prefix => prefix.End).DefaultIfEmpty(0).Max();
            var cut = tokenizer.Cut(text, budget);
            Assert.True(expected == cut, $"{tokenizer.Name}: {budget} tokens of '{Encoding.UTF8.GetString(text)}': {cut} bytes, expected {expected}");
        }
    }

    private static List<int> Ids(ITokenizer tokenizer, ReadOnlySpan<byte> text)
    {
        List<int> ids = [];
        tokenizer.Encode(text, ids);
        return ids;
    }

    private static IEnumerable<byte[]> Pieces(ITokenizer tokenizer, byte[] text)
    {
        var preTokenizer = PreTokenizer.ByName(tokenizer.Name)!;
        for (var at = 0; at < text.Length;)
        {
            var end = preTokenizer.Next(text, at);
            yield return text[at..end];
            at = end;
        }
    }

    // Tokens as Latin-1 texts.
    private static Dictionary<string, int> Ranks(string name) =>
        PublishedRanks.Of(name).ToDictionary(pair => Encoding.Latin1.GetString(Convert.FromBase64String(pair.Token)), pair => pair.Rank, StringComparer.Ordinal);

    // The definition: merge the neighbours of lowest rank, the leftmost first, until none merge.
    private static List<int> Merged(byte[] piece, Dictionary<string, int> ranks)
    {
        var text = Encoding.Latin1.GetString(piece);
        if (ranks.TryGetValue(text, out var whole)) return [whole];

        var parts = text.Select(letter => letter.ToString()).ToList();
        while (true)
        {
            var (best, rank) = (-1, int.MaxValue);
            for (var i = 0; i + 1 < parts.Count; i++)
            {
                if (ranks.TryGetValue(parts[i] + parts[i + 1], out var found) && found < rank) (best, rank) = (i, found);
            }

            if (best < 0) return [.. parts.Select(part => ranks[part])];

            parts[best] += parts[best + 1];
            parts.RemoveAt(best + 1);
        }
    }
}
