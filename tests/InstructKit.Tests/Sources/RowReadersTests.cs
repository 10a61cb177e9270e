using InstructKit.Sources;
using InstructKit.Sources.Formats;
using Xunit;

namespace InstructKit.Tests.Sources;

public sealed class RowReadersTests : IDisposable
{
    private readonly ReaderFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a.txt", "a.txt")]
    [InlineData("*.txt", "B.txt a.txt b.txt")]
    [InlineData("?.txt", "B.txt a.txt b.txt")]
    [InlineData("x/*.txt", "x/a.txt")]
    [InlineData("*/a.txt", "x/a.txt y/a.txt")]
    [InlineData("**/a.txt", "a.txt x/a.txt x/z/a.txt y/a.txt")]
    [InlineData("x/**", "x/a.txt x/z/a.txt")]
    [InlineData("**/z/**/*.txt", "x/z/a.txt")]
    [InlineData("**/**/B*", "B.txt")]
    [InlineData("b*", "b.txt b.zip!c")]
    [InlineData("b.zip!c", "b.zip!c")]
    [InlineData(".b.txt.swp", ".b.txt.swp")]
    [InlineData("none.txt", "")]
    [InlineData("none/*", "")]
    public void Patterns_find_files_in_ordinal_order(string glob, string expected)
    {
        foreach (var name in (string[])["b.txt", "a.txt", "B.txt", "x/a.txt", "x/z/a.txt", "y/a.txt", ".b.txt.swp", "._a.txt", "a.txt~", ".DS_Store", "__MACOSX/a.txt", "b.zip!c"])
            _folder.Add(name, "x");

        var found = RowReaders.Expand(_folder.Root, glob);
        Assert.Equal(expected, string.Join(' ', found.Select(file => file.Name)));
        Assert.All(found, file => Assert.True(File.Exists(file.Path)));
    }

    [Fact]
    public void A_pattern_may_be_an_absolute_path()
    {
        var file = _folder.Add("x/a.txt", "x");
        Assert.Equal([file.Path], RowReaders.Expand("elsewhere", file.Path).Select(found => found.Path));
        Assert.Equal([file.Path], RowReaders.Expand("elsewhere", Path.Combine(_folder.Root, "*/?.txt")).Select(found => found.Path));
    }

    [Theory]
    [InlineData("jsonl", null, "{\"b\":1,\"a\\u0062\":2}\nx\n{\"c\":3}\n", "b ab c", 3)]
    [InlineData("json", "*.q[]", "{\"k\":{\"q\":[{\"x\":1},{\"y\":1}]}}", "x y value q key", 2)]
    [InlineData("json", null, "[]", "", 0)]
    [InlineData("csv", null, "b,a\n1,2\n3\n", "b a", 2)]
    [InlineData("csv", null, "b,a\n", "b a", 0)]
    [InlineData("tsv", null, "b\ta\n1\t2\n\n3\n", "b a", 2)]
    [InlineData("tsv", null, "b\ta\n", "b a", 0)]
    [InlineData("lines", null, "1\n\n2", "line", 2)]
    [InlineData("files", null, "1\n\n2", "text path name folder", 1)]
    [InlineData("xml", null, "<r><a i='1'><b/></a><c><d/></c></r>", "@i b d", 2)]
    public void Columns_and_counts_are_known_without_reading_all(string format, string? records, string text, string columns, long rows)
    {
        var spec = new SourceSpec { Format = SourceFormats.Named(format), Records = records };
        SourcePart[] parts = [new(null, [_folder.Add("in", text)])];
        Assert.Equal(columns, string.Join(' ', RowReaders.DiscoverColumns(spec, parts)));
        Assert.Equal(rows, InstructKit.Pipeline.RowPass.Count(spec, parts, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Columns_of_patterns_records_and_parts_are_known()
    {
        SourcePart[] parts = [new("de", [_folder.Add("1", "a\n")]), new("en", [_folder.Add("2", "b\n")])];
        Assert.Equal(["de", "en"], RowReaders.DiscoverColumns(new SourceSpec { Format = SourceFormats.Parallel }, parts));
        Assert.Equal(["line", "x", "y"], RowReaders.DiscoverColumns(new SourceSpec { Format = SourceFormats.Lines, Pattern = "(?<x>a)(b)(?<y>c)" }, parts));
        Assert.Equal(["q", "a"], RowReaders.DiscoverColumns(new SourceSpec { Format = SourceFormats.Lines, Record = ["q", "_", "a", "_"] }, parts));
    }

    [Fact]
    public void A_layout_that_contradicts_itself_is_refused()
    {
        foreach (var spec in (SourceSpec[])[
            new() { Format = SourceFormats.Csv, Header = false },
            new() { Format = SourceFormats.Tsv, Delimiter = 'é' },
            new() { Format = SourceFormats.Csv, Delimiter = '"' },
            new() { Format = SourceFormats.Lines, Pattern = "(" },
            new() { Format = SourceFormats.Lines, Pattern = "(a)\\1" },
            new() { Format = SourceFormats.Parallel },
            new() { Format = SourceFormats.Xml, Records = "[]" }])
        {
            Assert.Equal("IK3018", Assert.Throws<DiagnosticException>(() => RowReaders.Open(spec, [new SourcePart(null, [])], [])).Diagnostics[0].Code);
        }
    }

    [Fact]
    public void An_empty_list_of_files_has_no_rows()
    {
        foreach (var format in SourceFormats.All.Except([SourceFormats.Parallel, SourceFormats.Parquet]))
        {
            using var reader = RowReaders.Open(new SourceSpec { Format = format }, [new SourcePart(null, [])], ["a"]);
            Assert.Empty(ReadResult.Of(reader).Rows);
        }
    }
}
