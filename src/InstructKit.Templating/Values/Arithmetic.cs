using System.Numerics;

namespace InstructKit.Templating.Values;

/// <summary>Python's arithmetic operators.</summary>
internal static class Arithmetic
{
    /// <summary>Charges an operation on large integers: its work grows with the product of their sizes, in words of 32 bits.</summary>
    public static void Charge(RenderContext context, Value a, Value b)
    {
        if (a.Reference is BigInteger || b.Reference is BigInteger) context.Step(1 + (Words(a) * (Words(b) + 7) >> 6));
    }

    public static Value Add(RenderContext context, Value a, Value b)
    {
        if (a.IsSmallInteger && b.IsSmallInteger)
        {
            var sum = unchecked(a.Bits + b.Bits);
            return ((a.Bits ^ sum) & (b.Bits ^ sum)) >= 0 ? Value.From(sum) : Value.From((BigInteger)a.Bits + b.Bits);
        }

        if (a.IsText && b.IsText) return a.IsSafe || b.IsSafe ? ConcatenateSafe(context, a, b) : Concatenate(context, a, b);
        if (Comparison.IsNumber(a) && Comparison.IsNumber(b))
        {
            return a.Kind == ValueKind.Float || b.Kind == ValueKind.Float
                ? Value.From(ToDouble(a) + ToDouble(b))
                : Value.From(IntegerLimits.Check(a.ToBigInteger() + b.ToBigInteger()));
        }

        if (a.IsSequence && a.Kind == b.Kind)
        {
            context.Build((a.AsList.Count + b.AsList.Count) * 24L);
            var joined = new ValueList(a.AsList.Count + b.AsList.Count);
            joined.AddRange(a.AsList.Span);
            joined.AddRange(b.AsList.Span);
            return a.Kind == ValueKind.List ? Value.From(joined) : Value.FromTuple(joined);
        }

        RequireDefined(a, b);
        if (a.IsText) throw TemplateError.Type($"can only concatenate str (not \"{PythonTypes.Name(b)}\") to str");
        if (a.IsSequence) throw TemplateError.Type($"can only concatenate {PythonTypes.Name(a)} (not \"{PythonTypes.Name(b)}\") to {PythonTypes.Name(a)}");
        throw Unsupported("+", a, b);
    }

    public static Value Subtract(Value a, Value b)
    {
        if (a.IsSmallInteger && b.IsSmallInteger)
        {
            var difference = unchecked(a.Bits - b.Bits);
            return ((a.Bits ^ b.Bits) & (a.Bits ^ difference)) >= 0 ? Value.From(difference) : Value.From((BigInteger)a.Bits - b.Bits);
        }

        RequireNumbers("-", a, b);
        return a.Kind == ValueKind.Float || b.Kind == ValueKind.Float
            ? Value.From(ToDouble(a) - ToDouble(b))
            : Value.From(IntegerLimits.Check(a.ToBigInteger() - b.ToBigInteger()));
    }

    public static Value Multiply(RenderContext context, Value a, Value b)
    {
        if (Comparison.IsNumber(a) && Comparison.IsNumber(b))
        {
            if (a.Kind == ValueKind.Float || b.Kind == ValueKind.Float) return Value.From(ToDouble(a) * ToDouble(b));
            if (a.Reference is null && b.Reference is null)
            {
                var high = Math.BigMul(a.Bits, b.Bits, out var low);
                if (high == low >> 63) return Value.From(low);
            }

            return Value.From(IntegerLimits.Check(a.ToBigInteger() * b.ToBigInteger()));
        }

        if ((a.IsText || a.IsSequence) && TryTimes(b, out var times)) return Repeat(context, a, times);
        if ((b.IsText || b.IsSequence) && TryTimes(a, out times)) return Repeat(context, b, times);
        RequireDefined(a, b);
        if (a.IsText || a.IsSequence) throw TemplateError.Type($"can't multiply sequence by non-int of type '{PythonTypes.Name(b)}'");
        if (b.IsText || b.IsSequence) throw TemplateError.Type($"can't multiply sequence by non-int of type '{PythonTypes.Name(a)}'");
        throw Unsupported("*", a, b);
    }

    public static Value Divide(Value a, Value b)
    {
        RequireNumbers("/", a, b);
        var isFloat = a.Kind == ValueKind.Float || b.Kind == ValueKind.Float;
        if (!b.IsTrue) throw TemplateError.ZeroDivision(isFloat ? "float division by zero" : "division by zero");
        if (isFloat || (IsExactFloat(a) && IsExactFloat(b))) return Value.From(ToDouble(a) / ToDouble(b));

        return Value.From(DivideBig(a.ToBigInteger(), b.ToBigInteger()));
    }

