using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.IO.Compression;
using System.Reflection;

namespace InstructKit.Lengths;

/// <summary>Opens tokenizers by name or file. Exact: the built-in ones, <c>.tiktoken</c> files, Hugging Face's <c>tokenizer.json</c> of byte-level BPE and of
/// WordPiece. Approximate: SentencePiece's <c>.model</c>. What cannot be reproduced exactly is rejected, naming the unsupported part. Vocabularies are
/// read on first use and shared afterwards.</summary>
public static class Tokenizers
{
    private const long MaxFileBytes = 256L << 20;
    private const string End = "<|endoftext|>";
    private const string DataPackage = "Microsoft.ML.Tokenizers.Data.";

    private static readonly BuiltIn[] Table =
    [
        new("o200k_base", "O200kBase", "o200k_base.tiktoken.deflate", "o200k_base", [(End, 199_999), ("<|endofprompt|>", 200_018)]),
        new("cl100k_base", "Cl100kBase", "cl100k_base.tiktoken.deflate", "cl100k_base",
            [(End, 100_257), ("<|fim_prefix|>", 100_258), ("<|fim_middle|>", 100_259), ("<|fim_suffix|>", 100_260), ("<|endofprompt|>", 100_276)]),
        new("gpt2", "Gpt2", "gpt2.tiktoken.deflate", "gpt2", [(End, 50_256)]),
        new("r50k_base", "R50kBase", "r50k_base.tiktoken.deflate", "gpt2", [(End, 50_256)]),
    ];

    private static readonly ConcurrentDictionary<string, Lazy<BytePairModel>> Loaded = new(StringComparer.Ordinal);

    /// <summary>The names of the built-in tokenizers.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Table.Select(known => known.Name)];

    /// <summary>Opens a tokenizer.</summary>
    /// <param name="nameOrFile">A name of <see cref="Names"/>, the path of a tokenizer's file, or <c>PATTERN:PATH</c> for a <c>.tiktoken</c> file that is not
    /// one of OpenAI's, where PATTERN is <c>gpt2</c>, <c>cl100k_base</c>, <c>qwen2</c>, <c>o200k_base</c> or <c>tekken</c>.</param>
    /// <returns>A tokenizer for one thread; <see cref="ITokenizer.Fork"/> creates others.</returns>
    /// <exception cref="DiagnosticException">There is no such tokenizer (IK2901), its file is damaged (IK2902), or it cannot be reproduced exactly (IK2903).</exception>
    public static ITokenizer Open(string nameOrFile)
    {
        ArgumentException.ThrowIfNullOrEmpty(nameOrFile);
        if (Array.Find(Table, known => known.Name == nameOrFile) is { } builtIn)
            return ByRanks(Loaded.GetOrAdd(builtIn.Name, _ => new Lazy<BytePairModel>(() => Load(builtIn))).Value);

        var colon = nameOrFile.IndexOf(':', StringComparison.Ordinal);
        var pattern = colon > 1 && PreTokenizer.ByName(nameOrFile[..colon]) is not null ? nameOrFile[..colon] : null;
        var path = pattern is null ? nameOrFile : nameOrFile[(colon + 1)..];
        var content = Content(path, nameOrFile);
        if (TokenRanks.Begins(content)) return Ranks(content, path, pattern);

        if (pattern is not null) throw TokenizerCodes.Error(TokenizerCodes.InvalidFile, $"{path}: not a .tiktoken file, which is what '{pattern}:' is for");

        var first = content.AsSpan().TrimStart(" \t\r\n\uFEFF"u8);
        if (first is [(byte)'{', ..]) return TokenizerJson.Read(content, path);

        return path.EndsWith(".model", StringComparison.OrdinalIgnoreCase)
            ? SentencePieceModel.Open(content, path)
            : throw TokenizerCodes.Error(TokenizerCodes.InvalidFile, $"{path}: neither a .tiktoken file, a tokenizer.json nor a SentencePiece .model");
    }

