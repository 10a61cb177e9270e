using System.Numerics;

namespace InstructKit.Templating.Builtins;

/// <summary>Python's format specifications: <c>[[fill]align][sign][z][#][0][width][,][.precision][type]</c>.</summary>
internal readonly struct FieldFormat
{
    private FieldFormat(string spec, bool isText)
    {
        var at = 0;
        var runes = spec.EnumerateRunes().ToArray();
        var hasFill = runes.Length > 1 && IsAlign(runes[1]);
        if (hasFill)
        {
            Fill = runes[0];
            Align = (char)runes[1].Value;
            at = 2;
        }
        else if (runes.Length > 0 && IsAlign(runes[0])) Align = (char)runes[at++].Value;

        if (At(runes, at) is '+' or '-' or ' ') Sign = (char)runes[at++].Value;
        if (At(runes, at) == 'z') (NoNegativeZero, at) = (true, at + 1);
        if (At(runes, at) == '#') (Alternate, at) = (true, at + 1);
        if (At(runes, at) == '0' && !hasFill)
        {
            Fill = new Rune('0');
            if (Align == '\0' && !isText) Align = '=';
            at++;
        }

        Width = Number(runes, ref at) ?? 0;
        if (At(runes, at) is ',' or '_') Grouping = (char)runes[at++].Value;
        if (At(runes, at) == '.')
        {
            at++;
            Precision = Number(runes, ref at) ?? throw TemplateError.Value("Format specifier missing precision");
        }

        if (at < runes.Length) Type = runes[at++] is { IsBmp: true } type ? (char)type.Value : '\ufffd';
        if (at < runes.Length) throw TemplateError.Value("Invalid format specifier");
        if (Grouping == '\0') return;
        var fits = isText ? false : Type is '\0' or 'd' or 'e' or 'E' or 'f' or 'F' or 'g' or 'G' or '%' || (Grouping == '_' && Type is 'x' or 'X' or 'o' or 'b');
        if (!fits) throw TemplateError.Value($"Cannot specify '{Grouping}' with '{(Type == '\0' ? 's' : Type)}'.");
    }

    private Rune Fill { get; } = new(' ');

    private char Align { get; }

    /// <summary>Sign of non-negative numbers; NUL when not specified.</summary>
    private char Sign { get; }

    /// <summary>A negative number that rounds to zero loses its sign.</summary>
    private bool NoNegativeZero { get; }

    private bool Alternate { get; }

    private int Width { get; }

    private char Grouping { get; }

    private int? Precision { get; }

    private char Type { get; }

    public static void Append(RenderContext context, Value value, string spec, Utf8Output output)
    {
        if (spec.Length == 0)
        {
            PythonPrinter.AppendStr(value, output);
            return;
        }

        var format = new FieldFormat(spec, value.IsText);
        if (value.IsText) format.AppendText(context, value.TextSpan, output);
        else if (Comparison.IsNumber(value)) format.AppendNumber(context, value, output);
        else throw TemplateError.Type($"unsupported format string passed to {PythonTypes.Name(value)}.__format__");
    }

    private static bool IsAlign(Rune rune) => rune.Value is '<' or '>' or '^' or '=';

    private static int At(Rune[] runes, int at) => at < runes.Length ? runes[at].Value : -1;

    private static int? Number(Rune[] runes, ref int at)
    {
        if (At(runes, at) is not (>= '0' and <= '9')) return null;
        var number = 0L;
        while (At(runes, at) is >= '0' and <= '9') number = Math.Min(int.MaxValue, (number * 10) + (runes[at++].Value - '0'));
        return (int)number;
    }

    private void AppendText(RenderContext context, ReadOnlySpan<byte> text, Utf8Output output)
    {
        if (Type is not ('\0' or 's')) throw TemplateError.Value($"Unknown format code '{Type}' for object of type 'str'");
        if (Sign != '\0') throw TemplateError.Value(Sign == ' ' ? "Space not allowed in string format specifier" : "Sign not allowed in string format specifier");
        if (NoNegativeZero) throw TemplateError.Value("Negative zero coercion (z) not allowed in string format specifier");
        if (Alternate) throw TemplateError.Value("Alternate form (#) not allowed in string format specifier");
        if (Align == '=') throw TemplateError.Value("'=' alignment not allowed in string format specifier");
        if (Precision is { } precision) text = text[..Utf8Text.OffsetOf(text, precision)];
        NumberFormat.Pad(context, output, string.Empty, text, Width, Align == '\0' ? '<' : Align, Fill);
    }

    private void AppendNumber(RenderContext context, Value value, Utf8Output output)
    {
        NumberFormat.Charge(context, Precision ?? 0);
        if (Grouping != '\0') NumberFormat.Charge(context, Width);
        var isFloat = value.Kind == ValueKind.Float || Type is 'e' or 'E' or 'f' or 'F' or 'g' or 'G' or '%';
        var digits = isFloat ? FloatDigits(Arithmetic.ToDouble(value)) : IntegerDigits(value.ToBigInteger());
        var negative = value.Kind == ValueKind.Float ? double.IsNegative(value.AsDouble) && !double.IsNaN(value.AsDouble) : value.ToBigInteger().Sign < 0;
        if (NoNegativeZero && negative && digits.AsSpan().IndexOfAnyInRange('1', '9') < 0) negative = false;
        var sign = negative ? "-" : Sign is '+' or ' ' ? Sign.ToString() : string.Empty;
        if (Alternate && !isFloat) sign += Type switch { 'x' => "0x", 'X' => "0X", 'o' => "0o", 'b' => "0b", _ => string.Empty };
        if (Grouping != '\0') digits = Grouped(digits, sign.Length);
        NumberFormat.Pad(context, output, sign, Encoding.UTF8.GetBytes(digits), Width, Align, Fill);
    }

    /// <summary>Digits with separators; zeros that fill a width are grouped as well.</summary>
    private string Grouped(string digits, int signLength)
    {
        var size = Type is 'x' or 'X' or 'b' or 'o' ? 4 : 3;
        var grouped = NumberFormat.Grouped(digits, Grouping, size);
        if (Align != '=' || Fill.Value != '0' || !char.IsAsciiHexDigit(digits[0]) || grouped.Length + signLength >= Width) return grouped;
        var missing = Math.Min(Width, NumberFormat.MaxPrecision) - signLength - grouped.Length;
        for (var zeros = missing * size / (size + 1); grouped.Length + signLength < Math.Min(Width, NumberFormat.MaxPrecision); zeros++)
            grouped = NumberFormat.Grouped(new string('0', zeros) + digits, Grouping, size);

        return grouped;
    }

    private string IntegerDigits(BigInteger value)
    {
        if (Precision is not null) throw TemplateError.Value("Precision not allowed in integer format specifier");
        if (NoNegativeZero) throw TemplateError.Value("Negative zero coercion (z) not allowed in format specifier with integer");
        if (Type == 'c')
        {
            if (Sign != '\0') throw TemplateError.Value("Sign not allowed with integer format specifier 'c'");
            if (Alternate) throw TemplateError.Value("Alternate form (#) not allowed with integer format specifier 'c'");
            return value.Sign >= 0 && value <= 0x10ffff && Rune.TryCreate((int)value, out var rune) ? rune.ToString() : throw TemplateError.Overflow("%c arg not in range(0x110000)");
        }

        return Type is '\0' or 'd' or 'n' or 'x' or 'X' or 'o' or 'b'
            ? NumberFormat.Integer(value, Type)
            : throw TemplateError.Value($"Unknown format code '{Type}' for object of type 'int'");
    }

    private string FloatDigits(double value)
    {
        switch (Type)
        {
            case '%': return NumberFormat.Float(value * 100, 'f', Precision ?? 6, Alternate) + "%";
            case '\0' when Precision is null:
                Span<byte> text = stackalloc byte[FloatText.MaxLength];
                return Encoding.ASCII.GetString(text[..FloatText.Format(Math.Abs(value), text)]);
            case '\0': return NumberFormat.WithPoint(value, Precision ?? 6, Alternate);
            case 'e' or 'E' or 'f' or 'F' or 'g' or 'G' or 'n': return NumberFormat.Float(value, Type == 'n' ? 'g' : Type, Precision ?? 6, Alternate);
            default: throw TemplateError.Value($"Unknown format code '{Type}' for object of type 'float'");
        }
    }
}
