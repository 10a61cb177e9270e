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
}
