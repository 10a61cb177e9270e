using System.Text.Json;
using InstructKit.Examples;
using Xunit;

namespace InstructKit.Tests.Examples;

public sealed class ExampleTextTests
{
    public static TheoryData<string> Texts => ["", "plain", "quote \" and \\ back", "line\nend\ttab\r", "\u0000\u0001\u001f", "é 😀 \u2028", new string('x', 100) + "\"" + new string('y', 50)];

    [Theory]
    [MemberData(nameof(Texts))]
    public void Either_form_gives_the_other(string text)
    {
        var plain = Encoding.UTF8.GetBytes(text);
        var escaped = Escaped(text);
        Assert.Equal(text, JsonSerializer.Deserialize<string>($"\"{Encoding.UTF8.GetString(escaped)}\""));
        Assert.Equal(escaped.Length, JsonEscapes.EscapedLength(plain));
        foreach (var source in (ReadOnlySpan<bool>)[false, true])
        {
            var from = new ExampleText(source ? escaped : plain, source);
            Assert.Equal(text, from.ToString());
            foreach (var target in (ReadOnlySpan<bool>)[false, true])
            {
                var output = new Utf8Output { JsonEscaped = target };
                from.AppendTo(output);
                Assert.Equal(target ? escaped : plain, output.Written.ToArray());
            }
        }
    }

    [Theory]
    [InlineData("", true)]
    [InlineData(" \n\t\r", true)]
    [InlineData("\u00a0", true)]
    [InlineData("\u3000\u2003\v\f\u0085", true)]
    [InlineData("\u200b", false)] // a format character, not white space
    [InlineData("\\n", false)]
    [InlineData(" \\", false)]
    [InlineData("\u0001", false)]
    [InlineData(" x", false)]
    public void Blank_is_white_space_alone(string text, bool blank)
    {
        Assert.Equal(blank, new ExampleText(Encoding.UTF8.GetBytes(text), false).IsBlank);
        Assert.Equal(blank, new ExampleText(Escaped(text), true).IsBlank);
    }

    private static byte[] Escaped(string text)
    {
        var output = new Utf8Output { JsonEscaped = true };
        output.AppendText(text);
        return output.Written.ToArray();
    }
}
