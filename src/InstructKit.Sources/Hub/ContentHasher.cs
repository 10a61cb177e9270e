using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace InstructKit.Sources.Hub;

/// <summary>Computes the hash of a file whose length is known, piece by piece.</summary>
internal sealed class ContentHasher : IDisposable
{
    private readonly IncrementalHash _hash;

    /// <summary>Begins.</summary>
    /// <param name="like">A hash of the wanted kind.</param>
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

    /// <summary>Adds content.</summary>
    public void Append(ReadOnlySpan<byte> bytes) => _hash.AppendData(bytes);

    /// <summary>Adds what a stream holds from where it stands.</summary>
    public void Append(Stream stream)
    {
        var buffer = new byte[1 << 17];
        for (var read = stream.Read(buffer); read > 0; read = stream.Read(buffer)) _hash.AppendData(buffer, 0, read);
    }

    /// <summary>The hash; the hasher is used up.</summary>
    public ContentHash Finish() => new(Convert.ToHexStringLower(_hash.GetHashAndReset()));

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();
}
