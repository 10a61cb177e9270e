using System.Security.Cryptography;

namespace InstructKit.Tests.Fetching;

/// <summary>A file of a dataset on the fake hub; large ones are on the second host, like LFS files.</summary>
internal sealed record FakeFile(string Path, byte[] Content, bool IsLarge)
{
    public string Sha256 => Convert.ToHexStringLower(SHA256.HashData(Content));

    // The hub's name for small content.
#pragma warning disable CA5350
    public string GitSha1 => Convert.ToHexStringLower(SHA1.HashData([.. Encoding.ASCII.GetBytes($"blob {Content.Length}\0"), .. Content]));
#pragma warning restore CA5350

    public string Hash => IsLarge ? Sha256 : GitSha1;
}
