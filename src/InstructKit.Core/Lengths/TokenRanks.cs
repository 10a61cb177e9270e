using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace InstructKit.Lengths;

/// <summary>Reads tiktoken's rank files: lines of a token in Base64, a blank, and its rank, which is its id. In the packages of Microsoft.ML.Tokenizers the
/// first line says <c>Capacity: N</c> and the ranks are omitted, because they count up from zero.</summary>
internal static class TokenRanks
{
    // Hashes published by OpenAI with the files; such a file does not need its pattern to be given.
    private static readonly (string Sha256, string PreTokenizer)[] Published =
    [
        ("446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d", "o200k_base"),
        ("223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7", "cl100k_base"),
        ("306cd27f03c1a714eca7108e03d66b7dc042abe8c258b44c199a7ed9838dd930", "gpt2"),
        ("94b5ca7dff4d00767bc256fdd1b27e5b17361d7b8a5f968547f9f23eb70d2069", "gpt2"),
    ];

    /// <summary>The name of the pre-tokenizer of a published file; null for any other.</summary>
    public static string? PreTokenizerOf(ReadOnlySpan<byte> content)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(content));
        return Array.Find(Published, known => known.Sha256 == hash).PreTokenizer;
    }

    /// <summary>True when the content begins like a rank file.</summary>
    public static bool Begins(ReadOnlySpan<byte> content)
    {
        var end = content.IndexOf((byte)'\n');
        var line = (end < 0 ? content : content[..end]).TrimEnd((byte)'\r');
        var blank = line.IndexOf((byte)' ');
        return blank > 0 && Base64.IsValid(line[..blank]) && Utf8Parser.TryParse(line[(blank + 1)..], out int _, out var read) && read == line.Length - blank - 1;
    }

    /// <summary>Reads all tokens.</summary>
    /// <exception cref="DiagnosticException">The content is not a rank file, or a byte is missing from it (IK2902).</exception>
    public static TokenVocabulary Read(ReadOnlySpan<byte> content, string name)
    {
        var counts = content.StartsWith("Capacity: "u8);
        var lines = content.Count((byte)'\n') + 1;
        var vocabulary = new TokenVocabulary(lines);
        var token = ArrayPool<byte>.Shared.Rent(1024);
        var number = 0;
        foreach (var range in content.Split((byte)'\n'))
        {
            number++;
            var line = content[range].TrimEnd((byte)'\r');
            if (line.IsEmpty || (counts && number == 1)) continue;

            var blank = line.IndexOf((byte)' ');
            var text = blank < 0 ? line : line[..blank];
            var rank = number - 2;
            var isRead = counts ? blank < 0 : blank > 0 && Utf8Parser.TryParse(line[(blank + 1)..], out rank, out var digits) && digits == line.Length - blank - 1;
            if (!isRead || rank < 0 || rank >= 1 << 24 || text.Length > token.Length || Base64.DecodeFromUtf8(text, token, out _, out var length) != OperationStatus.Done)
                throw Invalid(name, number, "expected a token in Base64, a blank and its rank");

            if (!vocabulary.TryAdd(token.AsSpan(0, length), rank)) throw Invalid(name, number, "the token or its rank was there before");
        }

        ArrayPool<byte>.Shared.Return(token);
        RequireBytes(vocabulary, name);
        return vocabulary;
    }

    /// <summary>Rejects a vocabulary that cannot encode every text.</summary>
    public static void RequireBytes(TokenVocabulary vocabulary, string name)
    {
        for (var value = 0; value < 256; value++)
        {
            if (vocabulary.OfByte((byte)value) < 0)
                throw TokenizerCodes.Error(TokenizerCodes.InvalidFile, string.Create(CultureInfo.InvariantCulture, $"{name}: the byte 0x{value:x2} is not a token; byte-level BPE needs all 256"));
        }
    }

    private static DiagnosticException Invalid(string name, int line, string message) =>
        TokenizerCodes.Error(TokenizerCodes.InvalidFile, string.Create(CultureInfo.InvariantCulture, $"{name}:{line}: {message}"));
}
