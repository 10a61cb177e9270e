using Xunit;

namespace InstructKit.Tests.Cli;

/// <summary>The same arguments give the same bytes, whatever the state of the machine.</summary>
[Collection(nameof(SampleBuild))]
public sealed class DeterminismTests(SampleBuild built)
{
    [Theory]
    [InlineData("1")]
    [InlineData("2")]
    [InlineData("8")]
    public void The_number_of_workers_changes_nothing(string jobs)
    {
        using var scratch = new ScratchFolder();
        Build(scratch.At("out"), "--jobs", jobs);
        Assert.Equal(BuiltFolder.Sums(built.Folder), BuiltFolder.Sums(scratch.At("out")));
    }

    [Fact]
    public void The_order_in_which_the_files_were_made_changes_nothing()
    {
        using var scratch = new ScratchFolder();
        Samples.CopyBackwards(scratch.At("copy"));
        Build(scratch.At("shipped"), "--data", Samples.Path);
        Build(scratch.At("out"), "--data", scratch.At("copy"));
        Assert.Equal(BuiltFolder.Sums(scratch.At("shipped")), BuiltFolder.Sums(scratch.At("out")));
    }

    [Fact]
    public void The_language_of_the_machine_changes_nothing()
    {
        var usual = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = Turkish();
            Assert.Equal("-1.234,5", (-1234.5).ToString("#,0.0", CultureInfo.CurrentCulture));
            using var scratch = new ScratchFolder();
            Build(scratch.At("out"));
            Assert.Equal(BuiltFolder.Sums(built.Folder), BuiltFolder.Sums(scratch.At("out")));
        }
        finally
        {
            CultureInfo.CurrentCulture = usual;
        }
    }

    [Fact]
    public void Another_seed_gives_other_rows()
    {
        using var scratch = new ScratchFolder();
        Build(scratch.At("out"), "--seed", "43");
        var first = BuiltFolder.Examples(built.Folder, "train", "task", "row", "template");
        var second = BuiltFolder.Examples(scratch.At("out"), "train", "task", "row", "template");
        Assert.NotEqual(first.Select(row => $"{row[0]} {row[1]}"), second.Select(row => $"{row[0]} {row[1]}")); // another order,
        Assert.NotEqual(Sorted(first), Sorted(second)); // and other templates
        Assert.Equal(BuiltFolder.Examples(built.Folder, "held_out", "input"), BuiltFolder.Examples(scratch.At("out"), "held_out", "input"));
    }

    // If the runtime has no language data, at least the number format.
    private static CultureInfo Turkish()
    {
        try
        {
            return new CultureInfo("tr-TR");
        }
        catch (CultureNotFoundException)
        {
            var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            culture.NumberFormat = new NumberFormatInfo { NumberDecimalSeparator = ",", NumberGroupSeparator = ".", PercentDecimalSeparator = ",", PercentGroupSeparator = "." };
            return culture;
        }
    }

    private static List<string> Sorted(IEnumerable<string[]> rows) => [.. rows.Select(row => string.Join(' ', row)).Order(StringComparer.Ordinal)];

    private static void Build(string folder, params string[] more) => CliRun.Ok(["build", "--hold-out", "natural_language_inference", "--out", folder, .. more]);
}