    public static Value FloorDivide(Value a, Value b)
    {
        RequireNumbers("//", a, b);
        if (a.Kind == ValueKind.Float || b.Kind == ValueKind.Float)
        {
            var divisor = ToDouble(b);
            if (divisor == 0) throw TemplateError.ZeroDivision("float floor division by zero");
            var dividend = ToDouble(a);
            return Value.From(FloorQuotient(dividend, divisor));
        }

        if (!b.IsTrue) throw TemplateError.ZeroDivision("integer division or modulo by zero");
        var quotient = BigInteger.DivRem(a.ToBigInteger(), b.ToBigInteger(), out var rest);
        return Value.From(!rest.IsZero && rest.Sign != b.ToBigInteger().Sign ? quotient - 1 : quotient);
    }

    public static Value Modulo(RenderContext context, Value a, Value b)
    {
        if (a.IsText) return PrintfFormat.Format(context, a, b);
        Charge(context, a, b);
        RequireNumbers("%", a, b);
        if (a.Kind == ValueKind.Float || b.Kind == ValueKind.Float)
        {
            var divisor = ToDouble(b);
            if (divisor == 0) throw TemplateError.ZeroDivision("float modulo");
            return Value.From(FloatModulo(ToDouble(a), divisor));
        }

        if (!b.IsTrue) throw TemplateError.ZeroDivision("integer modulo by zero");
        if (a.Reference is null && b.Reference is null && b.Bits != -1)
        {
            var rest = a.Bits % b.Bits;
            return Value.From(rest != 0 && (rest < 0) != (b.Bits < 0) ? rest + b.Bits : rest);
        }

        var big = BigInteger.Remainder(a.ToBigInteger(), b.ToBigInteger());
        return Value.From(!big.IsZero && big.Sign != b.ToBigInteger().Sign ? big + b.ToBigInteger() : big);
    }

    public static Value Power(RenderContext context, Value a, Value b)
    {
        RequireNumbers("** or pow()", a, b);
        if (a.Kind == ValueKind.Float || b.Kind == ValueKind.Float || b.ToBigInteger().Sign < 0)
        {
            var (x, y) = (ToDouble(a), ToDouble(b));
            if (x == 0 && y < 0 && double.IsFinite(y)) throw TemplateError.ZeroDivision("0.0 cannot be raised to a negative power");
            if (x < 0 && double.IsFinite(x) && double.IsFinite(y) && y != Math.Floor(y)) throw TemplateError.Value("complex numbers are not supported");
            var power = Math.Pow(x, y);
            return double.IsInfinity(power) && double.IsFinite(x) && double.IsFinite(y)
                ? throw TemplateError.Overflow("(34, 'Numerical result out of range')")
                : Value.From(power);
        }

        var number = a.ToBigInteger();
        var exponent = b.ToBigInteger();
        var bits = number.GetBitLength();
        if (bits > 1 && exponent > IntegerLimits.MaxBits) throw IntegerLimits.TooLarge();
        if (bits <= 1 && exponent > int.MaxValue) exponent = 2 + (exponent & 1);
        if ((bits - 1) * exponent > IntegerLimits.MaxBits) throw IntegerLimits.TooLarge();
        var words = (long)((bits * exponent) >> 5);
        context.Step(words * words >> 7);
        return Value.From(BigInteger.Pow(number, (int)exponent));
    }

    /// <summary>True for integers that a float holds exactly.</summary>
    public static bool IsExactFloat(Value integer) => integer.Reference is null && integer.Bits is >= -(1L << 53) and <= 1L << 53;

    public static Value Negate(Value a)
    {
        if (a.Kind == ValueKind.Float) return Value.From(-a.AsDouble);
        if (!Comparison.IsNumber(a)) throw BadUnary("-", a);
        return a.Reference is null && a.Bits != long.MinValue ? Value.From(-a.Bits) : Value.From(-a.ToBigInteger());
    }

    public static Value Plus(Value a)
    {
        if (!Comparison.IsNumber(a)) throw BadUnary("+", a);
        return a.Kind == ValueKind.Boolean ? Value.From(a.Bits) : a;
    }

    public static double ToDouble(Value value)
    {
        if (value.Kind == ValueKind.Float) return value.AsDouble;
        if (value.Reference is not BigInteger big) return value.Bits;
        var number = Nearest(big);
        return double.IsInfinity(number) ? throw TemplateError.Overflow("int too large to convert to float") : number;
    }

    /// <summary>The float nearest to an integer, ties to even; .NET's own conversion truncates. Infinity when there is none.</summary>
    public static double Nearest(BigInteger value)
    {
        var magnitude = BigInteger.Abs(value);
        var extra = (int)Math.Max(0, (long)magnitude.GetBitLength() - 64);
        var top = (ulong)(magnitude >> extra);
        if (extra > 0 && magnitude != (BigInteger)top << extra) top |= 1; // sticky bit, far below the rounding position
        var number = Math.ScaleB((double)top, extra);
        return value.Sign < 0 ? -number : number;
    }

