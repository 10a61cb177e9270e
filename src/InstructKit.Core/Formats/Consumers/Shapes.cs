using InstructKit.Sources;

namespace InstructKit.Formats.Consumers;

/// <summary>The required form of a value. Shapes are created once per consumer and hold no state of a row; a valid value needs no memory.</summary>
internal abstract class Shape
{
    /// <summary>Description of the expected value, such as <c>a string</c>.</summary>
    public abstract string What { get; }

    /// <summary>True when the value is of this shape's kind, whatever its content.</summary>
    public abstract bool Takes(JsonNode value);

    /// <summary>Reports the errors of a value.</summary>
    public void Check(RowCheck check, JsonNode value)
    {
        if (Takes(value)) Inside(check, value);
        else check.Error(ConsumerCodes.WrongType, value, $"{value.Path} is {value.Words}, expected {What}");
    }

    /// <summary>Reports the errors in a value of the right kind.</summary>
    protected internal virtual void Inside(RowCheck check, JsonNode value)
    {
    }

    /// <summary>The shape followed by another rule, which sees only values of the right kind.</summary>
    public Shape Also(Action<RowCheck, JsonNode> rule) => new AlsoShape(this, rule);

    /// <summary>The shape, whose findings name another file or function.</summary>
    public Shape From(string source) => new FromShape(this, source);

    private sealed class AlsoShape(Shape inner, Action<RowCheck, JsonNode> rule) : Shape
    {
        public override string What => inner.What;

        public override bool Takes(JsonNode value) => inner.Takes(value);

        protected internal override void Inside(RowCheck check, JsonNode value)
        {
            inner.Inside(check, value);
            var outer = check.Source;
            rule(check, value);
            check.Source = outer;
        }
    }

    private sealed class FromShape(Shape inner, string source) : Shape
    {
        public override string What => inner.What;

        public override bool Takes(JsonNode value) => inner.Takes(value);

        protected internal override void Inside(RowCheck check, JsonNode value)
        {
            var outer = check.Source;
            check.Source = source;
            inner.Inside(check, value);
            check.Source = outer;
        }
    }
}

/// <summary>A member of an object.</summary>
/// <param name="Name">Its key.</param>
/// <param name="Shape">Its value.</param>
/// <param name="IsRequired">False when it may be missing or null.</param>
internal sealed record Field(string Name, Shape Shape, bool IsRequired)
{
    /// <summary>The key as UTF-8.</summary>
    public byte[] Key { get; } = Encoding.UTF8.GetBytes(Name);
}

/// <summary>A few strings, as UTF-8, for comparison with values in rows.</summary>
internal sealed class Words(params IReadOnlyList<string> texts)
{
    private readonly byte[][] _texts = [.. texts.Select(Encoding.UTF8.GetBytes)];

    /// <summary>True when there are none.</summary>
    public bool IsEmpty => _texts.Length == 0;

    /// <summary>True for a string that is one of them.</summary>
    public bool Has(JsonNode value)
    {
        foreach (var text in _texts)
        {
            if (value.Is(text)) return true;
        }

        return false;
    }

    /// <summary>Reports members with other keys.</summary>
    public void RefuseOthers(RowCheck check, JsonNode value)
    {
        foreach (var member in value)
        {
            var isKnown = false;
            foreach (var text in _texts) isKnown |= member.Key.SequenceEqual(text);

            if (!isKnown) check.Error(ConsumerCodes.UnknownKey, member, $"{member.Path} is a key that is rejected; known are {this}");
        }
    }

    /// <summary>As a list of words: <c>a, b or c</c>.</summary>
    public override string ToString() => Shapes.Listed(texts);
}

/// <summary>A part of a text.</summary>
internal delegate Range TextPart(ReadOnlySpan<byte> text);

/// <summary>The shapes that consumers' rules are made of.</summary>
internal static class Shapes
{
    /// <summary>Anything.</summary>
    public static Shape Any { get; } = new KindShape("a value", static value => !value.IsMissing);

    /// <summary>A string, which may be empty.</summary>
    public static Shape AnyText { get; } = new KindShape("a string", static value => value.IsText);

