using System.Text.Json;
using Xunit;

namespace InstructKit.Tests.Cli;

/// <summary>The shipped samples, built once with natural language inference held out; tests read the folder.</summary>
[CollectionDefinition(nameof(SampleBuild))]
public sealed class SampleBuild : ICollectionFixture<SampleBuild>, IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public SampleBuild()
    {
        CliRun.Ok("build", "--hold-out", "natural_language_inference", "--out", Folder);
        Manifest = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, ".instructkit", "manifest.json")));
    }

    public string Folder => _scratch.At("out");

    public JsonDocument Manifest { get; }

    public void Dispose()
    {
        Manifest.Dispose();
        _scratch.Dispose();
    }
}
