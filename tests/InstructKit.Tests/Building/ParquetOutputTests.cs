using System.Text.Json.Nodes;
using InstructKit.Building.Plans;
using InstructKit.Sinks;
using InstructKit.Tests.Parquet;
using Xunit;

namespace InstructKit.Tests.Building;

public sealed class ParquetOutputTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public ParquetOutputTests()
    {
        ToyTask.WriteCatalogue(_scratch);
        ToyTask.WriteData(_scratch, "colour", 20, 9);
        ToyTask.WriteData(_scratch, "size", 500, 8);
        ToyTask.WriteData(_scratch, "shape", 10, 5);
    }

    public static TheoryData<string> ParquetContainers => ["parquet", "parquet-zstd"];

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [MemberData(nameof(ParquetContainers))]
    public void The_rows_are_those_of_json_lines_in_the_same_shards(string container)
    {
        var lines = ToyTask.Build(_scratch, Plan("lines"));
        var tables = ToyTask.Build(_scratch, Plan("tables") with { Container = OutputContainers.Find(container)! });
        Assert.True(lines.Outputs.Count > 3);
        Assert.Equal(
            lines.Outputs.Select(file => (Path.ChangeExtension(file.Path, ".parquet"), file.Rows)), tables.Outputs.Select(file => (file.Path, file.Rows)));
        foreach (var (table, text) in tables.Outputs.Zip(lines.Outputs))
        {
            // Through one JSON reader, since the two write the same text with different escapes.
            var expected = File.ReadLines(_scratch.At("lines", text.Path)).Select(line => JsonNode.Parse(line)!.ToJsonString());
            var found = RowsAsJson.Read(_scratch.At("tables", table.Path)).Select(line => JsonNode.Parse(line)!.ToJsonString());
            Assert.Equal(expected, found);
            Assert.Equal(new FileInfo(_scratch.At("tables", table.Path)).Length, table.Bytes);
        }
    }

    [Fact]
    public void The_bytes_do_not_depend_on_the_number_of_workers()
    {
        var one = ToyTask.Build(_scratch, Plan("one") with { Container = OutputContainers.Find("parquet")! });
        var three = ToyTask.Build(_scratch, Plan("three") with { Container = OutputContainers.Find("parquet")!, Jobs = 3 });
        Assert.Equal(one.Outputs, three.Outputs);
    }

    private BuildPlan Plan(string folder) =>
        new() { Data = [_scratch.At("data")], Out = _scratch.At(folder), HoldOut = ["colours"], Jobs = 1, ShardBytes = 20_000 };
}
