using System.Security.Cryptography;
using InstructKit.Sinks;
using InstructKit.Sources.Files;
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
        using (var file = new OutputFile(_scratch.Path, "rows.jsonl", gzip ? OutputContainers.Find("jsonl.gz")!.Compress : null))
        {
            file.Write("{}\n"u8, 1);
            if (finished) file.Finish();
        }

        Assert.Empty(Directory.GetFileSystemEntries(_scratch.Path));
    }

    // More than the write-back unit, in blocks that do not divide it.
    [Fact]
    public void A_large_file_is_what_was_written_and_so_is_its_hash()
    {
        var block = new byte[3_000_001];
        new Random(5).NextBytes(block);
        using var file = new OutputFile(_scratch.Path, "rows.bin");
        for (var i = 0; i < 7; i++)
        {
            block[i] ^= 1;
            file.Write(block, 1);
        }

        file.Finish();
        file.Publish("rows.bin");
        var content = File.ReadAllBytes(Path.Combine(_scratch.Path, "rows.bin"));
        Assert.Equal(7 * block.Length, content.Length);
        Assert.Equal(block, content[^block.Length..]);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), file.Sha256);
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

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_full_disk_is_told_with_the_name_of_the_file_and_nothing_is_left(bool gzip)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/dev/full is Linux's");
        var noise = new byte[1 << 20];
        new Random(1).NextBytes(noise);
        File.CreateSymbolicLink(_scratch.At($".rows.jsonl.{Environment.ProcessId}.tmp"), "/dev/full");
        using (var file = new OutputFile(_scratch.Path, "rows.jsonl", gzip ? OutputContainers.Find("jsonl.gz")!.Compress : null))
        {
            var error = Assert.Throws<DiagnosticException>(() => file.Write(noise, 1)).Diagnostics.Single();
            Assert.Equal(
                $"error IK4001: '{_scratch.At("rows.jsonl")}' cannot be written: No space left on device. Make room on the disk, or name another folder with --out.", error.ToString());
        }

        Assert.Empty(Directory.GetFileSystemEntries(_scratch.Path));
    }

    [Fact]
    public void A_folder_in_the_place_of_the_file_is_told()
    {
        Directory.CreateDirectory(_scratch.At("rows.jsonl"));
        using var file = new OutputFile(_scratch.Path, "rows.jsonl");
        file.Finish();
        var error = Assert.Throws<DiagnosticException>(() => file.Publish("rows.jsonl")).Diagnostics.Single();
        Assert.Equal($"error IK4001: '{_scratch.At("rows.jsonl")}' cannot be written: it is a folder. Move it away, or name another folder with --out.", error.ToString());
    }

    [Fact]
    public void A_folder_that_went_away_is_told()
    {
        var error = Assert.Throws<DiagnosticException>(() => new OutputFile(_scratch.At("gone"), "rows.jsonl")).Diagnostics.Single();
        Assert.Equal("IK4001", error.Code);
        Assert.StartsWith($"'{Path.Combine(_scratch.At("gone"), "rows.jsonl")}' cannot be written: Could not find a part of the path", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_hash_is_that_of_the_file_whatever_the_size_of_the_blocks()
    {
        using var file = new OutputFile(_scratch.Path, "rows.jsonl");
        foreach (var size in (ReadOnlySpan<int>)[3, 1 << 20, 1, (1 << 17) - 1, 1 << 17, 3 << 20, 7])
            file.Write(Enumerable.Range(size, size).Select(i => (byte)(i * 31 >> 3)).ToArray(), 1);

        file.Finish();
        file.Publish("rows.jsonl");

        var bytes = File.ReadAllBytes(_scratch.At("rows.jsonl"));
        Assert.Equal(bytes.Length, file.Bytes);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), file.Sha256);
    }
}
