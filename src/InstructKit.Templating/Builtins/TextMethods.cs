namespace InstructKit.Templating.Builtins;

/// <summary>Methods of <c>str</c> that transform or split a text.</summary>
internal static class TextMethods
{
    public static IEnumerable<Builtin> All =>
    [
        new("upper", [], (context, self, _) => UnicodeCase.Map(context, self.TextSpan, CaseMapping.Upper)) { KeepsSafety = true },
        new("lower", [], (context, self, _) => UnicodeCase.Map(context, self.TextSpan, CaseMapping.Lower)) { KeepsSafety = true },
        new("casefold", [], (context, self, _) => UnicodeCase.Map(context, self.TextSpan, CaseMapping.Fold)) { KeepsSafety = true },
        new("capitalize", [], (context, self, _) => TextCase.Capitalize(context, self.TextSpan)) { KeepsSafety = true },
        new("title", [], (context, self, _) => TextCase.Title(context, self.TextSpan)) { KeepsSafety = true },
        new("swapcase", [], (context, self, _) => TextCase.SwapCase(context, self.TextSpan)) { KeepsSafety = true },
        new("strip", ["chars?"], (context, self, arguments) => Strip(context, self, arguments, true, true)),
        new("lstrip", ["chars?"], (context, self, arguments) => Strip(context, self, arguments, true, false)),
        new("rstrip", ["chars?"], (context, self, arguments) => Strip(context, self, arguments, false, true)),
        new("replace", ["old", "new", "count?"], Replace) { KeepsSafety = true },
        new("join", ["iterable"], Join),
        new("split", ["sep?", "maxsplit?"], (context, self, arguments) => Value.From(TextSplitting.Split(context, self, arguments[0], arguments.Int(1, -1), fromEnd: false))),
        new("rsplit", ["sep?", "maxsplit?"], (context, self, arguments) => Value.From(TextSplitting.Split(context, self, arguments[0], arguments.Int(1, -1), fromEnd: true))),
        new("splitlines", ["keepends?"], (context, self, arguments) => Value.From(TextSplitting.Lines(context, self, arguments.Flag(0)))),
        new("partition", ["sep"], (context, self, arguments) => TextSplitting.Partition(context, self, arguments[0], fromEnd: false)),
        new("rpartition", ["sep"], (context, self, arguments) => TextSplitting.Partition(context, self, arguments[0], fromEnd: true)),
        new("removeprefix", ["prefix"], RemovePrefix),
        new("removesuffix", ["suffix"], RemoveSuffix),
        new("center", ["width", "fillchar?"], (context, self, arguments) => Pad(context, self, arguments, TextLayout.Side.Both)) { KeepsSafety = true },
        new("ljust", ["width", "fillchar?"], (context, self, arguments) => Pad(context, self, arguments, TextLayout.Side.Right)) { KeepsSafety = true },
        new("rjust", ["width", "fillchar?"], (context, self, arguments) => Pad(context, self, arguments, TextLayout.Side.Left)) { KeepsSafety = true },
        new("zfill", ["width"], ZeroFill) { KeepsSafety = true },
        new("expandtabs", ["tabsize?"], ExpandTabs) { KeepsSafety = true },
        new("format", null, (context, self, arguments) => BraceFormat.Format(context, self, arguments)),
        new("format_map", ["mapping"], (context, self, arguments) => BraceFormat.Format(context, self, default, arguments[0])),
        new("encode", ["encoding?", "errors?"], (context, self, arguments) => TextEncoding.Encode(context, self, arguments)),
        new("translate", ["table"], Translate) { KeepsSafety = true },
    ];

    private static Value Strip(RenderContext context, Value self, scoped Arguments arguments, bool start, bool end) => arguments.Has(0) && !arguments[0].IsNone
        ? Utf8Text.TrimCharacters(context, self, Coercion.Require(arguments[0], "strip"), start, end)
        : Utf8Text.TrimSpaces(self, start, end);

    private static Value Replace(RenderContext context, Value self, scoped Arguments arguments) =>
        TextEdits.Replace(
            context, self, Coercion.Require(arguments[0], "replace"), Coercion.Require(self.IsSafe && arguments[1].IsText ? HtmlText.Escape(context, arguments[1]) : arguments[1], "replace"), arguments.Int(2, -1));

