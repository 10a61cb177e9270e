using InstructKit.Sources;
using InstructKit.Sources.Files;
using InstructKit.Sources.Formats;
using Xunit;

namespace InstructKit.Tests.Sources;

public sealed class FolderViewTests : IDisposable
{
    private static readonly string[] Globs =
    [
        "a.txt", "A.txt", "*.txt", "x/*.txt", "X/*.txt", "*/a.txt", "**/a.txt", "x/**", "**", "**/x/**", "link/*.txt", "link/**", "*/*/*", "b.txt", "dangling.txt", "x", "x/",
        "z.zip!*", "*.zip!**/a.txt", "z.zip!none", "none/*", "none/**", "x/../a.txt", "./a.txt", "x/../*.txt", "a.txt/*",
    ];

    private readonly ReaderFolder _folder = new();

    public FolderViewTests()
    {
        foreach (var name in (string[])["a.txt", "B.txt", "x/a.txt", "x/y/a.txt", "x/y/b.txt", "x/.DS_Store", "x/y/x/a.txt"]) _folder.Add(name, "x");

        using (var archive = System.IO.Compression.ZipFile.Open(Path.Combine(_folder.Root, "z.zip"), System.IO.Compression.ZipArchiveMode.Create))
        {
            archive.CreateEntry("a.txt");
            archive.CreateEntry("d/a.txt");
        }

        if (!OperatingSystem.IsWindows())
        {
            Directory.CreateSymbolicLink(Path.Combine(_folder.Root, "link"), Path.Combine(_folder.Root, "x"));
            Directory.CreateSymbolicLink(Path.Combine(_folder.Root, "x", "circle"), _folder.Root);
            File.CreateSymbolicLink(Path.Combine(_folder.Root, "b.txt"), Path.Combine(_folder.Root, "B.txt"));
            File.CreateSymbolicLink(Path.Combine(_folder.Root, "dangling.txt"), Path.Combine(_folder.Root, "nowhere"));
        }
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_view_that_has_seen_much_finds_what_a_fresh_one_finds()
    {
        var view = new FolderView();
        foreach (var glob in Globs.Concat(Globs.Reverse()))
        {
            foreach (var folder in (string[])[_folder.Root, Path.Combine(_folder.Root, "x"), Path.Combine(_folder.Root, "none"), _folder.Root + "/"])
                Assert.Equal(RowReaders.Expand(folder, glob), FileGlob.Expand(view, folder, glob, new SourceLimits()));
        }
    }

    [Theory]
    [InlineData("**/a.txt", "a.txt x/a.txt x/y/a.txt x/y/x/a.txt")]
    [InlineData("link/*.txt", "link/a.txt")]
    [InlineData("*/a.txt", "link/a.txt x/a.txt")]
    [InlineData("link/**", "link/a.txt link/y/a.txt link/y/b.txt link/y/x/a.txt")]
    [InlineData("x/circle/B*", "x/circle/B.txt")]
    [InlineData("b*", "b.txt")]
    [InlineData("dangling.txt", "dangling.txt")]
    public void A_link_is_followed_when_it_is_named_or_matched_by_a_star_and_not_by_two(string glob, string expected)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege there.");
        Assert.Equal(expected, string.Join(' ', RowReaders.Expand(_folder.Root, glob).Select(file => file.Name)));
    }

    [Fact]
    public void What_was_seen_once_is_not_looked_at_again()
    {
        var view = new FolderView();
        Assert.Equal(["x/a.txt"], FileGlob.Expand(view, _folder.Root, "x/*.txt", new SourceLimits()).Select(file => file.Name));
        _folder.Add("x/new.txt", "x");
        Assert.Equal(["x/a.txt"], FileGlob.Expand(view, _folder.Root, "x/*.txt", new SourceLimits()).Select(file => file.Name));
        Assert.Equal(["x/a.txt", "x/new.txt"], RowReaders.Expand(_folder.Root, "x/*.txt").Select(file => file.Name));
    }
}
