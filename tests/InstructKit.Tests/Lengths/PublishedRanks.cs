using System.IO.Compression;
using System.Reflection;

namespace InstructKit.Tests.Lengths;

/// <summary>The vocabularies of the data packages, read independently of the code under test.</summary>
internal static class PublishedRanks
{
    /// <summary>Tokens in Base64 with their ranks, in order.</summary>
    public static IEnumerable<(string Token, int Rank)> Of(string name)
    {
        var package = name switch { "cl100k_base" => "Cl100kBase", "o200k_base" => "O200kBase", _ => "Gpt2" };
        using var resource = Assembly.Load($"Microsoft.ML.Tokenizers.Data.{package}").GetManifestResourceStream($"{name}.tiktoken.deflate")!;
        using var reader = new StreamReader(new DeflateStream(resource, CompressionMode.Decompress));
        return [.. reader.ReadToEnd().Split('\n').Skip(1).Where(line => line.Length > 0).Select((line, rank) => (line.TrimEnd('\r'), rank))];
    }
}