    private static Value Join(RenderContext context, Value self, scoped Arguments arguments)
    {
        if (arguments[0].IsUndefined) arguments[0].RequireLenient();
        if (!ValueCursor.IsIterable(arguments[0])) throw TemplateError.Type("can only join an iterable");
        var cursor = ValueCursor.Over(arguments[0]);
        var output = context.BeginCapture();
        for (var index = 0; cursor.TryNext(out var item); index++)
        {
            context.Step();
            if (!item.IsText) throw TemplateError.Type($"sequence item {index}: expected str instance, {PythonTypes.Name(item)} found");
            if (index > 0) output.AppendText(self.TextSpan);
            if (self.IsSafe) HtmlText.Append(item, output);
            else output.AppendText(item.TextSpan);
            output.CheckCeiling();
        }

        var joined = context.EndCapture(output);
        return self.IsSafe ? joined.AsSafe() : joined;
    }

    private static Value RemovePrefix(RenderContext context, Value self, scoped Arguments arguments)
    {
        var prefix = Coercion.Require(arguments[0], "removeprefix");
        return self.TextSpan.StartsWith(prefix) ? self.Slice(prefix.Length, self.TextLength - prefix.Length) : self;
    }

    private static Value RemoveSuffix(RenderContext context, Value self, scoped Arguments arguments)
    {
        var suffix = Coercion.Require(arguments[0], "removesuffix");
        return self.TextSpan.EndsWith(suffix) ? self.Slice(0, self.TextLength - suffix.Length) : self;
    }

    private static Value Pad(RenderContext context, Value self, scoped Arguments arguments, TextLayout.Side side)
    {
        var fill = arguments.Has(1) ? Coercion.Require(arguments[1], "fillchar") : " "u8;
        if (Utf8Text.Length(fill) != 1) throw TemplateError.Type("The fill character must be exactly one character long");
        return TextLayout.Pad(context, self, PythonTypes.RequireInt(arguments[0]), fill, side);
    }

    private static Value ZeroFill(RenderContext context, Value self, scoped Arguments arguments)
    {
        var width = PythonTypes.RequireInt(arguments[0]);
        var signed = self.TextLength > 0 && self.TextSpan[0] is (byte)'-' or (byte)'+';
        if (!signed) return TextLayout.Pad(context, self, width, "0"u8, TextLayout.Side.Left);
        var digits = TextLayout.Pad(context, self.Slice(1, self.TextLength - 1), width - 1, "0"u8, TextLayout.Side.Left);
        return Arithmetic.Concatenate(context, self.Slice(0, 1), digits);
    }

    private static Value ExpandTabs(RenderContext context, Value self, scoped Arguments arguments)
    {
        var size = arguments.Int(0, 8);
        var source = self.TextSpan;
        var builder = new TextBuilder(context, source.Length + 16);
        var column = 0;
        for (var at = 0; at < source.Length; at++)
        {
            var unit = source[at];
            if (unit == '\t')
            {
                var fill = size > 0 ? size - (column % size) : 0;
                builder.AppendFill((byte)' ', fill);
                column += fill;
                continue;
            }

            builder.AppendByte(unit);
            if (unit is (byte)'\n' or (byte)'\r') column = 0;
            else if ((unit & 0xc0) != 0x80) column++;
        }

        return builder.Finish();
    }

    private static Value Replacement(RenderContext context, Value table, int code)
    {
        if (table.Kind == ValueKind.Mapping) return table.AsMap.TryGet(Value.From(code), out var found) ? found : Value.Missing;
        if (table.IsText) return Access.TryCharacter(context, table, code, out var character) ? character : Value.Missing;
        return code < table.AsList.Count ? table.AsList[code] : Value.Missing;
    }

    private static Value Translate(RenderContext context, Value self, scoped Arguments arguments)
    {
        var table = arguments[0];
        if (table.Kind != ValueKind.Mapping && !table.IsSequence && !table.IsText) throw table.WrongType($"'{PythonTypes.Name(table)}' object is not subscriptable");
        var source = self.TextSpan;
        var output = context.BeginCapture();
        while (!source.IsEmpty)
        {
            Rune.DecodeFromUtf8(source, out var rune, out var used);
            context.Step();
            var mapped = Replacement(context, table, rune.Value);
            if (mapped.IsText) output.AppendText(mapped.TextSpan);
            else if (mapped.IsSmallInteger && Rune.TryCreate((uint)mapped.Bits, out var replacement)) output.AppendText(replacement.ToString());
            else if (!mapped.IsNone) output.AppendText(source[..used]);
            output.CheckCeiling();
            source = source[used..];
        }

        return context.EndCapture(output);
    }
}

/// <summary>Python's <c>str.encode</c>, for the encodings that a template may inspect.</summary>
internal static class TextEncoding
{
    public static Value Encode(RenderContext context, Value self, scoped Arguments arguments)
    {
        var name = arguments.Has(0) ? Encoding.UTF8.GetString(Coercion.Require(arguments[0], "encode")) : "utf-8";
        var errors = arguments.Has(1) ? Encoding.UTF8.GetString(Coercion.Require(arguments[1], "encode")) : "strict";
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