    public static Value Concatenate(RenderContext context, Value a, Value b)
    {
        var first = a.TextSpan;
        var second = b.TextSpan;
        if (second.Length == 0) return a;
        if (first.Length == 0) return b;
        var target = context.ReserveText((long)first.Length + second.Length);
        first.CopyTo(target);
        second.CopyTo(target[first.Length..]);
        return context.CommitText(first.Length + second.Length);
    }

    /// <summary>As in MarkupSafe: text joined to safe text is escaped.</summary>
    private static Value ConcatenateSafe(RenderContext context, Value a, Value b) =>
        Concatenate(context, HtmlText.Escape(context, a), HtmlText.Escape(context, b)).AsSafe();

    private static long Words(Value value) => value.Reference is BigInteger big ? (big.GetBitLength() >> 5) + 1 : 1;

    private static bool TryTimes(Value value, out long times)
    {
        if (!PythonTypes.TryGetIndex(value, out times)) return false;
        return value.Reference is null ? true : throw TemplateError.Overflow("cannot fit 'int' into an index-sized integer");
    }

    private static Value Repeat(RenderContext context, Value sequence, long times)
    {
        times = Math.Max(0, times);
        if (sequence.IsText)
        {
            var text = sequence.TextSpan;
            if (text.IsEmpty || times == 0) return Value.EmptyText;
            var target = context.ReserveText(times > int.MaxValue ? long.MaxValue : text.Length * times);
            for (var i = 0; i < times; i++) text.CopyTo(target[(i * text.Length)..]);
            var repeatedText = context.CommitText((int)(text.Length * times));
            return sequence.IsSafe ? repeatedText.AsSafe() : repeatedText;
        }

        var items = sequence.AsList;
        if (items.Count > 0) context.Build(times > int.MaxValue ? long.MaxValue : items.Count * times * 24);
        var repeated = new ValueList(items.Count == 0 ? 0 : (int)(items.Count * times));
        for (var i = 0L; items.Count > 0 && i < times; i++) repeated.AddRange(items.Span);
        return sequence.Kind == ValueKind.List ? Value.From(repeated) : Value.FromTuple(repeated);
    }

    private static double FloorQuotient(double a, double b)
    {
        var rest = a % b;
        var quotient = (a - rest) / b;
        if (rest != 0 && (rest < 0) != (b < 0)) quotient--;
        if (quotient == 0) return double.CopySign(0, a / b);
        var floor = Math.Floor(quotient);
        return quotient - floor > 0.5 ? floor + 1 : floor;
    }

    private static double FloatModulo(double a, double b)
    {
        var rest = a % b;
        if (rest == 0) return double.CopySign(0, b);
        return (rest < 0) != (b < 0) ? rest + b : rest;
    }

    /// <summary>Correctly rounded quotient of two integers.</summary>
    private static double DivideBig(BigInteger a, BigInteger b)
    {
        var negative = a.Sign < 0 != b.Sign < 0;
        a = BigInteger.Abs(a);
        b = BigInteger.Abs(b);
        if (a.IsZero) return negative ? -0.0 : 0.0;
        var shift = 66 - (int)(a.GetBitLength() - b.GetBitLength());
        var quotient = BigInteger.DivRem(shift >= 0 ? a << shift : a, shift >= 0 ? b : b << -shift, out var rest);
        if (!rest.IsZero) quotient |= 1; // a sticky bit, so that the conversion rounds to nearest
        var number = Math.ScaleB(Nearest(quotient), -shift);
        if (double.IsInfinity(number)) throw TemplateError.Overflow("integer division result too large for a float");
        return negative ? -number : number;
    }

    private static void RequireNumbers(string sign, Value a, Value b)
    {
        if (Comparison.IsNumber(a) && Comparison.IsNumber(b)) return;
        RequireDefined(a, b);
        throw Unsupported(sign, a, b);
    }

    private static void RequireDefined(Value a, Value b)
    {
        if (a.IsUndefined) throw a.UndefinedError();
        if (b.IsUndefined) throw b.UndefinedError();
    }

    private static TemplateError Unsupported(string sign, Value a, Value b) =>
        TemplateError.Type($"unsupported operand type(s) for {sign}: '{PythonTypes.Name(a)}' and '{PythonTypes.Name(b)}'");

    private static TemplateError BadUnary(string sign, Value a) =>
        a.WrongType($"bad operand type for unary {sign}: '{PythonTypes.Name(a)}'");
}
