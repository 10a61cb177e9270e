using InstructKit.Sources.Files;
using InstructKit.Yaml;
using Xunit;

namespace InstructKit.Tests.Tasks;

public sealed class YamlFileTests
{
    [Fact]
    public void An_alias_stands_for_what_its_anchor_marks_whatever_that_is()
    {
        var map = Parse("a: &x [ 1, &y two ]\nb: *x\nc: *y\nd: &z { k: *y }\ne: *z\n");
        Assert.Same(map.Find("a"), map.Find("b"));
        Assert.Equal("two", ((YamlScalar)map.Find("c")!).Text);
        Assert.Equal("two", ((YamlScalar)((YamlMap)map.Find("e")!).Find("k")!).Text);
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_told()
    {
        using var scratch = new ScratchFolder();
        Directory.CreateDirectory(scratch.At("plan.yaml"));
        var only = Assert.Single(Assert.Throws<DiagnosticException>(() => YamlFile.Load(scratch.At("plan.yaml"))).Diagnostics);
        Assert.Equal($"error IK2017: '{scratch.At("plan.yaml")}' cannot be read: it is a folder.", only.ToString());
        only = Assert.Single(Assert.Throws<DiagnosticException>(() => YamlFile.Load(scratch.At("other.yaml"))).Diagnostics);
        Assert.Equal($"error IK2017: '{scratch.At("other.yaml")}' cannot be read: there is no such file.", only.ToString());
    }

    [Theory]
    [InlineData("a: 1\nb: caf\u00e9\u00e9", 2, 7, "e9")]
    [InlineData("\u00ef\u00bb\u00bfa: \u00ff", 1, 4, "ff")]
    [InlineData("a: \u00c3\u00a9\u00c3", 1, 5, "c3")]
    public void Bytes_that_are_not_UTF8_are_told_and_not_replaced(string latin1, int line, int column, string found)
    {
        using var scratch = new ScratchFolder();
        File.WriteAllBytes(scratch.At("plan.yaml"), Encoding.Latin1.GetBytes(latin1));
        var only = Assert.Single(Assert.Throws<DiagnosticException>(() => YamlFile.Load(scratch.At("plan.yaml"))).Diagnostics);
        Assert.Equal($"{scratch.At("plan.yaml")}:{line}:{column}: error IK2016: The byte 0x{found} is not valid UTF-8 here; write the file in UTF-8.", only.ToString());
    }

    [Fact]
    public void UTF16_is_read_where_a_byte_order_mark_says_so()
    {
        Assert.Equal("a: é", TextFile.Decode("plan.yaml", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("a: é")]).Text);
        Assert.Equal("a: é", TextFile.Decode("plan.yaml", [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes("a: é")]).Text);
    }

    [Fact]
    public void Tags_are_kept()
    {
        var map = Parse("a: !T { b: !function m.f, c: !L [ x ] }\nd: 'plain'\n");
        var tagged = Assert.IsType<YamlMap>(map.Find("a"));
        Assert.Equal(("!T", "!function", "!L"), (tagged.Tag, tagged.Find("b")!.Tag, tagged.Find("c")!.Tag));
        Assert.Null(map.Find("d")!.Tag);
    }

    [Fact]
    public void Aliases_of_aliases_end_in_a_message_and_not_in_a_billion_nodes()
    {
        var text = "a0: &a0 [ x, x, x, x, x, x, x, x, x, x ]\n";
        for (var i = 1; i < 10; i++) text += $"a{i}: &a{i} [ {string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))} ]\n";

        Assert.Contains("The aliases stand for more than 100000 nodes.", Assert.Throws<DiagnosticException>(() => Parse(text)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a: *b\n")]
    [InlineData("a: &b [ *b ]\n")]
    public void An_alias_without_an_anchor_before_it_is_refused(string text) => Assert.Contains("IK2001", Assert.Throws<DiagnosticException>(() => Parse(text)).Message, StringComparison.Ordinal);

    private static YamlMap Parse(string text) => YamlFile.Parse(SourceText.FromText("t.yaml", text));
}
