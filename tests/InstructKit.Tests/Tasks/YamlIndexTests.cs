using InstructKit.Sources.Files;
using InstructKit.Yaml;
using Xunit;

namespace InstructKit.Tests.Tasks;

public sealed class YamlIndexTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Every_shipped_file_comes_out_of_the_index_as_it_is_parsed()
    {
        var folder = RepositoryRoot.At("templates", "flan");
        File.WriteAllBytes(_scratch.At(YamlIndex.FileName), YamlIndex.Make(folder));
        foreach (var path in Directory.GetFiles(folder, "*.yaml", SearchOption.AllDirectories))
        {
            var copy = _scratch.Write(Path.GetRelativePath(folder, path).Replace('\\', '/'), File.ReadAllText(path));
            var content = File.ReadAllBytes(copy);
            var index = YamlIndex.Open(_scratch.Path);
            Assert.NotNull(index);
            var found = index.Find(copy, content, TextFile.Decode(copy, content));
            Assert.NotNull(found);
            Compare(YamlFile.Load(copy), found);
        }
    }

    [Fact]
    public void A_changed_file_is_parsed()
    {
        var path = _scratch.Write("a.yaml", "key: old");
        File.WriteAllBytes(_scratch.At(YamlIndex.FileName), YamlIndex.Make(_scratch.Path));
        var index = YamlIndex.Open(_scratch.Path);
        Assert.Equal("old", ((YamlScalar)YamlFile.Load(path, index).Find("key")!).Text);
        Assert.True(YamlFile.Load(path, index).IsIndexed);
        File.WriteAllText(path, "key: new");
        Assert.Equal("new", ((YamlScalar)YamlFile.Load(path, index).Find("key")!).Text);
        Assert.False(YamlFile.Load(path, index).IsIndexed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("IKY1 of another version")]
    [InlineData("IKY2")]
    [InlineData("IKY2\u0009\u0000\u0000\u0000cut")]
    public void An_index_that_cannot_be_used_is_none(string content)
    {
        _scratch.Write(YamlIndex.FileName, content);
        Assert.Null(YamlIndex.Open(_scratch.Path));
    }

    [Fact]
    public void The_bytes_do_not_depend_on_the_order_of_files()
    {
        using var other = new ScratchFolder();
        foreach (var (folder, names) in ((ScratchFolder, string[])[])[(_scratch, ["a", "b", "c"]), (other, ["c", "b", "a"])])
        {
            foreach (var name in names) folder.Write($"{name}/{name}.yaml", $"key: [{name}, \"{name}\", 'x']\ntext: |\n  line\n");
        }

        Assert.Equal(YamlIndex.Make(_scratch.Path), YamlIndex.Make(other.Path));
    }

    private static void Compare(YamlNode expected, YamlNode found)
    {
        Assert.Equal((expected.Span.Offset, expected.Span.Length), (found.Span.Offset, found.Span.Length));
        switch (expected)
        {
            case YamlScalar scalar:
                var other = Assert.IsType<YamlScalar>(found);
                Assert.Equal((scalar.Text, scalar.Form), (other.Text, other.Form));
                Assert.Equal(
                    Enumerable.Range(0, scalar.Text.Length).Select(scalar.Embedded.PositionInFile), Enumerable.Range(0, scalar.Text.Length).Select(other.Embedded.PositionInFile));
                break;
            case YamlList list:
                Assert.Equal(list.Items.Count, Assert.IsType<YamlList>(found).Items.Count);
                foreach (var (one, two) in list.Items.Zip(((YamlList)found).Items)) Compare(one, two);

                break;
            case YamlMap map:
                Assert.Equal(map.Entries.Count, Assert.IsType<YamlMap>(found).Entries.Count);
                foreach (var (one, two) in map.Entries.Zip(((YamlMap)found).Entries))
                {
                    Compare(one.Key, two.Key);
                    Compare(one.Value, two.Value);
                }

                break;
        }
    }
}
