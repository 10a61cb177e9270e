using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace InstructKit.Tests.Templating;

public sealed class JsonEscapesTests
{
    // python3: json.dumps(bytes(range(128)).decode(), ensure_ascii=False)
    private const string Ascii =
        """\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\u000b\f\r\u000e\u000f\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~""" + "\u007f";

    [Fact]
    public void Each_character_is_written_as_Python_writes_it() =>
        Assert.Equal(Ascii, Escape(string.Concat(Enumerable.Range(0, 128).Select(value => (char)value))));

    // One special letter in every position around the vector widths, and none.
    [Theory]
    [InlineData("\"", "\\\"")]
    [InlineData("\u0001", "\\u0001")]
    [InlineData("é", "é")]
    public void A_letter_is_escaped_wherever_it_stands(string letter, string escaped)
    {
        for (var before = 0; before <= 70; before++)
        {
            for (var after = 0; after <= 70; after += before % 3 + 1)
            {
                var (head, tail) = (new string('a', before), new string('z', after));
                Assert.Equal(head + escaped + tail, Escape(head + letter + tail));
            }
        }
    }

    [Fact]
    public void What_is_written_reads_back_and_is_no_longer_than_it_must_be() => Prop.ForAll(Texts.ToArbitrary(), texts =>
    {
        var output = new Utf8Output(16) { JsonEscaped = true };
        texts.ForEach(text => output.AppendText(Encoding.UTF8.GetBytes(text)));
        var whole = string.Concat(texts);
        var shortest = whole.EnumerateRunes().Sum(rune => rune.Value switch
        {
            '"' or '\\' or '\b' or '\f' or '\n' or '\r' or '\t' => 2,
            < ' ' => 6,
            _ => rune.Utf8SequenceLength,
        });
        return JsonSerializer.Deserialize<string>($"\"{Encoding.UTF8.GetString(output.Written)}\"") == whole && output.Length == shortest;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    private static Gen<List<string>> Texts
    {
        get
        {
            var plain = Gen.Choose(0, 60).Select(count => new string('x', count));
            var special = Gen.Elements("\"", "\\", "\n", "\t", "\u0000", "\u001f", "\u007f", "ü", "日本", "😀", "\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"", "\r\n\r\n", "\u0002\u0003\u0004\u0005\u0006\u0007\u000e\u000f\u0010");
            return Gen.OneOf(plain, special).ListOf().Select(parts => string.Concat(parts)).ListOf();
        }
    }

    private static string Escape(string text)
    {
        var output = new Utf8Output(16) { JsonEscaped = true };
        output.AppendText(Encoding.UTF8.GetBytes(text));
        return Encoding.UTF8.GetString(output.Written);
    }
}
