using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace InstructKit.Sources.Hub;

/// <summary>The hash by which the hub knows a file's content, which is also the file's name in the cache: SHA-256 for large files (LFS), git's blob SHA-1 (over
/// <c>blob LENGTH NUL content</c>) for small ones.</summary>
/// <param name="Hex">64 or 40 lower-case hexadecimal digits.</param>
public readonly record struct ContentHash(string Hex)
{
    private const int Sha256Digits = 64;
    private const int Sha1Digits = 40;

    /// <summary>True for SHA-256, false for git's SHA-1.</summary>
    public bool IsSha256 => Hex.Length == Sha256Digits;

    /// <summary>Name of the kind, as written in the lock.</summary>
    public string Kind => IsSha256 ? "sha256" : "git_sha1";

    /// <summary>Reads a hash, bare or as an ETag with quotes and a weakness mark.</summary>
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

/// <summary>Computes the hash of a file of known length incrementally.</summary>
internal sealed class ContentHasher : IDisposable
{
    private readonly IncrementalHash _hash;

    /// <summary>Starts a hash.</summary>
    /// <param name="like">A hash of the required kind.</param>
    /// <param name="length">Length of the file in bytes; git hashes it with the content.</param>
    public ContentHasher(ContentHash like, long length)
    {
        _hash = IncrementalHash.CreateHash(like.IsSha256 ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA1);
        if (!like.IsSha256) _hash.AppendData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"blob {length}\0")));
    }

    /// <summary>Hashes a file from the disk.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static ContentHash OfFile(string path, ContentHash like)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1 << 20, FileOptions.SequentialScan);
        using var hasher = new ContentHasher(like, file.Length);
        hasher.Append(file);
        return hasher.Finish();
    }

    public void Append(ReadOnlySpan<byte> bytes) => _hash.AppendData(bytes);

    /// <summary>Adds the rest of a stream.</summary>
    public void Append(Stream stream)
    {
        var buffer = new byte[1 << 17];
        for (var read = stream.Read(buffer); read > 0; read = stream.Read(buffer)) _hash.AppendData(buffer, 0, read);
    }

    /// <summary>The hash; the hasher cannot be used afterwards.</summary>
    public ContentHash Finish() => new(Convert.ToHexStringLower(_hash.GetHashAndReset()));

    public void Dispose() => _hash.Dispose();
}
