using System.Runtime.CompilerServices;

namespace InstructKit.Sources.Json;

/// <summary>Scans one JSON text (RFC 8259) and checks every byte of it, without allocating a string. UTF-8 validity is checked elsewhere, once for many
/// texts. A method that returns false has set <see cref="Error"/> and left <see cref="Position"/> at the offending byte.</summary>
/// <param name="rules">What is allowed in it.</param>
/// <param name="checksKeys">False for a text whose objects are known to have unique keys.</param>
internal ref partial struct JsonScanner(ReadOnlySpan<byte> text, JsonRules rules, bool checksKeys = true)
{
    private readonly ReadOnlySpan<byte> _text = text;
    private readonly JsonRules _rules = rules;
    private readonly bool _checksKeys = checksKeys;
    private string? _code;
    private int _loneSurrogates;
    private bool _doubled;

    /// <summary>Offset of the next byte.</summary>
    public int Position;

    /// <summary>What is wrong at <see cref="Position"/>; null while nothing is.</summary>
    public string? Error { get; private set; }

    public readonly string ErrorCode => _code ?? SourceCodes.InvalidJson;

    /// <summary>What was repaired so far.</summary>
    public readonly InputRepairs Repaired => (_loneSurrogates > 0 ? InputRepairs.LoneSurrogates : 0) | (_doubled ? InputRepairs.DuplicateKeys : 0);

    public readonly bool AtEnd => Position >= _text.Length;

    /// <summary>The next byte; zero at the end of the text.</summary>
    public readonly byte Peek
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (uint)Position < (uint)_text.Length ? _text[Position] : (byte)0;
    }

    /// <summary>Skips white space.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SkipSpace()
    {
        // Usually there is none, or the one blank that Python's json writes after a colon and a comma.
        if (Peek == ' ') Position++;

        if (Peek <= ' ') SkipSpaceSlow();
    }

    private void SkipSpaceSlow()
    {
        var i = Position;
        while ((uint)i < (uint)_text.Length && _text[i] <= ' ' && _text[i] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n') i++;

        Position = i;
    }

    /// <summary>Consumes these bytes if the text continues with them.</summary>
    public bool TryPass(ReadOnlySpan<byte> expected)
    {
        if (!_text[Position..].StartsWith(expected)) return false;

        Position += expected.Length;
        return true;
    }

    /// <summary>Consumes the next byte if it is this one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryPass(byte expected)
    {
        if ((uint)Position < (uint)_text.Length && _text[Position] == expected)
        {
            Position++;
            return true;
        }

        return false;
    }

    /// <summary>Consumes one value and reports its kind. For text the slice is without the quotes.</summary>
    /// <param name="kind">The kind; text with any escape is <see cref="CellKind.EscapedText"/>.</param>
    /// <param name="start">Offset of the slice.</param>
    /// <param name="length">Length of the slice.</param>
    /// <param name="canonical">False when the text has an escape that our own writer would not make, or the array or object a lone surrogate.</param>
    /// <param name="depth">How many arrays and objects are open already.</param>
    public bool Value(out CellKind kind, out int start, out int length, out bool canonical, int depth)
    {
        canonical = true;
        start = Position;
        switch (Peek)
        {
            case (byte)'"':
                start++;
                var passed = String(out var escaped, out canonical);
                kind = escaped ? CellKind.EscapedText : CellKind.Text;
                length = Position - 1 - start;
                return passed;
            case (byte)'{' or (byte)'[':
                kind = CellKind.Json;
                var before = _loneSurrogates;
                passed = Container(depth);
                canonical = _loneSurrogates == before;
                length = Position - start;
                return passed;
            default:
                passed = Scalar(out kind);
                length = kind is CellKind.Integer or CellKind.Float ? Position - start : 0;
                return passed;
        }
    }

    /// <summary>Consumes a string, including its opening and closing quotes.</summary>
    public bool String(out bool escaped, out bool canonical)
    {
        escaped = false;
        canonical = true;
        if (!TryPass((byte)'"')) return Fail("expected a string");

        while (true)
        {
            var i = JsonStringEnd.Find(_text, Position);
            if (i < 0)
            {
                Position = _text.Length;
                return Fail("the string is not closed");
            }

            Position = i;
            var found = _text[Position];
            if (found == '"')
            {
                Position++;
                return true;
            }

            if (found != '\\') return Fail(string.Create(CultureInfo.InvariantCulture, $"control character 0x{found:x2} in a string, expected it escaped"));

            escaped = true;
            if (!Escape(ref canonical)) return false;
        }
    }

    private bool Escape(ref bool canonical)
    {
        var next = Position + 1 < _text.Length ? _text[Position + 1] : (byte)0;
        switch (next)
        {
            case (byte)'"' or (byte)'\\' or (byte)'b' or (byte)'f' or (byte)'n' or (byte)'r' or (byte)'t':
                Position += 2;
                return true;
            case (byte)'/':
                canonical = false;
                Position += 2;
                return true;
            case (byte)'u': break;
            default: return Fail("unknown escape, expected one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX");
        }

        var unit = JsonText.Hex4(_text[(Position + 2)..]);
        if (unit < 0) return Fail("expected four hexadecimal digits after \\u");

        if (unit is >= 0xD800 and <= 0xDFFF)
        {
            var rest = _text[(Position + 6)..];
            var low = unit < 0xDC00 && rest.StartsWith("\\u"u8) ? JsonText.Hex4(rest[2..]) : -1;
            if (low is < 0xDC00 or > 0xDFFF)
            {
                if (_rules.ReplacesLoneSurrogates)
                {
                    _loneSurrogates++;
                    canonical = false;
                    Position += 6;
                    return true;
                }

                return Fail(string.Create(CultureInfo.InvariantCulture, $"lone surrogate \\u{unit:x4}, which is not a character (--lone-surrogates)"));
            }

            canonical = false;
            Position += 12;
            return true;
        }

        canonical &= JsonText.IsCanonicalControl(unit, _text.Slice(Position + 2, 4));
        Position += 6;
        return true;
    }

    private bool Scalar(out CellKind kind)
    {
        kind = CellKind.Missing;
        switch (Peek)
        {
            case (byte)'t' when TryPass("true"u8):
                kind = CellKind.True;
                return true;
            case (byte)'f' when TryPass("false"u8):
                kind = CellKind.False;
                return true;
            case (byte)'n' when TryPass("null"u8):
                kind = CellKind.Null;
                return true;
            case (byte)'-' or (>= (byte)'0' and <= (byte)'9'): return Number(out kind);
            default: return Fail("expected a value");
        }
    }

    private bool Number(out CellKind kind)
    {
        kind = CellKind.Integer;
        TryPass((byte)'-');
        if (!TryPass((byte)'0') && !Digits()) return Fail("expected a digit");

        if (TryPass((byte)'.'))
        {
            kind = CellKind.Float;
            if (!Digits()) return Fail("expected a digit after the decimal point");
        }

        if (TryPass((byte)'e') || TryPass((byte)'E'))
        {
            kind = CellKind.Float;
            if (!TryPass((byte)'+')) TryPass((byte)'-');

            if (!Digits()) return Fail("expected a digit in the exponent");
        }

        return true;
    }

    private bool Digits()
    {
        var start = Position;
        while ((uint)Position < (uint)_text.Length && (uint)(_text[Position] - '0') <= 9) Position++;

        return Position > start;
    }

    /// <summary>Consumes the colon after a key and the space around it.</summary>
    public bool Colon()
    {
        SkipSpace();
        if (!TryPass((byte)':')) return Fail("expected ':' after the key");

        SkipSpace();
        return true;
    }

    /// <summary>Passes a value of an array or object that has been checked, and what is between it and the next.</summary>
    public void SkipItem()
    {
        Value(out _, out _, out _, out _, 0);
        SkipSpace();
        TryPass((byte)',');
        SkipSpace();
    }

    /// <summary>Sets the error, at the current position.</summary>
    public bool Fail(string message, string? code = null)
    {
        Error = AtEnd && code is null ? message + ", but the text ends" : message;
        _code = code;
        return false;
    }
}
