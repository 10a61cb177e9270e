using System.Text.Json;
using InstructKit.Lengths;
using Xunit;

namespace InstructKit.Tests.Lengths;

/// <summary>Ids of other implementations. A vector is a line <c>{"tokenizer": NAME or FILE, "text": TEXT, "ids": [...]}</c> of a <c>.jsonl</c> file; FILE is
/// relative to the file with the vectors. Our own were made by npm's tiktoken 1.0.22, @huggingface/tokenizers 0.2.0 (tests/InstructKit.Benchmarks/tokens) and
/// sentencepiece 0.1.97, without special tokens; further ones are read from the folder in the environment variable INSTRUCTKIT_VECTORS, other kinds of
/// files there being ignored.</summary>
public sealed class TokenVectorTests
{
    private static string Own => Path.Combine(AppContext.BaseDirectory, "Golden", "tokens");

    public static TheoryData<string> Files
    {
        get
        {
            var folders = new[] { Own, Environment.GetEnvironmentVariable("INSTRUCTKIT_VECTORS") };
            return [.. folders.Where(Directory.Exists).SelectMany(folder => Directory.EnumerateFiles(folder!, "*.jsonl", SearchOption.AllDirectories)).Where(HasVectors).Order(StringComparer.Ordinal)];
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Ids_are_those_of_the_reference(string file)
    {
        Dictionary<string, ITokenizer> tokenizers = [];
        List<string> wrong = [];
        var number = 0;
        foreach (var line in File.ReadLines(file))
        {
            number++;
            using var vector = JsonDocument.Parse(line);
            var name = vector.RootElement.GetProperty("tokenizer").GetString()!;
            if (!tokenizers.TryGetValue(name, out var tokenizer))
                tokenizers.Add(name, tokenizer = Tokenizers.Open(Tokenizers.Names.Contains(name) ? name : Path.Combine(Path.GetDirectoryName(file)!, name)));

            var text = Encoding.UTF8.GetBytes(vector.RootElement.GetProperty("text").GetString()!);
            List<int> expected = [.. vector.RootElement.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];
            List<int> ids = [];
            tokenizer.Encode(text, ids);
            if (!ids.SequenceEqual(expected) || tokenizer.Count(text) != expected.Count)
                wrong.Add($"{file}:{number}: token {ids.Zip(expected).TakeWhile(pair => pair.First == pair.Second).Count()} of {expected.Count}");
        }

        Assert.True(number > 0);
        Assert.Empty(wrong);
    }

    [Fact]
    public void There_are_vectors_for_every_kind() => Assert.Equal(
        ["bert-cased-like", "bert-uncased-like", "cl100k_base", "gpt2", "gpt2-like", "nemo-like", "o200k_base", "qwen-like", "sentencepiece-bpe", "sentencepiece-unigram"],
        Files.Select(row => row.Data).Where(file => file.StartsWith(Own, StringComparison.Ordinal)).Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal));

    private static bool HasVectors(string file)
    {
        try
        {
            using var first = JsonDocument.Parse(File.ReadLines(file).FirstOrDefault() ?? "0");
            return first.RootElement.ValueKind == JsonValueKind.Object && Is("tokenizer", JsonValueKind.String) && Is("text", JsonValueKind.String) && Is("ids", JsonValueKind.Array);

            bool Is(string key, JsonValueKind kind) => first.RootElement.TryGetProperty(key, out var value) && value.ValueKind == kind;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
