using System.Numerics;

namespace InstructKit.Templating.Values;

/// <summary>Python's <c>%</c> operator on texts.</summary>
internal ref struct PrintfFormat
{
    private readonly RenderContext _context;
    private readonly ReadOnlySpan<byte> _format;
    private readonly bool _escapes;
    private readonly Value _arguments;
    private readonly Utf8Output _output;
    private int _at;
    private int _next;
    private bool _usesKeys;

    private PrintfFormat(RenderContext context, Value format, Value arguments, Utf8Output output)
    {
        _context = context;
        _format = format.TextSpan;
        _escapes = format.IsSafe;
        _arguments = arguments;
        _output = output;
    }

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
            _output.AppendText(_format.Slice(_at, percent));
            _at += percent + 1;
            ReadField();
            _output.CheckCeiling();
        }

        _output.AppendText(_format[_at..]);
        var unused = _arguments.Kind == ValueKind.Tuple ? _next < _arguments.Count : _next == 0 && !IsMappingLike(_arguments);
        if (unused && !_usesKeys) throw TemplateError.Type("not all arguments converted during string formatting");
    }

    // What CPython treats as a mapping here may stay unused: everything with items except tuples and texts.
    private static bool IsMappingLike(Value value) =>
        value.Kind is ValueKind.Mapping or ValueKind.List or ValueKind.Undefined || (value.Kind == ValueKind.Other && value.AsObject.IsIndexable);

    private void ReadField()
    {
        if (Peek() == '%')
        {
            _at++;
            _output.AppendText("%"u8);
            return;
        }

        Value? keyed = null;
        if (Peek() == '(') keyed = ReadKey();
        var flags = new PrintfFlags();
        while (flags.TryAdd((char)Peek())) _at++;
        var width = ReadNumber(ref flags);
        var precision = -1;
        if (Peek() == '.')
        {
            _at++;
            var ignored = default(PrintfFlags);
            precision = ReadNumber(ref ignored) ?? 0;
            if (ignored.Left) precision = 0; // negative, by *
        }

        while (Peek() is 'h' or 'l' or 'L') _at++;
        if (_at >= _format.Length) throw TemplateError.Value("incomplete format");
        var letter = (char)_format[_at++];
        Convert(letter, keyed ?? NextArgument(), flags, width ?? 0, precision);
    }

    private readonly int Peek() => _at < _format.Length ? _format[_at] : -1;

    private Value ReadKey()
    {
        var close = _format[_at..].IndexOf((byte)')');
        if (close < 0) throw TemplateError.Value("incomplete format key");
        if (_arguments.Kind != ValueKind.Mapping) throw TemplateError.Type("format requires a mapping");
        var key = Value.FromUtf8(_format.Slice(_at + 1, close - 1));
        _at += close + 1;
        _usesKeys = true;
        return _arguments.AsMap.TryGet(key, out var value) ? value : throw TemplateError.Key($"'{key}'");
    }

    private int? ReadNumber(ref PrintfFlags flags)
    {
        if (Peek() == '*')
        {
            _at++;
            var given = NextArgument();
            if (!PythonTypes.TryGetIndex(given, out var number)) throw TemplateError.Type("* wants int");
            if (number < 0) flags.Left = true;
            return (int)Math.Abs(Math.Clamp(number, -int.MaxValue, int.MaxValue));
        }

        if (Peek() is not (>= '0' and <= '9')) return null;
        var value = 0L;
        while (Peek() is >= '0' and <= '9') value = Math.Min(int.MaxValue, (value * 10) + (_format[_at++] - '0'));
        return (int)value;
    }

    private Value NextArgument()
    {
        if (_usesKeys) throw NotEnough();
        if (_arguments.Kind == ValueKind.Tuple) return _next < _arguments.Count ? _arguments[_next++] : throw NotEnough();
        return _next++ == 0 ? _arguments : throw NotEnough();
    }

    private static TemplateError NotEnough() => TemplateError.Type("not enough arguments for format string");

    private readonly void Convert(char letter, Value value, PrintfFlags flags, int width, int precision)
    {
        NumberFormat.Charge(_context, Math.Max(0, precision));
        switch (letter)
        {
            case 's' or 'r' or 'a': PadText(TextOf(letter, value), flags, width, precision); break;
            case 'c': PadText(CharacterOf(value), flags, width, -1); break;
            case 'd' or 'i' or 'u' or 'x' or 'X' or 'o':
                var whole = IntegerOf(letter, value);
                var digits = NumberFormat.Integer(whole, letter);
                if (precision > NumberFormat.MaxPrecision) throw TemplateError.Value("precision too big");
                if (precision > digits.Length) digits = digits.PadLeft(precision, '0');
                PadNumber(whole.Sign < 0, flags.Alternate ? Prefix(letter) : string.Empty, digits, flags, width);
                break;
            case 'e' or 'E' or 'f' or 'F' or 'g' or 'G':
                var number = FloatOf(value);
                PadNumber(double.IsNegative(number) && !double.IsNaN(number), string.Empty, NumberFormat.Float(number, letter, precision < 0 ? 6 : precision, flags.Alternate), flags, width);
                break;
            default: throw TemplateError.Value($"unsupported format character '{letter}'");
        }
    }

    private static string Prefix(char letter) => letter switch { 'x' => "0x", 'X' => "0X", 'o' => "0o", _ => string.Empty };

    private readonly Value TextOf(char letter, Value value)
    {
        var text = letter switch { 's' => Coercion.Text(_context, value), 'a' => PythonPrinter.Ascii(_context, value), _ => PythonPrinter.Repr(_context, value) };
        return _escapes ? HtmlText.Escape(_context, text) : text; // as in MarkupSafe: values inserted into a safe text are escaped
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

        if (value.IsUndefined) throw value.UndefinedError();
        if (Comparison.IsNumber(value) && value.Kind != ValueKind.Float) return value.ToBigInteger();
        var wanted = letter is 'd' or 'i' or 'u' ? "a real number" : "an integer";
        throw TemplateError.Type($"%{letter} format: {wanted} is required, not {PythonTypes.Name(value)}");
    }

    private static double FloatOf(Value value)
    {
        if (value.IsUndefined) throw value.UndefinedError();
        return Comparison.IsNumber(value) ? Arithmetic.ToDouble(value) : throw TemplateError.Type($"must be real number, not {PythonTypes.Name(value)}");
    }

    private readonly void PadText(Value text, PrintfFlags flags, int width, int precision)
    {
        var span = text.TextSpan;
        if (precision >= 0) span = span[..Utf8Text.OffsetOf(span, precision)];
        var missing = Math.Max(0, width - Utf8Text.Length(span));
        if (!flags.Left) Fill(' ', missing);
        _output.AppendText(span);
        if (flags.Left) Fill(' ', missing);
    }

    private readonly void PadNumber(bool negative, string prefix, string digits, PrintfFlags flags, int width)
    {
        var sign = (negative ? "-" : flags.Plus ? "+" : flags.Space ? " " : string.Empty) + prefix;
        var missing = Math.Max(0, width - sign.Length - digits.Length);
        if (!flags.Left && !flags.Zero) Fill(' ', missing);
        _output.AppendText(sign);
        if (!flags.Left && flags.Zero) Fill('0', missing);
        _output.AppendText(digits);
        if (flags.Left) Fill(' ', missing);
    }

    private readonly void Fill(char unit, int count)
    {
        _context.Build(count);
        _output.Reserve(count)[..count].Fill((byte)unit);
        _output.Advance(count);
    }
}

/// <summary>The flags of a <c>%</c> field.</summary>
internal struct PrintfFlags
{
    public bool Left { get; set; }

    public bool Plus { get; private set; }

    public bool Space { get; private set; }

    public bool Zero { get; private set; }

    public bool Alternate { get; private set; }

    public bool TryAdd(char letter)
    {
        switch (letter)
        {
            case '-': Left = true; return true;
            case '+': Plus = true; return true;
            case ' ': Space = true; return true;
            case '0': Zero = true; return true;
            case '#': Alternate = true; return true;
            default: return false;
        }
    }
}
