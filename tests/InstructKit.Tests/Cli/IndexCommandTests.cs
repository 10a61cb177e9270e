using InstructKit.Yaml;
using Xunit;

namespace InstructKit.Tests.Cli;

/// <summary>The index vouches for its files, so it is only built from valid ones.</summary>
public sealed class IndexCommandTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public IndexCommandTests()
    {
        foreach (var name in (string[])["clusters.yaml", "misc/trec.yaml"])
            _scratch.Write(name, File.ReadAllText(RepositoryRoot.At(["templates", "flan", .. name.Split('/')])));
    }

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_right_catalogue_has_an_index()
    {
        CliRun.Ok("index", _scratch.Path);
        Assert.Equal(YamlIndex.Make(_scratch.Path), File.ReadAllBytes(_scratch.At(YamlIndex.FileName)));
    }

    [Theory]
    [InlineData("pattern: '^(?=x)(?<coarse>", "IK2004")]
    [InlineData("pattern: '^((?<coarse>", "IK2004")]
    public void A_pattern_that_cannot_be_used_is_told_and_no_index_made(string pattern, string code)
    {
        var path = _scratch.At("misc", "trec.yaml");
        var text = File.ReadAllText(path);
        Assert.Contains("pattern: '^(?<coarse>", text, StringComparison.Ordinal);
        _scratch.Write("misc/trec.yaml", text.Replace("pattern: '^(?<coarse>", pattern, StringComparison.Ordinal));
        var run = CliRun.Of("index", _scratch.Path);
        Assert.NotEqual(0, run.Code);
        Assert.Contains($"error {code}: 'pattern'", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_scratch.At(YamlIndex.FileName)));
    }
}
