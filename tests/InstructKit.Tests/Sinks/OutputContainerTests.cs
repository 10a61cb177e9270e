using System.IO.Compression;
using System.Text.Json;
using InstructKit.Building.Plans;
using InstructKit.Sinks;
using InstructKit.Tests.Building;
using Xunit;

namespace InstructKit.Tests.Sinks;

/// <summary>Every container of text has the lines of plain JSON Lines, shard by shard.</summary>
public sealed class OutputContainerTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public OutputContainerTests()
    {
        ToyTask.WriteCatalogue(_scratch);
        ToyTask.WriteData(_scratch, "colour", 20, 9);
        ToyTask.WriteData(_scratch, "size", 300, 8);
    }

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("jsonl.gz")]
    [InlineData("jsonl.zst")]
    [InlineData("json")]
    public void The_rows_are_those_of_json_lines_in_the_same_shards(string name)
    {
        var lines = ToyTask.Build(_scratch, Plan("lines"));
        var container = OutputContainers.All.Single(one => one.Name == name);
        var other = ToyTask.Build(_scratch, Plan("other") with { Container = container });
        Assert.True(lines.Outputs.Count > 3);
        Assert.Equal(lines.Outputs.Select(file => (file.Path.Replace(".jsonl", container.Extension, StringComparison.Ordinal), file.Rows)), other.Outputs.Select(file => (file.Path, file.Rows)));
        foreach (var (found, expected) in other.Outputs.Zip(lines.Outputs)) Assert.Equal(File.ReadAllLines(_scratch.At("lines", expected.Path)), Lines(name, _scratch.At("other", found.Path)));
    }

    private static string[] Lines(string name, string path)
    {
        var bytes = File.ReadAllBytes(path);
        if (name == "json")
        {
            using var array = JsonDocument.Parse(bytes);
            return [.. array.RootElement.EnumerateArray().Select(element => element.GetRawText())];
        }

        using Stream unpacked = name == "jsonl.gz" ? new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress) : new ZstdSharp.DecompressionStream(new MemoryStream(bytes));
        using var reader = new StreamReader(unpacked);
        return reader.ReadToEnd().TrimEnd('\n').Split('\n');
    }

    private BuildPlan Plan(string folder) => new() { Data = [_scratch.At("data")], Out = _scratch.At(folder), HoldOut = ["colours"], ShardBytes = 20_000 };
}