    /// <summary>A non-empty string.</summary>
    public static Shape FilledText { get; } = AnyText.Also(static (check, value) =>
    {
        if (value.IsBlank) check.Error(ConsumerCodes.Empty, value, $"{value.Path} is {(value.Bytes.IsEmpty ? "empty" : "only white space")}, expected a text");
    });

    /// <summary>A string that is suspicious if empty.</summary>
    public static Shape TargetText { get; } = AnyText.Also(static (check, value) =>
    {
        if (value.IsBlank) check.Warning(ConsumerCodes.Empty, value, $"{value.Path} is {(value.Bytes.IsEmpty ? "empty" : "only white space")}: nothing is left to train on but the end token");
    });

    /// <summary><c>true</c> or <c>false</c>.</summary>
    public static Shape Flag { get; } = new KindShape("true or false", static value => value.IsBoolean);

    /// <summary>A whole number.</summary>
    public static Shape Integer { get; } = new KindShape("a whole number", static value => value.IsInteger);

    /// <summary>A number.</summary>
    public static Shape Number { get; } = new KindShape("a number", static value => value.IsNumber);

    /// <summary>Any object.</summary>
    public static Shape AnyObject { get; } = new KindShape("an object", static value => value.IsObject);

    /// <summary>Any array.</summary>
    public static Shape AnyList { get; } = new KindShape("a list", static value => value.IsList);

    /// <summary>One of a few strings.</summary>
    public static Shape OneOf(params string[] words) => new WordShape(words);

    /// <summary>An array.</summary>
    /// <param name="element">Its elements.</param>
    /// <param name="least">Minimum number of elements.</param>
    public static Shape ListOf(Shape element, int least = 0) => new ListShape(element, least);

    /// <summary>An object with these members and any others.</summary>
    public static Shape Record(params Field[] fields) => new RecordShape(fields, false);

    /// <summary>An object with these members and no others.</summary>
    public static Shape Closed(params Field[] fields) => new RecordShape(fields, true);

    /// <summary>The first of several shapes that accepts the value's kind.</summary>
    public static Shape Either(params Shape[] shapes) => new EitherShape(shapes);

    /// <summary>A string that holds JSON of a shape.</summary>
    /// <param name="inside">The shape.</param>
    /// <param name="partOf">The part of the string that is JSON; all of it when null.</param>
    public static Shape JsonText(Shape inside, TextPart? partOf = null) => new JsonTextShape(inside, partOf);

    /// <summary>An object whose <c>type</c> determines its members.</summary>
    public static Shape ByType(IReadOnlyList<(string Type, Shape Shape)> kinds)
    {
        string[] types = [.. kinds.Select(kind => kind.Type)];
        return AnyObject.Also((check, value) =>
        {
            var type = value.Find("type"u8);
            if (type.IsAbsent) Missing(check, value, type, "type");
            else if (!type.IsText || Array.IndexOf(types, type.AsText()) is not (>= 0 and var index)) OneOf(types).Check(check, type);
            else kinds[index].Shape.Check(check, value);
        });
    }

    /// <summary>A required member.</summary>
    public static Field Required(string name, Shape shape) => new(name, shape, true);

    /// <summary>An optional member.</summary>
    public static Field Optional(string name, Shape shape) => new(name, shape, false);

    /// <summary>A list of words: <c>a, b or c</c>.</summary>
    public static string Listed(IReadOnlyList<string> words) => words.Count < 2 ? string.Concat(words) : $"{string.Join(", ", words.Take(words.Count - 1))} or {words[^1]}";

    /// <summary>Reports a missing member, at the object that should have it.</summary>
    public static void Missing(RowCheck check, JsonNode outer, JsonNode value, string name)
    {
        var at = value.IsMissing ? outer : value;
        var prefix = outer.Parent.IsMissing ? string.Empty : outer.Path + ".";
        var keys = new List<string>();
        foreach (var member in outer) keys.Add(Encoding.UTF8.GetString(member.Key));

        var hint = value.IsMissing ? NearestName.Hint(name, keys) : null;
        check.Error(ConsumerCodes.MissingField, at, value.IsMissing ? $"{prefix}{name} is missing{(hint is null ? string.Empty : $"; {Similar(name, keys)}")}" : $"{prefix}{name} is null, expected a value");
    }

