using System.Text.Json;

namespace InstructKit.Lengths;

/// <summary>Reads Hugging Face's <c>tokenizer.json</c>, strictly: byte-level BPE with a known pre-tokenizer pattern, and BERT's WordPiece. Added tokens, the
/// post-processor, truncation and padding are intentionally ignored: texts are counted unchanged.</summary>
internal static class TokenizerJson
{
    /// <summary>Parses a file.</summary>
    /// <exception cref="DiagnosticException">It is damaged (IK2902) or requires something that cannot be reproduced exactly (IK2903).</exception>
    public static ITokenizer Read(byte[] content, string path)
    {
        try
        {
            using var document = JsonDocument.Parse(content, new JsonDocumentOptions { MaxDepth = 32 });
            return Read(document.RootElement, path);
        }
        catch (JsonException exception)
        {
            throw Invalid(path, $"not valid JSON at line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}", exception);
        }
        catch (Exception exception) when (exception is InvalidOperationException or FormatException)
        {
            throw Invalid(path, $"a value has another type than in a tokenizer.json ({exception.Message.TrimEnd('.')})", exception);
        }
    }

    /// <summary>The bytes of a byte-level token, in which every character encodes one byte; -1 if one encodes none.</summary>
    internal static int Decode(string token, Span<byte> bytes)
    {
        if (token.Length > bytes.Length) return -1;

        for (var i = 0; i < token.Length; i++)
        {
            var value = token[i] < ByteOfCharacter.Length ? ByteOfCharacter[token[i]] : -1;
            if (value < 0) return -1;

            bytes[i] = (byte)value;
        }

        return token.Length;
    }

    // GPT-2 writes a byte as the Latin-1 character of its value if that is printable, the others in order from U+0100.
    private static readonly int[] ByteOfCharacter = MakeByteTable();

    private static int[] MakeByteTable()
    {
        var table = new int[0x100 + 68];
        table.AsSpan().Fill(-1);
        var next = 0x100;
        for (var value = 0; value < 256; value++)
        {
            var isPrintable = value is (>= 0x21 and <= 0x7E) or (>= 0xA1 and <= 0xAC) or >= 0xAE;
            table[isPrintable ? value : next++] = value;
        }

        return table;
    }

    private static ITokenizer Read(JsonElement root, string path)
    {
        var model = Member(root, "model") ?? throw Invalid(path, "there is no 'model', so this is not a tokenizer.json");
        var type = Text(model, "type") ?? (Member(model, "merges") is null ? "?" : "BPE");
        Dictionary<string, int> added = new(StringComparer.Ordinal);
        Dictionary<string, TokenStrip> strips = new(StringComparer.Ordinal);
        if (Member(root, "added_tokens") is { } tokens)
        {
            foreach (var token in tokens.EnumerateArray())
            {
                var content = Text(token, "content") ?? throw Invalid(path, "an added token has no 'content'");
                added[content] = Member(token, "id")?.GetInt32() ?? throw Invalid(path, "an added token has no 'id'");
                var strip = (Flag(token, "lstrip", false) ? TokenStrip.Left : TokenStrip.None) | (Flag(token, "rstrip", false) ? TokenStrip.Right : TokenStrip.None);
                if (strip != TokenStrip.None) strips[content] = strip;
            }
        }

        return type switch
        {
            "BPE" => BytePair(root, model, added, strips, path),
            "WordPiece" => WordPiece(root, model, added, strips, path),
            _ => throw Unsupported(path, "model", type, "BPE and WordPiece"),
        };
    }

