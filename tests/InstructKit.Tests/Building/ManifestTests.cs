using InstructKit.Building;
using InstructKit.Building.Plans;
using Xunit;

namespace InstructKit.Tests.Building;

public sealed class ManifestTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void What_a_build_writes_is_read_back_and_written_again_to_the_byte()
    {
        var written = Build();
        var manifest = Manifest.Read("manifest.json", written);
        Assert.Equal(Encoding.UTF8.GetString(written), Encoding.UTF8.GetString(manifest.ToUtf8()));
        Assert.Equal(2, manifest.SchemaVersion);
        Assert.Equal(["colour"], manifest.HoldOut.HeldOut);
        var train = manifest.Tasks.Single(task => task.Task == "size").Slices.Single(slice => slice.Output == "train");
        // 20 rows minus 3 for the dev slice; rows 6 and 13 have no label.
        Assert.Equal((17, 15, 2), (train.Read, train.Selected, train.Dropped["unlabelled"]));
        Assert.Equal(manifest.Outputs.Sum(file => file.Rows), manifest.Tasks.SelectMany(task => task.Slices).Sum(slice => slice.Examples));
    }

    [Fact]
    public void The_first_version_is_read_too()
    {
        var old = Encoding.UTF8.GetString(Build()).Replace("\"schema_version\": 2", "\"format_version\": 1", StringComparison.Ordinal).Replace("\"repaired\"", "\"mended\"", StringComparison.Ordinal);
        Assert.Contains("\"mended\"", old, StringComparison.Ordinal);
        var manifest = Manifest.Read("manifest.json", Encoding.UTF8.GetBytes(old));
        Assert.Equal(Encoding.UTF8.GetString(Build()), Encoding.UTF8.GetString(manifest.ToUtf8()));
    }

    [Theory]
    [InlineData("{\"schema_version\": 3}", "it is of version 3; this tool reads versions 1 to 2")]
    [InlineData("{\"tool\": \"instructkit\"}", "it has no schema_version")]
    [InlineData("[]", "")]
    [InlineData("{\"schema_version\": 2}", "missing required properties")]
    [InlineData("{", "")]
    public void What_cannot_be_read_is_refused(string text, string why)
    {
        var problem = Assert.Throws<DiagnosticException>(() => Manifest.Read("old/manifest.json", Encoding.UTF8.GetBytes(text))).Diagnostics[0];
        Assert.Equal("IK2202", problem.Code);
        Assert.StartsWith("The manifest 'old/manifest.json' cannot be read: ", problem.Message, StringComparison.Ordinal);
        Assert.Contains(why, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Compressed_files_carry_the_hash_of_their_lines()
    {
        ToyTask.WriteCatalogue(_scratch);
        foreach (var key in (string[])["colour", "size", "shape"]) ToyTask.WriteData(_scratch, key, 20, 9);
        var plain = ToyTask.Build(_scratch, Plan("plain"));
        foreach (var name in (string[])["jsonl.gz", "jsonl.zst"])
        {
            var packed = ToyTask.Build(_scratch, Plan(name) with { Container = InstructKit.Sinks.OutputContainers.Find(name)! });
            Assert.Equal(plain.Outputs.Select(file => file.Sha256), packed.Outputs.Select(file => file.ContentSha256));
            Assert.All(packed.Outputs, file => Assert.EndsWith($".{name}", file.Path, StringComparison.Ordinal));
        }

        Assert.All(plain.Outputs, file => Assert.Null(file.ContentSha256));
    }

    private byte[] Build()
    {
        ToyTask.WriteCatalogue(_scratch);
        foreach (var key in (string[])["colour", "size", "shape"]) ToyTask.WriteData(_scratch, key, 20, 9);
        ToyTask.Build(_scratch, Plan("out") with { Force = true });
        return File.ReadAllBytes(_scratch.At("out", ".instructkit/manifest.json"));
    }

    private BuildPlan Plan(string folder) => new() { Data = [_scratch.At("data")], Out = _scratch.At(folder), HoldOut = ["colours"], Jobs = 1 };
}
