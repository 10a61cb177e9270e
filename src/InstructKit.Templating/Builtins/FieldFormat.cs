using System.Numerics;
using System.Text.RegularExpressions;

namespace InstructKit.Templating.Builtins;

/// <summary>Python's format specifications: <c>[[fill]align][sign][z][#][0][width][,][.precision][type]</c>.</summary>
internal readonly partial struct FieldFormat
{
    [GeneratedRegex(
        @"^((?<fill>[\ud800-\udbff]?.)?(?<align>[<>=^]))?(?<sign>[-+ ])?(?<z>z)?(?<alternate>\#)?(?<zero>0)?(?<width>[0-9]+)?(?<grouping>[,_])?(\.(?<precision>[0-9]*))?(?<type>[\ud800-\udbff]?.)?\z",
        RegexOptions.Singleline)]
    private static partial Regex Form { get; }

    private FieldFormat(string spec, bool isText)
    {
        var parts = Form.Match(spec).Groups;
        var (fill, align, precision) = (parts["fill"], Letter(parts["align"]), parts["precision"]);
        if (precision is { Success: true, Length: 0 }) throw TemplateError.Value("Format specifier missing precision");
        if (!parts[0].Success) throw TemplateError.Value("Invalid format specifier");
        var isZeroFilled = parts["zero"].Success && !fill.Success;
        Fill = fill.Success ? fill.Value.EnumerateRunes().First() : new Rune(isZeroFilled ? '0' : ' ');
        Align = isZeroFilled && align == '\0' && !isText ? '=' : align;
        Sign = Letter(parts["sign"]);
        NoNegativeZero = parts["z"].Success;
        Alternate = parts["alternate"].Success;
        Width = Number(parts["width"]) ?? 0;
        Grouping = Letter(parts["grouping"]);
        Precision = Number(precision);
        Type = Letter(parts["type"]);
        if (Grouping == '\0') return;
        var fits = isText ? false : Type is '\0' or 'd' or 'e' or 'E' or 'f' or 'F' or 'g' or 'G' or '%' || (Grouping == '_' && Type is 'x' or 'X' or 'o' or 'b');
        if (!fits) throw TemplateError.Value($"Cannot specify '{Grouping}' with '{(Type == '\0' ? 's' : Type)}'.");
    }

    private Rune Fill { get; }

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

    private static char Letter(Group part) => part.Length switch { 0 => '\0', 1 => part.ValueSpan[0], _ => '\ufffd' };

    private static int? Number(Group digits) => !digits.Success ? null : int.TryParse(digits.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : int.MaxValue;

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
