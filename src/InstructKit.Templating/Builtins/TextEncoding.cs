using System.Text;
using InstructKit.Templating.Rendering;
using InstructKit.Templating.Values;

namespace InstructKit.Templating.Builtins;

/// <summary>Python's <c>str.encode</c>, for the encodings that a template may want to look at.</summary>
internal static class TextEncoding
{
    public static Value Encode(RenderContext context, Value self, scoped Arguments arguments)
    {
        var name = arguments.Has(0) ? Encoding.UTF8.GetString(Soft.Require(arguments[0], "encode")) : "utf-8";
        var errors = arguments.Has(1) ? Encoding.UTF8.GetString(Soft.Require(arguments[1], "encode")) : "strict";
        var last = name.Replace('_', '-').ToLowerInvariant() switch
        {
            "utf-8" or "utf8" or "u8" => int.MaxValue,
            "ascii" or "us-ascii" => 0x7f,
            "latin-1" or "latin1" or "iso-8859-1" or "iso8859-1" or "l1" => 0xff,
            _ => throw TemplateError.Value($"unknown encoding: {name}"),
        };
        context.Build(self.TextLength);
        return Value.From(new BytesValue(last == int.MaxValue ? self.TextSpan.ToArray() : OneByteEach(self.ToString(), last, name, errors)));
    }

    private static byte[] OneByteEach(string text, int last, string name, string errors)
    {
        var bytes = new List<byte>(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value <= last) bytes.Add((byte)rune.Value);
            else if (errors == "replace") bytes.Add((byte)'?');
            else if (errors != "ignore") throw TemplateError.Value($"'{name}' cannot encode the character U+{rune.Value:X4}");
        }

        return [.. bytes];
    }
}