    private static BytePairTokenizer<PairMerges> BytePair(JsonElement root, JsonElement model, Dictionary<string, int> added, Dictionary<string, TokenStrip> strips, string path)
    {
        var preTokenizer = PreTokenizerOf(root, path);
        var normalizer = NormalizerOf(root, path);
        foreach (var key in new[] { "continuing_subword_prefix", "end_of_word_suffix" })
        {
            if (Text(model, key) is { Length: > 0 } affix) throw Unsupported(path, key, affix, "none");
        }

        if (Member(model, "dropout") is { } dropout && dropout.GetDouble() != 0) throw Unsupported(path, "dropout", dropout.GetRawText(), "none");

        var entries = Member(model, "vocab") ?? throw Invalid(path, "the model has no 'vocab'");
        var takesWholePieces = Flag(model, "ignore_merges", false);
        var vocabulary = new TokenVocabulary(entries.GetPropertyCount());
        var ids = new Dictionary<string, int>(entries.GetPropertyCount(), StringComparer.Ordinal);
        var bytes = new byte[4096];
        foreach (var entry in entries.EnumerateObject())
        {
            var (token, id) = (entry.Name, entry.Value.GetInt32());
            if (id is < 0 or >= 1 << 24 || !ids.TryAdd(token, id)) throw Invalid(path, $"the token '{token}' has the id {id} or occurs twice");

            // A token with other characters never results from bytes, and added ones are not recognised in text.
            var length = added.ContainsKey(token) ? -1 : Decode(token, bytes);
            if (length > 0 && !vocabulary.TryAdd(bytes.AsSpan(0, length), id)) throw Invalid(path, $"the id {id} occurs twice");
        }

        TokenRanks.RequireBytes(vocabulary, path);
        var pairs = Merges(model, ids, path);
        return new BytePairTokenizer<PairMerges>(new BytePairModel(path, vocabulary, preTokenizer, normalizer) { SpecialTokens = added, StrippingTokens = strips }, new PairMerges(pairs, takesWholePieces));
    }

    private static PairTable Merges(JsonElement model, Dictionary<string, int> ids, string path)
    {
        var merges = Member(model, "merges") ?? throw Invalid(path, "the model has no 'merges'");
        var pairs = new PairTable(merges.GetArrayLength());
        var rank = 0;
        foreach (var merge in merges.EnumerateArray())
        {
            string left, right;
            if (merge.ValueKind == JsonValueKind.Array)
            {
                (left, right) = merge.GetArrayLength() == 2 ? (merge[0].GetString()!, merge[1].GetString()!) : throw Invalid(path, $"the merge {merge.GetRawText()} is not a pair");
            }
            else
            {
                var text = merge.GetString()!;
                var blank = text.IndexOf(' ', StringComparison.Ordinal);
                (left, right) = blank > 0 ? (text[..blank], text[(blank + 1)..]) : throw Invalid(path, $"the merge '{text}' is not a pair");
            }

            if (!ids.TryGetValue(left, out var first) || !ids.TryGetValue(right, out var second) || !ids.TryGetValue(left + right, out var id))
                throw Invalid(path, $"the merge '{left}' '{right}' names or makes a token that is not in the vocabulary");

            pairs.Add(first, second, rank++, id);
        }

        return pairs;
    }

    private static PreTokenizer PreTokenizerOf(JsonElement root, string path)
    {
        var element = Member(root, "pre_tokenizer") ?? throw Unsupported(path, "pre_tokenizer", "null", "ByteLevel");
        JsonElement[] steps = Text(element, "type") == "Sequence" ? [.. Member(element, "pretokenizers")?.EnumerateArray() ?? default] : [element];
        var isByteLevel = steps.Length > 0 && Text(steps[^1], "type") == "ByteLevel";
        if (!isByteLevel || steps.Length > 2)
            throw Unsupported(path, "pre_tokenizer", string.Join(" + ", steps.Select(step => Text(step, "type"))), "ByteLevel, or Split + ByteLevel");

        if (Flag(steps[^1], "add_prefix_space", true)) throw Unsupported(path, "add_prefix_space", "true", "false");

        var usesRegex = Flag(steps[^1], "use_regex", true);
        if (steps.Length == 1) return usesRegex ? PreTokenizer.ByName("gpt2")! : throw Unsupported(path, "use_regex", "false", "true where there is no Split");

        if (usesRegex || Text(steps[0], "type") != "Split")
            throw Unsupported(path, "pre_tokenizer", $"{Text(steps[0], "type")} + ByteLevel with use_regex {usesRegex}", "Split + ByteLevel without use_regex");

        var (behavior, inverts) = (Text(steps[0], "behavior"), Flag(steps[0], "invert", false));
        if ((behavior, inverts) is not (("Isolated", false) or ("Removed", true)))
            throw Unsupported(path, "Split", $"{behavior}, invert {inverts}", "Isolated");

        var pattern = Member(steps[0], "pattern") is { } one ? Text(one, "Regex") : null;
        return pattern is null ? throw Unsupported(path, "Split", "a text", "a Regex")
            : PreTokenizer.ByPattern(pattern) ?? throw Unsupported(path, "the Regex of Split", pattern, $"those of {string.Join(", ", PreTokenizer.Names)}");
    }

