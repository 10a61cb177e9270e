namespace InstructKit.Templating.Builtins;

/// <summary>Filters from text to text.</summary>
internal static class TextFilters
{
    public static IEnumerable<Builtin> All =>
    [
        new("upper", [], (context, self, _) => UnicodeCase.Map(context, Coercion.Text(context, self).TextSpan, CaseMapping.Upper)) { KeepsSafety = true },
        new("lower", [], (context, self, _) => UnicodeCase.Map(context, Coercion.Text(context, self).TextSpan, CaseMapping.Lower)) { KeepsSafety = true },
        new("capitalize", [], (context, self, _) => TextCase.Capitalize(context, Coercion.Text(context, self).TextSpan)) { KeepsSafety = true },
        new("title", [], (context, self, _) => TextCase.TitleWords(context, Coercion.Text(context, self).TextSpan)),
        new("trim", ["chars?"], Trim),
        new("replace", ["old", "new", "count?"], Replace),
        new("string", [], (context, self, _) => Coercion.Text(context, self)),
        new("center", ["width?"], (context, self, arguments) => TextLayout.Pad(context, Coercion.Text(context, self), arguments.Int(0, 80), " "u8, TextLayout.Side.Both)) { KeepsSafety = true },
        new("indent", ["width?", "first?", "blank?"], Indent) { KeepsSafety = true },
        new("truncate", ["length?", "killwords?", "end?", "leeway?"], Truncate) { KeepsSafety = true },
        new("wordcount", [], (context, self, _) => Value.From(WordCount(Coercion.Text(context, self).TextSpan))),
        new("wordwrap", ["width?", "break_long_words?", "wrapstring?", "break_on_hyphens?"], WordWrap.Run),
        new("format", null, Format),
        new("regex_replace", ["pattern?", "repl?", "count?"], RegexReplace.Run),
        new("python_list", [], PythonList.Run) { ReturnsInput = true },
        JsonFilter.Plain,
    ];

    private static Value Trim(RenderContext context, Value self, scoped Arguments arguments)
    {
        var text = Coercion.Text(context, self);
        return arguments.Has(0) && !arguments[0].IsNone
            ? Utf8Text.TrimCharacters(context, text, Coercion.Require(arguments[0], "strip"), true, true)
            : Utf8Text.TrimSpaces(text, true, true);
    }

    private static Value Replace(RenderContext context, Value self, scoped Arguments arguments)
    {
        var text = Coercion.Text(context, self);
        var old = Coercion.Text(context, arguments[0]);
        var with = Coercion.Text(context, arguments[1]);
        var count = arguments.Has(2) && !arguments[2].IsNone ? PythonTypes.RequireInt(arguments[2]) : -1;
        if (!context.Autoescape) return TextEdits.Replace(context, text.AsPlain(), old.TextSpan, with.TextSpan, count);
        if (old.IsSafe || (with.IsSafe && !text.IsSafe)) text = HtmlText.Escape(context, text);
        if (text.IsSafe) with = HtmlText.Escape(context, with);
        var edited = TextEdits.Replace(context, text, old.TextSpan, with.TextSpan, count);
        return text.IsSafe ? edited.AsSafe() : edited;
    }

    private static Value Indent(RenderContext context, Value self, scoped Arguments arguments)
    {
        if (!self.IsText) throw self.WrongType($"unsupported operand type(s) for +=: '{PythonTypes.Name(self)}' and 'str'");
        var indention = arguments.Has(0) && arguments[0].IsText
            ? arguments[0]
            : TextLayout.Pad(context, Value.EmptyText, arguments.Int(0, 4), " "u8, TextLayout.Side.Right);
        var blank = arguments.IsTrue(2);
        var source = self.TextSpan;
        var builder = new TextBuilder(context, source.Length + 16);
        if (arguments.IsTrue(1)) builder.Append(indention.TextSpan);
        for (var at = 0; at <= source.Length;)
        {
            var end = Utf8Text.FindLineBreak(source, at, out var size);
            if (at > 0)
            {
                builder.AppendByte((byte)'\n');
                if (end > at || blank) builder.Append(indention.TextSpan);
            }

            builder.Append(source[at..end]);
            if (size == 0) break;
            at = end + size;
        }

        return builder.Finish();
    }

