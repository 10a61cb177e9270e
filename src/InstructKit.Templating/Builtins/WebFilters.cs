using System.Buffers;
using System.Numerics;

namespace InstructKit.Templating.Builtins;

/// <summary>Filters for HTML and addresses.</summary>
internal static class WebFilters
{
    private static readonly SearchValues<byte> NotInAttributeNames = SearchValues.Create(" \t\n\f\r/>="u8);

    public static IEnumerable<Builtin> All =>
    [
        new("escape", [], (context, self, _) => HtmlText.Escape(context, self)),
        new("e", [], (context, self, _) => HtmlText.Escape(context, self)),
        new("forceescape", [], (context, self, _) => HtmlText.Escape(context, Value.FromUtf8(Coercion.Text(context, self).TextSpan))),
        new("safe", [], (context, self, _) => Coercion.Text(context, self).AsSafe()),
        new("urlencode", [], UrlEncode),
        new("urlize", ["trim_url_limit?", "nofollow?", "target?", "rel?", "extra_schemes?"], UrlizeFilter.Run),
        new("striptags", [], StripTags),
        new("filesizeformat", ["binary?"], FileSize),
        new("xmlattr", ["autospace?"], XmlAttributes),
    ];

    private static Value UrlEncode(RenderContext context, Value self, scoped Arguments arguments)
    {
        if (self.IsText || !ValueCursor.IsIterable(self))
        {
            var text = Coercion.Text(context, self).TextSpan;
            var single = new TextBuilder(context, text.Length + 16);
            Quote(ref single, text, inQuery: false);
            return single.Finish();
        }

        var pairs = self.Kind == ValueKind.Mapping ? Value.From(new MapView(self.AsMap, MapView.Part.Items)) : self;
        var cursor = ValueCursor.Over(pairs);
        var texts = new List<(Value Key, Value Item)>();
        while (cursor.TryNext(out var pair))
        {
            if (!ValueCursor.IsIterable(pair)) throw TemplateError.Type($"cannot unpack non-iterable {PythonTypes.Name(pair)} object");
            var parts = ValueCursor.ToList(context, pair);
            if (parts.Count != 2) throw TemplateError.Value($"expected 2 values to unpack, got {parts.Count}");
            texts.Add((Coercion.Text(context, parts[0]), Coercion.Text(context, parts[1])));
        }

        var builder = new TextBuilder(context, 64);
        for (var i = 0; i < texts.Count; i++)
        {
            if (i > 0) builder.AppendByte((byte)'&');
            Quote(ref builder, texts[i].Key.TextSpan, inQuery: true);
            builder.AppendByte((byte)'=');
            Quote(ref builder, texts[i].Item.TextSpan, inQuery: true);
        }

        return builder.Finish();
    }

    private static void Quote(ref TextBuilder builder, ReadOnlySpan<byte> text, bool inQuery)
    {
        foreach (var unit in text)
        {
            if (char.IsAsciiLetterOrDigit((char)unit) || unit is (byte)'_' or (byte)'.' or (byte)'-' or (byte)'~' || (unit == '/' && !inQuery)) builder.AppendByte(unit);
            else if (unit == ' ' && inQuery) builder.AppendByte((byte)'+');
            else builder.Append(string.Create(CultureInfo.InvariantCulture, $"%{unit:X2}"));
        }
    }

    private static Value StripTags(RenderContext context, Value self, scoped Arguments arguments)
    {
        var text = Encoding.UTF8.GetString(Coercion.Text(context, self).TextSpan);
        context.Build(text.Length * 2L);
        var plain = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length;)
        {
            var open = text.IndexOf('<', at);
            var isComment = open >= 0 && string.CompareOrdinal(text, open, "<!--", 0, 4) == 0;
            var close = open < 0 ? -1 : isComment ? text.IndexOf("-->", open, StringComparison.Ordinal) : text.IndexOf('>', open);
            if (close < 0)
            {
                plain.Append(text, at, text.Length - at);
                break;
            }

            plain.Append(text, at, open - at);
            at = close + (isComment ? 3 : 1);
        }

        var words = TextSplitting.Split(context, Value.From(plain.ToString()), Value.None, -1, fromEnd: false);
        return context.BuildText(System.Net.WebUtility.HtmlDecode(string.Join(' ', words)));
    }

    private static Value FileSize(RenderContext context, Value self, scoped Arguments arguments)
    {
        var bytes = NumberReader.ReadFloat(self) ?? throw TemplateError.Value($"could not convert '{PythonTypes.Name(self)}' to float");
        var binary = arguments.IsTrue(0);
        var unit = binary ? 1024.0 : 1000.0;
        if (bytes == 1) return Value.From("1 Byte");
        if (bytes < unit)
        {
            return double.IsFinite(bytes)
                ? Value.From(string.Create(CultureInfo.InvariantCulture, $"{new BigInteger(bytes)} Bytes"))
                : throw TemplateError.Overflow("cannot convert float infinity to integer");
        }

        string[] prefixes = binary ? ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"] : ["kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"];
        for (var i = 0; i < prefixes.Length; i++)
        {
            var size = Arithmetic.Nearest(BigInteger.Pow(new BigInteger(unit), i + 2));
            if (bytes < size || i == prefixes.Length - 1) return Value.From($"{NumberFormat.Float(unit * bytes / size, 'f', 1, alternate: false)} {prefixes[i]}");
        }

        throw new System.Diagnostics.UnreachableException();
    }

    private static Value XmlAttributes(RenderContext context, Value self, scoped Arguments arguments)
    {
        if (self.Kind != ValueKind.Mapping) throw TemplateError.Type($"xmlattr needs a mapping, not {PythonTypes.Name(self)}");
        var output = context.BeginCapture();
        foreach (var (key, value) in self.AsMap)
        {
            if (value.IsNone || value.IsUndefined) continue;
            if (!key.IsText) throw TemplateError.Type($"an attribute name must be str, not {PythonTypes.Name(key)}");
            var name = key;
            if (name.TextSpan.IndexOfAny(NotInAttributeNames) >= 0) throw TemplateError.Value($"Invalid character in attribute name: '{name}'");
            if (output.Length > 0 || arguments.IsTrue(0, true)) output.AppendText(" "u8);
            HtmlText.Append(name, output);
            output.AppendText("=\""u8);
            HtmlText.Append(value, output);
            output.AppendText("\""u8);
            output.CheckCeiling();
        }

        var attributes = context.EndCapture(output);
        return context.Autoescape ? attributes.AsSafe() : attributes;
    }
}
