using FsCheck;
using FsCheck.Fluent;
using InstructKit.Yaml;
using Xunit;

namespace InstructKit.Tests.Authoring.Importing;

/// <summary>Our reader returns any written text unchanged, in every position that a text can have.</summary>
public sealed class YamlWriterTests
{
    private static readonly Gen<string> Scrap = Gen.Elements(
        " ", "  ", "\n", "\n\n", "\t", "\r", "\r\n", "\u0085", "\u2028", "\u2029", "\ufeff", "\0", "\u001c", "\u007f", "\u00a0", "\"", "'", "\\", "\\n", ":", ": ", "#", " #", "- ", "? ", "| ",
        "> ", "%", "@", "`", "{", "}", "[", "]", ",", "&a", "*a", "!t", "---", "...", "null", "yes", "no", "~", "1e3", "0x1f", "2024-01-01", "a", "word", "é", "\u200d", "😀", "\ufffe", "{{ x }}", "|||", "=", "<<");

    private static readonly Gen<string> Texts = Scrap.ListOf().Select(string.Concat);

    [Fact]
    public void Every_text_is_read_back_in_every_place() => Prop.ForAll(Texts.ToArbitrary(), Texts.ToArbitrary(), (key, text) => KeepsText("k" + key, text))
        .Check(Config.QuickThrowOnFailure.WithMaxTest(3000));

    [Fact]
    public void Any_characters_are_read_back() =>
        Prop.ForAll(ArbMap.Default.ArbFor<string>().Filter(text => text is not null && IsWhole(text)), text => KeepsText("key", text)).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Theory]
    [InlineData("one line", "t: one line\n")]
    [InlineData("a \"b\" {{ c }}", "t: |-\n  a \"b\" {{ c }}\n")]
    [InlineData("a: b", "t: \"a: b\"\n")]
    [InlineData("a\n\n  b", "t: |-\n  a\n\n    b\n")]
    [InlineData("a\nb\n", "t: |\n  a\n  b\n")]
    [InlineData("a\nb\n\n", "t: \"a\\nb\\n\\n\"\n")]
    [InlineData("a \nb", "t: \"a \\nb\"\n")]
    [InlineData(" a\nb", "t: \" a\\nb\"\n")]
    [InlineData("\na", "t: \"\\na\"\n")]
    [InlineData("a\n\tb", "t: \"a\\n\\tb\"\n")]
    [InlineData("a\u0085b\u2028c\r", "t: \"a\\x85b\\u2028c\\r\"\n")]
    [InlineData("", "t: \"\"\n")]
    [InlineData("No", "t: \"No\"\n")]
    [InlineData("12", "t: \"12\"\n")]
    [InlineData("\\", "t: |-\n  \\\n")]
    [InlineData("😀\u200d", "t: \"😀\u200d\"\n")]
    public void Texts_look_like(string text, string expected)
    {
        var yaml = new YamlWriter();
        yaml.Block("t", text);
        Assert.Equal(expected, yaml.ToString());
        Assert.True(KeepsText("t", text));
    }

    [Fact]
    public void Nodes_of_another_file_keep_their_form()
    {
        const string Text = "a: [ x, 1, true, null, \"y z\" ]\nb:\n  - c: 1.5\n    d: {}\n  - items: [ \"1\" ]\n  - plain\ne:\n  f: \"yes\"\n";
        var yaml = new YamlWriter();
        foreach (var entry in Parse(Text).Entries) yaml.Node(entry.Key.Text, entry.Value);

        Assert.Equal(Text.Replace("\"y z\"", "y z", StringComparison.Ordinal), yaml.ToString());
    }

    private static bool KeepsText(string key, string text)
    {
        var yaml = new YamlWriter();
        yaml.Comment(text);
        yaml.Entry("entry", text);
        yaml.FlowList("list", [text, text]);
        yaml.FlowMap("map", [(key, text)]);
        yaml.Begin("items");
        yaml.BeginItem();
        yaml.Block(key, text);
        yaml.Begin("deep");
        yaml.Block("block", text);
        yaml.End();
        yaml.End();
        yaml.End();
        yaml.Block("last", text);
        var map = Parse(yaml.ToString());
        var item = (YamlMap)((YamlList)map.Find("items")!).Items[0];
        var found = new[]
        {
            map.Find("entry"), ((YamlList)map.Find("list")!).Items[1], ((YamlMap)map.Find("map")!).Find(key), item.Find(key), ((YamlMap)item.Find("deep")!).Find("block"), map.Find("last"),
        };
        return found.All(node => node is YamlScalar scalar && scalar.Text == text && !scalar.IsNull);
    }

    // Lone surrogates are excluded, as no UTF-8 file can contain them.
    private static bool IsWhole(string text) => text.EnumerateRunes().All(rune => rune.Value != 0xfffd);

    private static YamlMap Parse(string text) => YamlFile.Parse(SourceText.FromText("test.yaml", text));
}
