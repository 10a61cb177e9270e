using System.Numerics;

namespace InstructKit.Templating.Values;

/// <summary>Python's <c>%</c> operator on texts.</summary>
internal ref struct PrintfFormat(RenderContext context, Value format, Value arguments, Utf8Output output)
{
    private readonly ReadOnlySpan<byte> _format = format.TextSpan;
    private int _at;
    private int _next;
    private bool _usesKeys;

    public static Value Format(RenderContext context, Value format, Value arguments)
    {
        var output = context.BeginCapture();
        new PrintfFormat(context, format, arguments, output).Run();
        var text = context.EndCapture(output);
        return format.IsSafe ? text.AsSafe() : text;
    }

    private void Run()
    {
        while (_at < _format.Length)
        {
            var percent = _format[_at..].IndexOf((byte)'%');
            if (percent < 0) break;
            output.AppendText(_format.Slice(_at, percent));
            _at += percent + 1;
            ReadField();
            output.CheckCeiling();
        }

        output.AppendText(_format[_at..]);
        var unused = arguments.Kind == ValueKind.Tuple ? _next < arguments.Count : _next == 0 && !IsMappingLike(arguments);
        if (unused && !_usesKeys) throw TemplateError.Type("not all arguments converted during string formatting");
    }

    // What CPython treats as a mapping here may stay unused: everything with items except tuples and texts.
    private static bool IsMappingLike(Value value) =>
        value.Kind is ValueKind.Mapping or ValueKind.List or ValueKind.Undefined || (value.Kind == ValueKind.Other && value.AsObject is SequenceValue);

    private void ReadField()
    {
        if (Peek() == '%')
        {
            _at++;
            output.AppendText("%"u8);
            return;
        }

        var keyed = Peek() == '(' ? ReadKey() : Value.Missing;
        var start = _at;
        while (Peek() is '-' or '+' or ' ' or '0' or '#') _at++;
        var flags = _format[start.._at];
        var width = ReadNumber() ?? 0;
        var precision = -1;
        if (Peek() == '.')
        {
            _at++;
            precision = Math.Max(0, ReadNumber() ?? 0);
        }

        while (Peek() is 'h' or 'l' or 'L') _at++;
        if (_at >= _format.Length) throw TemplateError.Value("incomplete format");
        var letter = (char)_format[_at++];
        Convert(letter, keyed.IsMissing ? NextArgument() : keyed, flags, width, precision);
    }

    private readonly int Peek() => _at < _format.Length ? _format[_at] : -1;

    private Value ReadKey()
    {
        var close = _format[_at..].IndexOf((byte)')');
        if (close < 0) throw TemplateError.Value("incomplete format key");
        if (arguments.Kind != ValueKind.Mapping) throw TemplateError.Type("format requires a mapping");
        var key = Value.FromUtf8(_format.Slice(_at + 1, close - 1));
        _at += close + 1;
        _usesKeys = true;
        return arguments.AsMap.TryGet(key, out var value) ? value : throw TemplateError.Key($"'{key}'");
    }

    /// <summary>A width or a precision; null if there is none, negative only from an argument.</summary>
    private int? ReadNumber()
    {
        if (Peek() == '*')
        {
            _at++;
            return PythonTypes.TryGetIndex(NextArgument(), out var number) ? (int)Math.Clamp(number, -int.MaxValue, int.MaxValue) : throw TemplateError.Type("* wants int");
        }

        if (Peek() is not (>= '0' and <= '9')) return null;
        var value = 0L;
        while (Peek() is >= '0' and <= '9') value = Math.Min(int.MaxValue, (value * 10) + (_format[_at++] - '0'));
        return (int)value;
    }

    private Value NextArgument()
    {
        if (_usesKeys) throw NotEnough();
        if (arguments.Kind == ValueKind.Tuple) return _next < arguments.Count ? arguments[_next++] : throw NotEnough();
        return _next++ == 0 ? arguments : throw NotEnough();
    }

    private static TemplateError NotEnough() => TemplateError.Type("not enough arguments for format string");

    private readonly void Convert(char letter, Value value, ReadOnlySpan<byte> flags, int width, int precision)
    {
        NumberFormat.Charge(context, Math.Max(0, precision));
        var align = width < 0 || flags.Contains((byte)'-') ? '<' : '>';
        width = Math.Abs(width);
        switch (letter)
        {
            case 's' or 'r' or 'a' or 'c':
                var text = (letter == 'c' ? CharacterOf(value) : TextOf(letter, value)).TextSpan;
                if (precision >= 0 && letter != 'c') text = text[..Utf8Text.OffsetOf(text, precision)];
                NumberFormat.Pad(context, output, string.Empty, text, width, align, new Rune(' '));
                break;
            case 'd' or 'i' or 'u' or 'x' or 'X' or 'o':
                var whole = IntegerOf(letter, value);
                var digits = NumberFormat.Integer(whole, letter);
                if (precision > NumberFormat.MaxPrecision) throw TemplateError.Value("precision too big");
                AppendNumber(whole.Sign < 0, flags.Contains((byte)'#') ? Prefix(letter) : string.Empty, digits.PadLeft(Math.Max(0, precision), '0'), flags, width, align);
                break;
            case 'e' or 'E' or 'f' or 'F' or 'g' or 'G':
                var number = FloatOf(value);
                var real = NumberFormat.Float(number, letter, precision < 0 ? 6 : precision, flags.Contains((byte)'#'));
                AppendNumber(double.IsNegative(number) && !double.IsNaN(number), string.Empty, real, flags, width, align);
                break;
            default: throw TemplateError.Value($"unsupported format character '{letter}'");
        }
    }

    private readonly void AppendNumber(bool isNegative, string prefix, string digits, ReadOnlySpan<byte> flags, int width, char align)
    {
        var sign = isNegative ? "-" : flags.Contains((byte)'+') ? "+" : flags.Contains((byte)' ') ? " " : string.Empty;
        var isZeroFilled = align != '<' && flags.Contains((byte)'0');
        NumberFormat.Pad(context, output, sign + prefix, Encoding.UTF8.GetBytes(digits), width, isZeroFilled ? '=' : align, new Rune(isZeroFilled ? '0' : ' '));
    }

    private static string Prefix(char letter) => letter switch { 'x' => "0x", 'X' => "0X", 'o' => "0o", _ => string.Empty };

    private readonly Value TextOf(char letter, Value value)
    {
        var text = letter switch { 's' => Coercion.Text(context, value), 'a' => PythonPrinter.Ascii(context, value), _ => PythonPrinter.Repr(context, value) };
        return format.IsSafe ? HtmlText.Escape(context, text) : text; // as in MarkupSafe: values inserted into a safe text are escaped
    }

    private static Value CharacterOf(Value value)
    {
        if (value.IsText && Utf8Text.Length(value.TextSpan) == 1) return value;
        return PythonTypes.TryGetIndex(value, out var code) && code is >= 0 and <= 0x10ffff && Rune.TryCreate((int)code, out var rune)
            ? Value.From(rune.ToString())
            : throw TemplateError.Type("%c requires int or char");
    }

    private static BigInteger IntegerOf(char letter, Value value)
    {
        if (value.Kind == ValueKind.Float && letter is 'd' or 'i' or 'u')
            return double.IsFinite(value.AsDouble) ? new BigInteger(value.AsDouble) : throw TemplateError.Overflow("cannot convert float infinity to integer");

        if (Comparison.IsNumber(value) && value.Kind != ValueKind.Float) return value.ToBigInteger();
        var wanted = letter is 'd' or 'i' or 'u' ? "a real number" : "an integer";
        throw value.WrongType($"%{letter} format: {wanted} is required, not {PythonTypes.Name(value)}");
    }

    private static double FloatOf(Value value) =>
        Comparison.IsNumber(value) ? Arithmetic.ToDouble(value) : throw value.WrongType($"must be real number, not {PythonTypes.Name(value)}");
}
