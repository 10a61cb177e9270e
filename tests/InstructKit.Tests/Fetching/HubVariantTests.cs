using InstructKit.Sources.Hub;
using InstructKit.Tasks;
using Xunit;

namespace InstructKit.Tests.Fetching;

/// <summary>Under which names the hub may have a layout's files.</summary>
public sealed class HubVariantTests : IDisposable
{
    private readonly FetchBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData("rte/train-*.parquet", "rte/train/*.parquet")] // as most datasets name their files
    [InlineData("data/train-*.parquet", "rte/train/*.parquet")]
    [InlineData("rte/validation_matched-*.parquet", "rte/validation_matched/*.parquet")] // the key in the task file may be another
    [InlineData("rte/dev/*.parquet", "rte/dev/*.parquet")]
    [InlineData("piqa_train.parquet", "rte/train/*.parquet")] // no name to be seen: the key
    [InlineData("**/train*.parquet", "rte/train/*.parquet")]
    public void The_conversion_has_a_folder_of_the_split(string pattern, string converted)
    {
        var variants = HubVariant.Of(Layout("{ id: a/b, config: rte }", pattern));
        Assert.Equal([HubVariant.Main, HubVariant.Converted, HubVariant.Converted, HubVariant.Converted, HubVariant.Converted], variants.Select(variant => variant.Revision));
        Assert.Equal([pattern, pattern, converted], variants.Take(3).Select(Glob));
        Assert.Equal(converted.Insert(4, "partial-"), Glob(variants[2].Partial()!));
        Assert.Null(variants[0].Partial());
    }

    [Fact]
    public void A_layout_that_names_a_revision_is_looked_for_there_alone()
    {
        var variant = Assert.Single(HubVariant.Of(Layout("{ id: a/b, revision: v1.0 }", "train-*.parquet")));
        Assert.Equal(("v1.0", "train-*.parquet"), (variant.Revision, Glob(variant)));
    }

    [Theory]
    [InlineData("c/partial-train/0000.parquet", true)]
    [InlineData("c/train/0000.parquet", false)]
    [InlineData("partial-train/0000.parquet", false)]
    [InlineData("c/partial-train", false)]
    public void The_folder_tells_what_was_cut_short(string path, bool expected) => Assert.Equal(expected, HubVariant.IsPartial(path));

    [Fact]
    public void Every_shipped_layout_on_the_hub_can_be_asked_for()
    {
        var catalog = new TaskFiles();
        catalog.AddFolder(RepositoryRoot.At("templates", "flan"));
        var layouts = catalog.Keys.SelectMany(key => catalog.Get(key).Layouts).Where(layout => layout.Hub is not null).ToList();
        Assert.True(layouts.Count > 50);
        Assert.All(layouts, layout =>
        {
            Assert.True(HubNames.IsId(layout.Hub!.Id), layout.Hub.Id);
            Assert.All(HubVariant.Of(layout), variant => Assert.True(HubNames.IsSafePath(variant.Revision)));
            Assert.All(HubVariant.Of(layout).SelectMany(variant => variant.Layout.Splits).SelectMany(split => split.Parts).SelectMany(part => part.Globs), glob =>
                Assert.True(HubNames.IsSafePath(glob.Text.Replace('*', 'x').Replace('?', 'x')), glob.Text));
        });
    }

    private static string Glob(HubVariant variant) => variant.Layout.Splits[0].Parts[0].Globs[0].Text;

    private Layout Layout(string hub, string pattern) => _bench.Task(FetchBench.Yaml(hub, $"{{ train: \"{pattern}\" }}")).Layouts[0];
}
