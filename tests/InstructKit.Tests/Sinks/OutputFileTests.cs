using System.Security.Cryptography;
using InstructKit.Sinks;
using Xunit;

namespace InstructKit.Tests.Sinks;

public sealed class OutputFileTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void A_file_that_never_got_its_name_leaves_nothing(bool finished, bool gzip)
    {
        using (var file = new OutputFile(_scratch.Path, "rows.jsonl", gzip))
        {
            file.Write("{}\n"u8, 1);
            if (finished)
            {
                file.Finish();
            }
        }

        Assert.Empty(Directory.GetFileSystemEntries(_scratch.Path));
    }

    [Fact]
    public void A_published_file_stays()
    {
        using (var file = new OutputFile(_scratch.Path, "rows.jsonl"))
        {
            file.Write("{}\n"u8, 1);
            file.Finish();
            file.Publish("rows.jsonl");
        }

        Assert.Equal("{}\n", File.ReadAllText(Assert.Single(Directory.GetFileSystemEntries(_scratch.Path))));
    }

    [Fact]
    public void The_hash_is_that_of_the_file_whatever_the_size_of_the_blocks()
    {
        using var file = new OutputFile(_scratch.Path, "rows.jsonl");
        foreach (var size in (ReadOnlySpan<int>)[3, 1 << 20, 1, (1 << 17) - 1, 1 << 17, 3 << 20, 7])
        {
            file.Write(Enumerable.Range(size, size).Select(i => (byte)(i * 31 >> 3)).ToArray(), 1);
        }

        file.Finish();
        file.Publish("rows.jsonl");

        var bytes = File.ReadAllBytes(_scratch.At("rows.jsonl"));
        Assert.Equal(bytes.Length, file.Bytes);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), file.Sha256);
    }
}
