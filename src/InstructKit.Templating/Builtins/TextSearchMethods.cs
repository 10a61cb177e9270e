namespace InstructKit.Templating.Builtins;

/// <summary>Methods of <c>str</c> that search or classify characters.</summary>
internal static class TextSearchMethods
{
    public static IEnumerable<Builtin> All =>
    [
        new("startswith", ["prefix", "start?", "end?"], (context, self, arguments) => Value.From(Affix(self, arguments, atEnd: false))),
        new("endswith", ["suffix", "start?", "end?"], (context, self, arguments) => Value.From(Affix(self, arguments, atEnd: true))),
        new("find", ["sub", "start?", "end?"], (context, self, arguments) => Value.From((long)Find(context, self, arguments, last: false))),
        new("rfind", ["sub", "start?", "end?"], (context, self, arguments) => Value.From((long)Find(context, self, arguments, last: true))),
        new("index", ["sub", "start?", "end?"], (context, self, arguments) => Index(context, self, arguments, last: false)),
        new("rindex", ["sub", "start?", "end?"], (context, self, arguments) => Index(context, self, arguments, last: true)),
        new("count", ["sub", "start?", "end?"], Count),
        OfEvery("isalpha", UnicodeClass.IsAlphabetic),
        OfEvery("isdigit", UnicodeClass.IsDigit),
        OfEvery("isdecimal", UnicodeClass.IsDecimal),
        OfEvery("isnumeric", UnicodeClass.IsNumeric),
        OfEvery("isalnum", UnicodeClass.IsAlphanumeric),
        OfEvery("isspace", UnicodeClass.IsSpace),
        new("isprintable", [], (context, self, _) => Value.From(self.TextLength == 0 || Every(self.TextSpan, UnicodeClass.IsPrintable))),
        new("isascii", [], (context, self, _) => Value.From(Ascii.IsValid(self.TextSpan))),
        new("islower", [], (context, self, _) => Value.From(ValueTests.HasCase(self.TextSpan, upper: false))),
        new("isupper", [], (context, self, _) => Value.From(ValueTests.HasCase(self.TextSpan, upper: true))),
        new("istitle", [], (context, self, _) => Value.From(IsTitle(self.TextSpan))),
        new("isidentifier", [], (context, self, _) => Value.From(IsIdentifier(self.TextSpan))),
    ];

    private static Builtin OfEvery(string name, Predicate<int> holds) =>
        new(name, [], (context, self, _) => Value.From(self.TextLength > 0 && Every(self.TextSpan, holds)));

    private static bool Every(ReadOnlySpan<byte> text, Predicate<int> holds)
    {
        while (!text.IsEmpty)
        {
            Rune.DecodeFromUtf8(text, out var rune, out var used);
            if (!holds(rune.Value)) return false;
            text = text[used..];
        }

        return true;
    }

    private static bool Affix(Value self, scoped Arguments arguments, bool atEnd)
    {
        var function = atEnd ? "endswith" : "startswith";
        var isTuple = arguments[0].Kind == ValueKind.Tuple;
        if (!isTuple) Coercion.Require(arguments[0], function);
        if (!TryPart(self, arguments, out var part, out _)) return false;
        foreach (var wanted in isTuple ? arguments[0].AsList.Span : [arguments[0]])
        {
            var affix = Coercion.Require(wanted, function);
            if (atEnd ? part.TextSpan.EndsWith(affix) : part.TextSpan.StartsWith(affix)) return true;
        }

        return false;
    }

    private static int Find(RenderContext context, Value self, scoped Arguments arguments, bool last)
    {
        var needle = Coercion.Require(arguments[0], "find");
        if (!TryPart(self, arguments, out var part, out var before)) return -1;
        var at = last ? Utf8Text.LastIndexOf(context, part.TextSpan, needle) : Utf8Text.IndexOf(context, part.TextSpan, needle);
        return at < 0 ? -1 : before + Utf8Text.Length(part.TextSpan[..at]);
    }

    private static Value Index(RenderContext context, Value self, scoped Arguments arguments, bool last) =>
        Find(context, self, arguments, last) is var at and >= 0 ? Value.From((long)at) : throw TemplateError.Value("substring not found");

    private static Value Count(RenderContext context, Value self, scoped Arguments arguments)
    {
        var needle = Coercion.Require(arguments[0], "count");
        if (!TryPart(self, arguments, out var part, out _)) return Value.From(0);
        return Value.From(needle.IsEmpty ? Utf8Text.Length(part.TextSpan) + 1L : Utf8Text.Count(context, part.TextSpan, needle));
    }

    /// <summary>The part between the optional bounds, and the number of code points before it; false when the start is after the end.</summary>
    private static bool TryPart(Value self, scoped Arguments arguments, out Value part, out int before)
    {
        part = self;
        before = 0;
        if (!arguments.Has(1) && !arguments.Has(2)) return true;
        var length = Utf8Text.Length(self.TextSpan);
        var start = Bound(arguments[1], 0, length);
        var end = Math.Min(length, Bound(arguments[2], length, length));
        if (start > end) return false;
        before = start;
        var from = Utf8Text.OffsetOf(self.TextSpan, start);
        part = self.Slice(from, Utf8Text.OffsetOf(self.TextSpan[from..], end - start));
        return true;
    }

    private static int Bound(Value bound, int otherwise, int length)
    {
        if (bound.IsMissing || bound.IsNone) return otherwise;
        var index = PythonTypes.RequireInt(bound);
        return index < 0 ? Math.Max(0, index + length) : index;
    }

    private static bool IsTitle(ReadOnlySpan<byte> text)
    {
        var found = false;
        var inWord = false;
        while (!text.IsEmpty)
        {
            Rune.DecodeFromUtf8(text, out var rune, out var used);
            var begins = UnicodeClass.IsUpper(rune.Value) || UnicodeClass.IsTitle(rune.Value);
            var continues = !begins && UnicodeClass.IsLower(rune.Value);
            if ((begins && inWord) || (continues && !inWord)) return false;
            inWord = begins || continues;
            found |= inWord;
            text = text[used..];
        }

        return found;
    }

    private static bool IsIdentifier(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty) return false;
        Rune.DecodeFromUtf8(text, out var first, out var used);
        return UnicodeClass.IsIdentifierStart(first.Value) && Every(text[used..], UnicodeClass.IsIdentifierPart);
    }
}