    private static Value Truncate(RenderContext context, Value self, scoped Arguments arguments)
    {
        var length = arguments.Int(0, 255);
        if (arguments.Has(2)) Coercion.Require(arguments[2], "truncate");
        var end = arguments.Has(2) ? arguments[2] : Value.FromOwned("..."u8.ToArray());
        var leeway = arguments.Has(3) && !arguments[3].IsNone ? PythonTypes.RequireInt(arguments[3]) : 5;
        var endLength = Utf8Text.Length(end.TextSpan);
        if (length < endLength) throw TemplateError.Argument($"expected length >= {endLength}, got {length}");
        if (leeway < 0) throw TemplateError.Argument($"expected leeway >= 0, got {leeway}");
        if (self.IsUndefined)
        {
            self.RequireLenient();
            return self;
        }

        // Short values are returned unchanged, even those of other types.
        if (!self.IsText && PythonTypes.Length(self) is { } count && count <= (long)length + leeway) return self;
        var source = Coercion.Require(self, "truncate");
        if (Utf8Text.Length(source) <= (long)length + leeway) return self;
        var kept = source[..Utf8Text.OffsetOf(source, length - endLength)];
        if (!arguments.IsTrue(1))
        {
            var space = kept.LastIndexOf((byte)' ');
            if (space >= 0) kept = kept[..space];
        }

        if (self.IsSafe) end = HtmlText.Escape(context, end);
        var builder = new TextBuilder(context, kept.Length + end.TextLength);
        builder.Append(kept);
        builder.Append(end.TextSpan);
        return builder.Finish();
    }

    private static long WordCount(ReadOnlySpan<byte> text)
    {
        var count = 0L;
        var inside = false;
        while (!text.IsEmpty)
        {
            Rune.DecodeFromUtf8(text, out var rune, out var used);
            var isWord = rune.Value == '_' || UnicodeClass.IsAlphanumeric(rune.Value);
            if (isWord && !inside) count++;
            inside = isWord;
            text = text[used..];
        }

        return count;
    }

    private static Value Format(RenderContext context, Value self, scoped Arguments arguments)
    {
        if (arguments.Names.Length > 0 && arguments.Positional.Length > 0)
            throw TemplateError.Argument("can't handle positional and keyword arguments at the same time");

        var text = Coercion.Text(context, self);
        if (arguments.Names.Length == 0) return PrintfFormat.Format(context, text, Value.FromTuple(new ValueList(arguments.Values)));
        var map = new ValueMap();
        for (var i = 0; i < arguments.Names.Length; i++) map.Set(Value.From(arguments.Names[i]), arguments.Keywords[i]);
        return PrintfFormat.Format(context, text, Value.From(map));
    }
}

/// <summary>Jinja's <c>tojson</c> filter: sorted keys, ASCII, safe for HTML.</summary>
internal static class JsonFilter
{
    public static Builtin Plain { get; } = new("tojson", ["indent?"], static (context, self, arguments) =>
    {
        var indent = IndentOf(context, arguments[0]);
        var (items, keys) = SeparatorsOf(context, Value.Missing, indent);
        return Write(context, self, new JsonPrinter(items, keys) { Indent = indent, AsciiOnly = true, HtmlSafe = true, SortKeys = true }).AsSafe();
    });

    public static Value Write(RenderContext context, Value self, JsonPrinter printer)
    {
        var output = context.BeginCapture();
        printer.Append(self, output, 0);
        output.CheckCeiling();
        return context.EndCapture(output);
    }

    public static string? IndentOf(RenderContext context, Value indent)
    {
        if (indent.IsMissing || indent.IsNone) return null;
        if (indent.IsText) return indent.ToString();
        var width = Math.Max(0, PythonTypes.RequireInt(indent));
        context.Build(width);
        return new string(' ', width);
    }

    public static (string Items, string Keys) SeparatorsOf(RenderContext context, Value separators, string? indent)
    {
        if (separators.IsMissing || separators.IsNone) return (indent is null ? ", " : ",", ": ");
        return separators.IsSequence && separators.Count == 2
            ? (Coercion.Text(context, separators[0]).ToString(), Coercion.Text(context, separators[1]).ToString())
            : throw TemplateError.Type("separators must be a pair of texts");
    }
}
