namespace InstructKit.Lengths;

/// <summary>Turns text into the token ids of a model's vocabulary. Texts are UTF-8; a byte that is not part of valid UTF-8 is encoded as a byte. No special or
/// added token is ever recognised in the text, and none is added: <c>&lt;|endoftext|&gt;</c> is ordinary text. An instance keeps caches and belongs to one
/// thread at a time; the ids do not depend on earlier calls.</summary>
public interface ITokenizer
{
    /// <summary>The built-in name, or the path of the file.</summary>
    string Name { get; }

    /// <summary>True when the ids can differ from those of the reference implementation; see <see cref="Tokenizers"/> for which kinds.</summary>
    bool IsApproximate { get; }

    /// <summary>Tokens that never occur in text: control tokens and added ones, by their spelling in chat templates. <see cref="Encode"/> never
    /// returns them.</summary>
    IReadOnlyDictionary<string, int> SpecialTokens { get; }

    /// <summary>The special tokens that absorb adjacent white space, as <c>lstrip</c> and <c>rstrip</c> of a <c>tokenizer.json</c> specify.</summary>
    IReadOnlyDictionary<string, TokenStrip> StrippingTokens => System.Collections.ObjectModel.ReadOnlyDictionary<string, TokenStrip>.Empty;

    /// <summary>The special token that ends a text, if the vocabulary specifies it; null otherwise.</summary>
    int? EndToken { get; }

    /// <summary>One more than the largest id, including special tokens.</summary>
    int IdLimit { get; }

    /// <summary>The number of tokens of a text.</summary>
    int Count(ReadOnlySpan<byte> text);

    /// <summary>Appends the token ids of a text.</summary>
    void Encode(ReadOnlySpan<byte> text, List<int> ids);

    /// <summary>The length in bytes of the longest prefix that ends between two characters and whose own <see cref="Count"/> is at most
    /// <paramref name="maxTokens"/>; 0 if there is none.</summary>
    int Cut(ReadOnlySpan<byte> text, int maxTokens);

    /// <summary>A tokenizer for another thread that shares this one's vocabulary.</summary>
    ITokenizer Fork();
}

/// <summary>On which sides a special token absorbs adjacent white space.</summary>
[Flags]
public enum TokenStrip
{
    /// <summary>On none.</summary>
    None = 0,

    /// <summary>Before it.</summary>
    Left = 1,

    /// <summary>After it.</summary>
    Right = 2,
}

/// <summary>The codes of tokenizers, IK29xx.</summary>
public static class TokenizerCodes
{
    /// <summary>Neither a built-in tokenizer nor a file has this name.</summary>
    public const string Unknown = "IK2901";

    /// <summary>The tokenizer's file is damaged or does not match its name.</summary>
    public const string InvalidFile = "IK2902";

    /// <summary>The tokenizer's file requires something that cannot be reproduced exactly.</summary>
    public const string Unsupported = "IK2903";

    internal static DiagnosticException Error(string code, string message, string? hint = null, Exception? inner = null) =>
        new(new Diagnostic(code, Severity.Error, message) { Hint = hint }, inner);
}
