using InstructKit.Sources;
using InstructKit.Sources.Files;
using InstructKit.Sources.Formats;
using Xunit;

namespace InstructKit.Tests.Sources;

/// <summary>Files that the operating system refuses to open: a code, the file, and what to do.</summary>
public sealed class RefusedFileTests : IDisposable
{
    private readonly ReaderFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("jsonl")]
    [InlineData("json")]
    [InlineData("csv")]
    [InlineData("xml")]
    [InlineData("files")]
    [InlineData("parquet")]
    public void A_folder_or_nothing_in_the_place_of_a_file_is_told(string format)
    {
        Directory.CreateDirectory(Path.Combine(_folder.Root, "folder"));
        Assert.Equal("error IK3021: data/folder: cannot be read: it is a folder, expected a file.", Error(format, "folder"));
        Assert.Equal("error IK3001: data/gone: no such file.", Error(format, "gone"));
    }

    // The refusal is simulated: root, as which tests may run, can open everything.
    [Fact]
    public void A_file_that_may_not_be_read_is_told()
    {
        var file = _folder.Add("mine", "{}\n");
        var told = Assert.Throws<DiagnosticException>(() => InputFile.Guard<int>(file, () => throw new UnauthorizedAccessException()));
        Assert.EndsWith("mine: cannot be read: permission denied; check the rights of the file.", told.Diagnostics.Single().ToString(), StringComparison.Ordinal);
        Assert.Equal("IK3021", told.Diagnostics.Single().Code);
    }

    [Theory]
    [InlineData("jsonl")]
    [InlineData("csv")]
    [InlineData("json")]
    public void A_disk_that_fails_is_told(string format)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs a file that can be opened and not read");
        File.CreateSymbolicLink(Path.Combine(_folder.Root, "broken"), "/proc/self/mem");
        Assert.Matches("^error IK3021: data/broken: cannot be read: .*; check the disk or network it is on\\.$", Error(format, "broken"));
    }

    private string Error(string format, string name)
    {
        SourcePart[] parts = [new SourcePart(null, [new SourceFile(Path.Combine(_folder.Root, name), $"data/{name}")])];
        var spec = new SourceSpec { Format = SourceFormats.Named(format) };
        return Assert.Throws<DiagnosticException>(() => ReadResult.Of(RowReaders.Open(spec, parts, ["v"]))).Diagnostics.Single().ToString();
    }
}