    /// <summary>The byte-level BPE tokenizer that merges by ranks.</summary>
    internal static ITokenizer ByRanks(BytePairModel model) => new BytePairTokenizer<RankMerges>(model, new RankMerges(model.Vocabulary));

    private static ITokenizer Ranks(byte[] content, string path, string? pattern)
    {
        pattern ??= TokenRanks.PreTokenizerOf(content) ?? throw TokenizerCodes.Error(
            TokenizerCodes.Unsupported, $"{path}: a .tiktoken file does not state how text is split before merging, and this is not one of OpenAI's files",
            $"Name the pattern: {string.Join(", ", PreTokenizer.Names.Select(name => $"{name}:{path}"))}.");
        return ByRanks(new BytePairModel(path, TokenRanks.Read(content, path), PreTokenizer.ByName(pattern)!, false)); // checked or from the table
    }

    private static byte[] Content(string path, string given)
    {
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists)
            {
                var isFolder = Directory.Exists(path);
                throw TokenizerCodes.Error(
                    TokenizerCodes.Unknown,
                    isFolder ? $"the tokenizer '{given}' is a folder; a file such as its tokenizer.json is needed" : $"there is no tokenizer and no file '{given}'",
                    isFolder ? null : NearestName.Hint(given, Names) ?? $"Built in are {string.Join(", ", Names)}; a file is a tokenizer.json, a .tiktoken or a SentencePiece .model.");
            }

            return file.Length <= MaxFileBytes ? File.ReadAllBytes(path)
                : throw TokenizerCodes.Error(TokenizerCodes.InvalidFile, $"{path}: larger than 256 MiB, which no tokenizer's file is");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw TokenizerCodes.Error(TokenizerCodes.InvalidFile, $"{path}: cannot be read: {exception.Message.TrimEnd('.')}", null, exception);
        }
    }

    // The packages contain only the resource and an internal class, so they are opened by name; the attributes keep them in a trimmed build.
    [DynamicDependency(DynamicallyAccessedMemberTypes.All, "Microsoft.ML.Tokenizers.O200kBaseTokenizerData", DataPackage + "O200kBase")]
    [DynamicDependency(DynamicallyAccessedMemberTypes.All, "Microsoft.ML.Tokenizers.Cl100kBaseTokenizerData", DataPackage + "Cl100kBase")]
    [DynamicDependency(DynamicallyAccessedMemberTypes.All, "Microsoft.ML.Tokenizers.Gpt2TokenizerData", DataPackage + "Gpt2")]
    [DynamicDependency(DynamicallyAccessedMemberTypes.All, "Microsoft.ML.Tokenizers.R50kBaseTokenizerData", DataPackage + "R50kBase")]
    private static BytePairModel Load(BuiltIn known)
    {
        using var resource = Assembly.Load(DataPackage + known.Assembly).GetManifestResourceStream(known.Resource)
            ?? throw new InvalidOperationException($"the package {DataPackage}{known.Assembly} has no {known.Resource}");
        using var inflated = new DeflateStream(resource, CompressionMode.Decompress);
        using var content = new MemoryStream();
        inflated.CopyTo(content);
        return new BytePairModel(known.Name, TokenRanks.Read(content.GetBuffer().AsSpan(0, (int)content.Length), known.Name), PreTokenizer.ByName(known.PreTokenizer)!, false)
        {
            SpecialTokens = known.SpecialTokens.ToDictionary(token => token.Text, token => token.Id, StringComparer.Ordinal),
            EndToken = known.SpecialTokens[0].Id,
        };
    }

    // The special tokens are those of tiktoken's own registry (tiktoken_ext/openai_public.py), the one that ends a text first.
    private sealed record BuiltIn(string Name, string Assembly, string Resource, string PreTokenizer, (string Text, int Id)[] SpecialTokens);
}
