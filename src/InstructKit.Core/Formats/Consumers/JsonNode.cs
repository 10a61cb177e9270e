using System.Buffers.Text;
using InstructKit.Sources.Json;

namespace InstructKit.Formats.Consumers;

/// <summary>A value of a <see cref="JsonTape"/>; valid until the tape reads another text. The default is a missing value.</summary>
/// <param name="tape">The tape.</param>
/// <param name="index">Which of its values.</param>
internal readonly struct JsonNode(JsonTape tape, int index)
{
    private readonly JsonTape? _tape = tape;
    private readonly int _index = index;

    /// <summary>Its kind.</summary>
    public JsonKind Kind => _tape is null ? JsonKind.Missing : _tape.At(_index).Kind;

    /// <summary>True if missing.</summary>
    public bool IsMissing => _tape is null;

    /// <summary>True for a missing or null value, which are equivalent in a table of the rows.</summary>
    public bool IsAbsent => Kind is JsonKind.Missing or JsonKind.Null;

    /// <summary>True for a string.</summary>
    public bool IsText => Kind == JsonKind.Text;

    // A text that a reader may interpret as something else.
    private bool IsCell => IsText && _tape!.IsUntyped;

    /// <summary>True for an array.</summary>
    public bool IsList => Kind == JsonKind.List;

    /// <summary>True for an object.</summary>
    public bool IsObject => Kind == JsonKind.Object;

    /// <summary>True for <c>true</c> and <c>false</c>.</summary>
    public bool IsBoolean => IsTrue || Kind == JsonKind.False || (IsCell && Ascii.EqualsIgnoreCase(Bytes, "false"u8));

    /// <summary>True for <c>true</c>.</summary>
    public bool IsTrue => Kind == JsonKind.True || (IsCell && Ascii.EqualsIgnoreCase(Bytes, "true"u8));

    /// <summary>True for a number.</summary>
    public bool IsNumber => Kind is JsonKind.Integer or JsonKind.Float || (IsCell && Utf8Parser.TryParse(Bytes, out double _, out var read) && read == Bytes.Length);

    /// <summary>True for a whole number.</summary>
    public bool IsInteger => Kind == JsonKind.Integer || (IsCell && Utf8Parser.TryParse(Bytes, out long _, out var read) && read == Bytes.Length);

    /// <summary>Elements or members.</summary>
    public int Count => _tape is null ? 0 : _tape.At(_index).Count;

    /// <summary>The raw bytes of the value; for a string, those between its quotes.</summary>
    public ReadOnlySpan<byte> Bytes => _tape is null ? [] : _tape.BytesOf(_index);

    /// <summary>The raw key of a member's value.</summary>
    public ReadOnlySpan<byte> Key => _tape is null ? [] : _tape.KeyOf(_index);

    /// <summary>Where in the text it begins, at its quote or bracket; 0 for a missing value.</summary>
    public int Offset => _tape is null ? 0 : _tape.At(_index).Start - (IsText ? 1 : 0);

    /// <summary>The enclosing object or array.</summary>
    public JsonNode Parent => _tape is null || _tape.At(_index).Parent < 0 ? default : new JsonNode(_tape, _tape.At(_index).Parent);

    /// <summary>The elements of an array or the values of an object; empty for other values.</summary>
    public Enumerator GetEnumerator() => new(_tape!, _tape is null ? 0 : _index + 1, _tape is null ? 0 : _tape.At(_index).End);

    /// <summary>The value of a member; missing if there is none, or this is not an object.</summary>
    public JsonNode Find(ReadOnlySpan<byte> key)
    {
        if (!IsObject) return default;

        var end = _tape!.At(_index).End;
        for (var i = _index + 1; i < end; i = _tape.At(i).End)
        {
            if (_tape.HasKey(i, key)) return new JsonNode(_tape, i);
        }

        return default;
    }

    /// <summary>The last element of an array; missing if it is empty.</summary>
    public JsonNode Last
    {
        get
        {
            JsonNode last = default;
            foreach (var element in this) last = element;

            return last;
        }
    }

    /// <summary>The first element of an array; missing if it is empty.</summary>
    public JsonNode First
    {
        get
        {
            foreach (var element in this) return element;

            return default;
        }
    }

    /// <summary>True for a string with this content.</summary>
    public bool Is(ReadOnlySpan<byte> text) =>
        IsText && (_tape!.At(_index).Escaped ? JsonText.Plain(Bytes).SequenceEqual(text) : Bytes.SequenceEqual(text));

    /// <summary>True for a string of only white space, escaped or not.</summary>
    public bool IsBlank
    {
        get
        {
            if (!IsText) return false;

            var bytes = Bytes;
            if (bytes.Length > 0 && bytes[0] > ' ' && bytes[0] != '\\') return false;

            return string.IsNullOrWhiteSpace(AsText());
        }
    }

    /// <summary>The content of a string; for other values their JSON.</summary>
    public string AsText() => Encoding.UTF8.GetString(IsText && _tape!.At(_index).Escaped ? JsonText.Plain(Bytes) : Bytes);

    /// <summary>The content of a string as UTF-8.</summary>
    public byte[] AsBytes() => (IsText && _tape!.At(_index).Escaped ? JsonText.Plain(Bytes) : Bytes).ToArray();

    /// <summary>The path of the value, such as <c>messages[2].role</c>; <c>the row</c> for the outermost.</summary>
    public string Path
    {
        get
        {
            if (_tape is null || _tape.At(_index).Parent < 0) return "the row";

            var outer = Parent;
            var isOutermost = _tape.At(outer._index).Parent < 0;
            if (outer.IsObject) return (isOutermost ? string.Empty : outer.Path + ".") + Encoding.UTF8.GetString(Key);

            var position = 0;
            foreach (var element in outer)
            {
                if (element._index == _index) break;

                position++;
            }

            return string.Create(CultureInfo.InvariantCulture, $"{(isOutermost ? string.Empty : outer.Path)}[{position}]");
        }
    }

    /// <summary>The value in a few words, such as <c>a list</c>, <c>null</c> or <c>the text 'bot'</c>.</summary>
    public string Words => Kind switch
    {
        JsonKind.Missing => "missing",
        JsonKind.Null => "null",
        JsonKind.True => "true",
        JsonKind.False => "false",
        JsonKind.Integer or JsonKind.Float => $"the number {Encoding.UTF8.GetString(Bytes[..Math.Min(24, Bytes.Length)])}",
        JsonKind.Text => Bytes.IsEmpty ? "an empty string" : $"the string '{Shortened(AsText())}'",
        JsonKind.List => Count == 0 ? "an empty list" : "a list",
        _ => "an object",
    };

    /// <summary>A text, truncated if long.</summary>
    public static string Shortened(string text) => Diagnostics.VisibleText.Of(text.Length <= 40 ? text : string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[39]) ? 39 : 40), "…"));

    /// <summary>Enumerates values.</summary>
    public struct Enumerator(JsonTape tape, int first, int end)
    {
        private int _next = first;

        /// <summary>The value.</summary>
        public JsonNode Current { get; private set; }

        /// <summary>The next value, if there is one.</summary>
        public bool MoveNext()
        {
            if (_next >= end) return false;

            Current = new JsonNode(tape, _next);
            _next = tape.At(_next).End;
            return true;
        }
    }
}
