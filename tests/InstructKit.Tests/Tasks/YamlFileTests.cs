using InstructKit.Diagnostics;
using InstructKit.Tasks.Yaml;
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
        for (var i = 1; i < 10; i++)
        {
            text += $"a{i}: &a{i} [ {string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))} ]\n";
        }

        Assert.Contains("The aliases stand for more than 100000 nodes.", Assert.Throws<DiagnosticException>(() => Parse(text)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a: *b\n")]
    [InlineData("a: &b [ *b ]\n")]
    public void An_alias_without_an_anchor_before_it_is_refused(string text) => Assert.Contains("IK2001", Assert.Throws<DiagnosticException>(() => Parse(text)).Message, StringComparison.Ordinal);

    private static YamlMap Parse(string text) => YamlFile.Parse(SourceText.FromText("t.yaml", text));
}
