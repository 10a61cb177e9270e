using System.Diagnostics.CodeAnalysis;

namespace InstructKit.Sources.Hub;

/// <summary>
/// The hash by which the hub knows a file's content, which is also the file's name in the cache: SHA-256 for large files (LFS), git's blob SHA-1
/// (over <c>blob LENGTH NUL content</c>) for small ones.
/// </summary>
/// <param name="Hex">64 or 40 lower-case hexadecimal digits.</param>
public readonly record struct ContentHash(string Hex)
{
    private const int Sha256Digits = 64;
    private const int Sha1Digits = 40;

    /// <summary>True for SHA-256, false for git's SHA-1.</summary>
    public bool IsSha256 => Hex.Length == Sha256Digits;

    /// <summary>Name of the kind, as the lock spells it.</summary>
    public string Kind => IsSha256 ? "sha256" : "git_sha1";

    /// <summary>Reads a hash, as it stands or as an ETag with quotes and a weakness mark.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out ContentHash hash)
    {
        var hex = text ?? string.Empty;
        if (hex.StartsWith("W/", StringComparison.Ordinal)) hex = hex[2..];

        hex = hex.Trim('"');
        hex = hex.StartsWith("sha256:", StringComparison.Ordinal) ? hex["sha256:".Length..] : hex;
        var isHash = hex.Length is Sha256Digits or Sha1Digits && hex.All(char.IsAsciiHexDigitLower);
        hash = isHash ? new ContentHash(hex) : default;
        return isHash;
    }

    /// <summary>True for a commit: 40 hexadecimal digits.</summary>
    public static bool IsCommit(string text) => text.Length == Sha1Digits && text.All(char.IsAsciiHexDigitLower);

    /// <inheritdoc/>
    public override string ToString() => Hex;
}
