using System.Text.Json.Nodes;
using InstructKit.Lengths;
using Xunit;

namespace InstructKit.Tests.Lengths;

/// <summary>Which files open, and that everything that cannot be reproduced exactly is rejected by name.</summary>
public sealed class TokenizerFileTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    private static string Golden(string name) => Path.Combine(AppContext.BaseDirectory, "Golden", "tokens", name);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("gtp2", "IK2901", "Did you mean 'gpt2'?")]
    [InlineData("no/such/file.json", "IK2901", "o200k_base, cl100k_base, gpt2, r50k_base")]
    public void An_unknown_name_is_refused_with_what_there_is(string name, string code, string hint)
    {
        var error = Refusal(name);
        Assert.Equal(code, error.Code);
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
        Assert.Contains(hint, error.Hint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("model.type", "\"Unigram\"", "Unigram")]
    [InlineData("model.dropout", "0.1", "dropout")]
    [InlineData("model.end_of_word_suffix", "\"</w>\"", "end_of_word_suffix")]
    [InlineData("normalizer", "{\"type\": \"NFKC\"}", "NFKC")]
    [InlineData("normalizer", "{\"type\": \"Sequence\", \"normalizers\": [{\"type\": \"NFC\"}, {\"type\": \"Lowercase\"}]}", "Lowercase")]
    [InlineData("pre_tokenizer", "null", "pre_tokenizer")]
    [InlineData("pre_tokenizer.type", "\"Metaspace\"", "Metaspace")]
    [InlineData("pre_tokenizer.add_prefix_space", "true", "add_prefix_space")]
    [InlineData("pre_tokenizer.use_regex", "false", "use_regex")]
    [InlineData("pre_tokenizer", "{\"type\": \"Sequence\", \"pretokenizers\": [{\"type\": \"Digits\"}, {\"type\": \"ByteLevel\", \"add_prefix_space\": false, \"use_regex\": false}]}", "Digits")]
    [InlineData("pre_tokenizer", "{\"type\": \"Sequence\", \"pretokenizers\": [{\"type\": \"Split\", \"pattern\": {\"Regex\": \"\\\\w+\"}, \"behavior\": \"Isolated\", \"invert\": false}, {\"type\": \"ByteLevel\", \"add_prefix_space\": false, \"use_regex\": false}]}", "\\w+")]
    public void What_cannot_be_followed_exactly_is_refused_by_name(string path, string value, string named)
    {
        var root = JsonNode.Parse(File.ReadAllText(Golden("gpt2-like.json")))!;
        var keys = path.Split('.');
        var parent = keys.Length == 1 ? root : root[keys[0]]!;
        parent[keys[^1]] = JsonNode.Parse(value);
        var error = Refusal(_folder.Write("tokenizer.json", root.ToJsonString()));
        Assert.Equal("IK2903", error.Code);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"model\": ", "line 1")]
    [InlineData("{\"a\": 1}", "no 'model'")]
    [InlineData("{\"model\": {\"type\": 5}}", "another type")]
    [InlineData("hello", "neither")]
    [InlineData("IQ== 0\nIg== 0\n", ":2:")]
    [InlineData("IQ== 0\nIg== x\n", ":2:")]
    [InlineData("IQ== 0\n", "byte 0x00")]
    public void A_damaged_file_is_refused_with_its_place(string content, string named)
    {
        var path = _folder.Write("file", content);
        var error = Refusal(content.StartsWith("IQ", StringComparison.Ordinal) ? $"gpt2:{path}" : path);
        Assert.Equal("IK2902", error.Code);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_vocabulary_without_a_byte_or_with_a_merge_of_nothing_is_refused()
    {
        var root = JsonNode.Parse(File.ReadAllText(Golden("gpt2-like.json")))!;
        root["model"]!["merges"]!.AsArray().Add("zz qq");
        Assert.Contains("'zz' 'qq'", Refusal(_folder.Write("merge.json", root.ToJsonString())).Message, StringComparison.Ordinal);
        root = JsonNode.Parse(File.ReadAllText(Golden("gpt2-like.json")))!;
        root["model"]!["merges"] = new JsonArray();
        root["model"]!["vocab"]!.AsObject().Remove("a");
        Assert.Contains("0x61", Refusal(_folder.Write("byte.json", root.ToJsonString())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rank_files_need_a_pattern_unless_they_are_published_ones()
    {
        var ranks = string.Concat(Enumerable.Range(0, 256).Select(value => $"{Convert.ToBase64String([(byte)value])} {value}\n")) + $"{Convert.ToBase64String("ab"u8)} 256\n{Convert.ToBase64String("abc"u8)} 257\n";
        var path = _folder.Write("own.tiktoken", ranks);
        var error = Refusal(path);
        Assert.Equal("IK2903", error.Code);
        Assert.Contains($"cl100k_base:{path}", error.Hint, StringComparison.Ordinal);

        List<int> ids = [];
        Tokenizers.Open($"gpt2:{path}").Encode("abcab x"u8, ids);
        Assert.Equal([257, 256, ' ', 'x'], ids);
    }

    // OpenAI publishes the SHA-256 of its rank files; written out from the package's vocabulary the file must have it.
    [Theory]
    [InlineData("cl100k_base")]
    [InlineData("o200k_base")]
    public void A_published_rank_file_is_known_by_its_content(string name)
    {
        var builtIn = Tokenizers.Open(name);
        var path = _folder.At("ranks");
        using (var writer = new StreamWriter(path) { NewLine = "\n" })
        {
            foreach (var (token, rank) in PublishedRanks.Of(name)) writer.WriteLine($"{token} {rank}");
        }

        var texts = new TokenTexts(31);
        var fromFile = Tokenizers.Open(path);
        for (var i = 0; i < 200; i++)
        {
            var text = System.Text.Encoding.UTF8.GetBytes(texts.Next(30));
            List<int> expected = [];
            List<int> ids = [];
            builtIn.Encode(text, expected);
            fromFile.Encode(text, ids);
            Assert.Equal(expected, ids);
        }
    }

    // Canonically equal texts (UAX 15) are equal for a tokenizer that normalises to NFC.
    [Theory]
    [InlineData("cafe\u0301", "café")]
    [InlineData("\u212bngstro\u0308m", "\u00c5ngström")]
    [InlineData("\u1112\u1161\u11ab", "한")]
    [InlineData("a\u0315\u0327", "a\u0327\u0315")]
    public void Canonically_equal_texts_have_the_same_ids_under_NFC(string text, string composed)
    {
        List<int> ids = [];
        List<int> expected = [];
        var tokenizer = Tokenizers.Open(Golden("qwen-like.json"));
        tokenizer.Encode(System.Text.Encoding.UTF8.GetBytes(text), ids);
        tokenizer.Encode(System.Text.Encoding.UTF8.GetBytes(composed), expected);
        Assert.Equal(expected, ids);

        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        Assert.Equal(bytes.Length, tokenizer.Cut(bytes, ids.Count));
    }

    [Theory]
    [InlineData("sentencepiece-bpe.model")]
    [InlineData("sentencepiece-unigram.model")]
    public void SentencePiece_says_that_it_is_approximate_and_cuts_within_the_budget(string name)
    {
        var tokenizer = Tokenizers.Open(Golden(name));
        Assert.True(tokenizer.IsApproximate);
        var texts = new TokenTexts(32);
        for (var i = 0; i < 100; i++)
        {
            var text = System.Text.Encoding.UTF8.GetBytes(texts.Next(texts.Number(20)));
            var budget = 1 + texts.Number(tokenizer.Count(text) + 1);
            var cut = tokenizer.Cut(text, budget);
            Assert.True(System.Text.Unicode.Utf8.IsValid(text.AsSpan(0, cut)));
            Assert.True(tokenizer.Count(text.AsSpan(0, cut)) <= budget);
            Assert.True(budget < tokenizer.Count(text) || cut == text.Length);
        }
    }

    [Fact]
    public void A_damaged_SentencePiece_model_is_refused()
    {
        var path = _folder.At("x.model");
        File.WriteAllBytes(path, [1, 2, 3, 4, 5, 6, 7, 8]);
        Assert.Equal("IK2903", Refusal(path).Code);
    }

    private static Diagnostic Refusal(string name) => Assert.Throws<DiagnosticException>(() => Tokenizers.Open(name)).Diagnostics[0];
}
