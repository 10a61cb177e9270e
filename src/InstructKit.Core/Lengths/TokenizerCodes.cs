namespace InstructKit.Lengths;

/// <summary>The codes of tokenizers, IK29xx.</summary>
public static class TokenizerCodes
{
    /// <summary>Neither a built-in tokenizer nor a file has this name.</summary>
    public const string Unknown = "IK2901";

    /// <summary>The tokenizer's file is damaged or is not what its name says.</summary>
    public const string InvalidFile = "IK2902";

    /// <summary>The tokenizer's file asks for something that cannot be done exactly.</summary>
    public const string Unsupported = "IK2903";

    internal static DiagnosticException Error(string code, string message, string? hint = null, Exception? inner = null) =>
        new(new Diagnostic(code, Severity.Error, message) { Hint = hint }, inner);
}