    // True when text is normalised to NFC.
    private static bool NormalizerOf(JsonElement root, string path)
    {
        if (Member(root, "normalizer") is not { } element) return false;

        JsonElement[] steps = Text(element, "type") == "Sequence" ? [.. Member(element, "normalizers")?.EnumerateArray() ?? default] : [element];
        foreach (var step in steps)
        {
            if (Text(step, "type") is var type and not "NFC") throw Unsupported(path, "normalizer", type ?? "?", "NFC or none");
        }

        return steps.Length > 0;
    }

    private static WordPieceTokenizer WordPiece(JsonElement root, JsonElement model, Dictionary<string, int> added, Dictionary<string, TokenStrip> strips, string path)
    {
        var normalizer = Member(root, "normalizer");
        if (normalizer is not { } rules || Text(rules, "type") != "BertNormalizer")
            throw Unsupported(path, "normalizer", normalizer is { } other ? Text(other, "type") ?? "?" : "null", "BertNormalizer");

        var preTokenizer = Member(root, "pre_tokenizer") is { } cutter ? Text(cutter, "type") ?? "?" : "null";
        if (preTokenizer != "BertPreTokenizer") throw Unsupported(path, "pre_tokenizer", preTokenizer, "BertPreTokenizer");

        var entries = Member(model, "vocab") ?? throw Invalid(path, "the model has no 'vocab'");
        var vocabulary = new TokenVocabulary(entries.GetPropertyCount());
        foreach (var entry in entries.EnumerateObject())
        {
            if (entry.Value.GetInt32() is < 0 or >= 1 << 24 || !vocabulary.TryAdd(Encoding.UTF8.GetBytes(entry.Name), entry.Value.GetInt32()))
                throw Invalid(path, $"the token '{entry.Name}' or its id occurs twice");
        }

        var unknown = Text(model, "unk_token") ?? throw Invalid(path, "the model has no 'unk_token'");
        var unknownBytes = Encoding.UTF8.GetBytes(unknown);
        var lowers = Flag(rules, "lowercase", true);
        return new WordPieceTokenizer(new WordPieceModel(path, vocabulary, vocabulary.Find(unknownBytes, 0, unknownBytes.Length))
        {
            SpecialTokens = added,
            StrippingTokens = strips,
            Prefix = Encoding.UTF8.GetBytes(Text(model, "continuing_subword_prefix") ?? "##"),
            MaxCharacters = Member(model, "max_input_chars_per_word")?.GetInt32() ?? 100,
            CleansText = Flag(rules, "clean_text", true),
            SeparatesIdeographs = Flag(rules, "handle_chinese_chars", true),
            Lowers = lowers,
            StripsAccents = Flag(rules, "strip_accents", lowers),
        });
    }

    private static JsonElement? Member(JsonElement element, string key) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static string? Text(JsonElement element, string key) => Member(element, key)?.GetString();

    private static bool Flag(JsonElement element, string key, bool otherwise) => Member(element, key)?.GetBoolean() ?? otherwise;

    private static DiagnosticException Invalid(string path, string message, Exception? inner = null) => TokenizerCodes.Error(TokenizerCodes.InvalidFile, $"{path}: {message}", null, inner);

    private static DiagnosticException Unsupported(string path, string what, string found, string expected) =>
        TokenizerCodes.Error(TokenizerCodes.Unsupported, $"{path}: {what} '{found}' cannot be followed exactly; supported: {expected}");
}