    private static string Similar(string name, List<string> keys) => $"there is '{NearestName.Find(name, keys, 1)[0]}'";

    private sealed class KindShape(string what, Func<JsonNode, bool> takes) : Shape
    {
        public override string What => what;

        public override bool Takes(JsonNode value) => takes(value);
    }

    private sealed class WordShape(string[] words) : Shape
    {
        private readonly Words _words = new(words);

        public override string What => $"one of {string.Join(", ", words)}";

        public override bool Takes(JsonNode value) => value.IsText;

        protected internal override void Inside(RowCheck check, JsonNode value)
        {
            if (!_words.Has(value)) check.Error(ConsumerCodes.UnknownValue, value, $"{value.Path} is {value.Words}, expected {_words}");
        }
    }

    private sealed class ListShape(Shape element, int least) : Shape
    {
        public override string What => "a list";

        public override bool Takes(JsonNode value) => value.IsList;

        protected internal override void Inside(RowCheck check, JsonNode value)
        {
            if (value.Count < least)
            {
                check.Error(ConsumerCodes.Empty, value, least == 1
                    ? $"{value.Path} is an empty list"
                    : string.Create(CultureInfo.InvariantCulture, $"{value.Path} has {value.Count} elements, expected at least {least}"));
            }

            foreach (var one in value) element.Check(check, one);
        }
    }

    private sealed class RecordShape(Field[] fields, bool isClosed) : Shape
    {
        private readonly Words? _only = isClosed ? new Words([.. fields.Select(field => field.Name)]) : null;

        public override string What => "an object";

        public override bool Takes(JsonNode value) => value.IsObject;

        protected internal override void Inside(RowCheck check, JsonNode value)
        {
            var others = value.Count;
            foreach (var field in fields)
            {
                var own = others == 0 ? default : value.Find(field.Key);
                if (!own.IsMissing) others--;

                if (!own.IsAbsent) field.Shape.Check(check, own);
                else if (field.IsRequired) Missing(check, value, own, field.Name);
            }

            _only?.RefuseOthers(check, value);
        }
    }

    private sealed class EitherShape(Shape[] shapes) : Shape
    {
        public override string What => Listed([.. shapes.Select(shape => shape.What)]);

        public override bool Takes(JsonNode value)
        {
            foreach (var shape in shapes)
            {
                if (shape.Takes(value)) return true;
            }

            return false;
        }

        protected internal override void Inside(RowCheck check, JsonNode value)
        {
            foreach (var shape in shapes)
            {
                if (!shape.Takes(value)) continue;

                shape.Inside(check, value);
                return;
            }
        }
    }

    // Strings of JSON are rare and short: they may cost an object.
    private sealed class JsonTextShape(Shape inside, TextPart? partOf) : Shape
    {
        public override string What => $"a string that holds the JSON of {inside.What}";

        public override bool Takes(JsonNode value) => value.IsText;

        protected internal override void Inside(RowCheck check, JsonNode value)
        {
            var text = value.AsBytes();
            var tape = new JsonTape(new SourceLimits());
            var (start, length) = (partOf?.Invoke(text) ?? ..).GetOffsetAndLength(text.Length);
            if (!tape.Read(text, start, length))
            {
                check.Error(ConsumerCodes.BadJsonText, value, $"{value.Path} is a string that should hold JSON: {tape.Error}");
            }
            else if (!inside.Takes(tape.Root))
            {
                check.Error(ConsumerCodes.BadJsonText, value, $"{value.Path} is a string that holds the JSON of {tape.Root.Words}, expected {inside.What}");
            }
            else
            {
                // Positions within the string are those of the string; the inner findings' texts name the part.
                var inner = new RowCheck { Source = check.Source, Row = tape.Root };
                inside.Inside(inner, tape.Root);
                foreach (var finding in inner.Found) check.Found.Add(finding with { Offset = value.Offset, Message = $"in {value.Path}: {finding.Message}" });
            }
        }
    }
}
