namespace InstructKit.Tests.Lengths;

/// <summary>Texts that are difficult for tokenizers, the same on every run.</summary>
internal sealed class TokenTexts(ulong seed)
{
    private static readonly string[] Parts =
    [
        "a", "the", " the", "The", "THE", "don't", "WE'LL", "x's", "'s", "'ſ", "'", "HTTPServer", " ", "  ", "\n", "\r\n", "\t", "\u00a0", "\u3000", "\u0085", "1", "12", "2026", "½", "٣", ".", ",", "!?", "/", "//",
        "{}", "é", "naïve", "ÜBER", "ǅ", "ʰ", "привет", "МИР", "你好", "世界。", "こんにちは", "한국어", "สวัสดี", "नमस्ते", "مرحبا", "שלום", "e\u0301", "\u0301", "😀", "👍🏽", "👨‍👩‍👧", "𝕳", "𐌰", "𠀀", "\0", "\u200b", "\ufeff",
        "<|endoftext|>", "[CLS]", "<s>", "_", "=", "==", "  \n  ", "\n\n\n",
    ];

    private ulong _state = (seed * 0x9E3779B97F4A7C15) + 1;

    public int Number(int limit)
    {
        _state ^= _state >> 12;
        _state ^= _state << 25;
        _state ^= _state >> 27;
        return (int)((_state * 0x2545F4914F6CDD1D >> 33) % (ulong)limit);
    }

    /// <summary>A text of a few parts, some of them repeated; without plane 1 and above, and without the long s, on request.</summary>
    public string Next(int parts, bool isPlain = false)
    {
        var text = new StringBuilder();
        for (var i = 0; i < parts; i++)
        {
            var part = Number(8) == 0 ? Scalar(isPlain) : Parts[Number(Parts.Length)];
            if (isPlain && part.AsSpan().ContainsAny("ſ\ud83d\ud83c\ud835\ud800\ud840".AsSpan())) continue;

            text.Insert(text.Length, part, Number(20) == 0 ? 1 + Number(12) : 1);
        }

        return text.ToString();
    }

    private string Scalar(bool isPlain)
    {
        var value = Number(isPlain ? 0xD800 : 0x30000);
        return value is >= 0xD800 and < 0xE000 ? "?" : char.ConvertFromUtf32(value);
    }
}
