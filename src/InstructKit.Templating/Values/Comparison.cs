using System.Numerics;
using System.Runtime.CompilerServices;

namespace InstructKit.Templating.Values;

/// <summary>Python's equality, order, hash and membership.</summary>
internal static class Comparison
{
    /// <summary>Python's <c>==</c>; the work is charged to the context if there is one.</summary>
    public static bool AreEqual(RenderContext? context, Value a, Value b)
    {
        if (a.Kind == ValueKind.Text && b.Kind == ValueKind.Text)
        {
            if (a.TextLength != b.TextLength) return false;
            context?.StepBytes(a.TextLength);
            return a.TextSpan.SequenceEqual(b.TextSpan);
        }

        if (IsNumber(a) && IsNumber(b)) return NumbersEqual(a, b);
        if (a.Kind == ValueKind.Undefined || b.Kind == ValueKind.Undefined)
        {
            a.RequireLenient();
            b.RequireLenient();
        }

        if (a.Kind != b.Kind) return false;
        return a.Kind switch
        {
            ValueKind.Undefined => a.Policy == b.Policy, // Jinja2 compares their types
            ValueKind.None => true,
            ValueKind.List or ValueKind.Tuple => ListsEqual(context, a.AsList, b.AsList),
            ValueKind.Mapping => MapsEqual(context, a.AsMap, b.AsMap),
            _ => ObjectsEqual(a.AsObject, b.AsObject),
        };
    }

    /// <summary>Equality of mapping keys: like <see cref="AreEqual"/>, but an undefined may be a key.</summary>
    public static bool AreSameKey(Value a, Value b) => a.Kind == ValueKind.Undefined || b.Kind == ValueKind.Undefined ? a.Kind == b.Kind : AreEqual(null, a, b);

    /// <summary>Identity as in <c>is</c>; equal small values of one type count as identical.</summary>
    public static bool AreIdentical(Value a, Value b)
    {
        if (a.Kind != b.Kind) return false;
        return a.Kind switch
        {
            ValueKind.List or ValueKind.Mapping or ValueKind.Other => ReferenceEquals(a.Reference, b.Reference),
            ValueKind.Tuple => ReferenceEquals(a.Reference, b.Reference) || (a.AsList.Count == 0 && b.AsList.Count == 0),
            ValueKind.None => true,
            ValueKind.Undefined => a.Reference is not null && ReferenceEquals(a.Reference, b.Reference), // every use creates its own
            ValueKind.Float => a.Bits == b.Bits,
            _ => AreEqual(null, a, b),
        };
    }

    /// <summary>Applies a comparison operator.</summary>
    public static bool Holds(RenderContext context, ComparisonSign sign, Value a, Value b)
    {
        if (sign is >= ComparisonSign.Less and <= ComparisonSign.GreaterOrEqual && !IsOrdered(a, b) && IsNumber(a) && IsNumber(b)) return false;
        return sign switch
        {
            ComparisonSign.Equal => AreEqual(context, a, b),
            ComparisonSign.NotEqual => !AreEqual(context, a, b),
            ComparisonSign.In => Contains(context, b, a),
            ComparisonSign.NotIn => !Contains(context, b, a),
            ComparisonSign.Less => Compare(context, a, b, "<") < 0,
            ComparisonSign.LessOrEqual => Compare(context, a, b, "<=") <= 0,
            ComparisonSign.Greater => Compare(context, a, b, ">") > 0,
            _ => Compare(context, a, b, ">=") >= 0,
        };
    }

    /// <summary>Order of two values; <paramref name="sign"/> is only used in the message.</summary>
    public static int Compare(RenderContext? context, Value a, Value b, string sign)
    {
        if (a.Kind == ValueKind.Text && b.Kind == ValueKind.Text)
        {
            context?.StepBytes(Math.Min(a.TextLength, b.TextLength));
            return a.TextSpan.SequenceCompareTo(b.TextSpan);
        }

        if (IsNumber(a) && IsNumber(b)) return CompareNumbers(a, b);
        if (a.IsUndefined) throw a.UndefinedError();
        if (b.IsUndefined) throw b.UndefinedError();
        if (a.Kind == b.Kind && a.IsSequence) return CompareLists(context, a.AsList, b.AsList, sign);
        throw TemplateError.Type($"'{sign}' not supported between instances of '{PythonTypes.Name(a)}' and '{PythonTypes.Name(b)}'");
    }

    /// <summary>True when the two numbers can be ordered at all: neither is NaN.</summary>
    public static bool IsOrdered(Value a, Value b) =>
        !(a.Kind == ValueKind.Float && double.IsNaN(a.AsDouble)) && !(b.Kind == ValueKind.Float && double.IsNaN(b.AsDouble));

    public static bool Contains(RenderContext context, Value container, Value item)
    {
        switch (container.Kind)
        {
            case ValueKind.Text:
                if (!item.IsText) throw item.WrongType($"'in <string>' requires string as left operand, not {PythonTypes.Name(item)}");
                return Utf8Text.IndexOf(context, container.TextSpan, item.TextSpan) >= 0;
            case ValueKind.List or ValueKind.Tuple:
                foreach (var candidate in container.AsList.Span)
                {
                    context.Step();
                    if (AreEqual(context, candidate, item)) return true;
                }

                return false;
            case ValueKind.Mapping:
                ChargeKey(context, item);
                return container.AsMap.TryGet(item, out _);
            case ValueKind.Other when container.AsObject is RangeValue range && IsNumber(item):
                return item.Kind != ValueKind.Float
                    ? item.Reference is null && range.Contains(item.Bits)
                    : item.AsDouble == Math.Floor(item.AsDouble) && Math.Abs(item.AsDouble) < 9e18 && range.Contains((long)item.AsDouble);
            default:
                if (!ValueCursor.IsIterable(container)) throw TemplateError.Type($"argument of type '{PythonTypes.Name(container)}' is not iterable");
                for (var cursor = ValueCursor.Over(container); cursor.TryNext(out var candidate);)
                {
                    context.Step();
                    if (AreEqual(context, candidate, item)) return true;
                }

                return false;
        }
    }

    public static bool IsNumber(Value value) => value.Kind is ValueKind.Integer or ValueKind.Float or ValueKind.Boolean;

    /// <summary>Charges the cost of hashing and comparing a key beforehand.</summary>
    public static void ChargeKey(RenderContext context, Value key)
    {
        if (key.IsText) context.StepBytes(key.TextLength);
        if (key.Kind != ValueKind.Tuple) return;
        RequireStack();
        foreach (var item in key.AsList.Span)
        {
            context.Step();
            ChargeKey(context, item);
        }
    }

    /// <summary>Python's hash, for finding keys only; fails for unhashable values.</summary>
    public static int Hash(Value value)
    {
        switch (value.Kind)
        {
            case ValueKind.Text:
                HashCode text = default;
                text.AddBytes(value.TextSpan);
                return text.ToHashCode();
            case ValueKind.Integer when value.Reference is BigInteger big: return ((double)big).GetHashCode();
            case ValueKind.Integer or ValueKind.Boolean: return ((double)value.Bits).GetHashCode();
            case ValueKind.Float: return (value.AsDouble == 0 ? 0.0 : value.AsDouble).GetHashCode();
            case ValueKind.Tuple:
                RequireStack();
                HashCode tuple = default;
                foreach (var item in value.AsList.Span) tuple.Add(Hash(item));
                return tuple.ToHashCode();
            case ValueKind.List or ValueKind.Mapping: throw TemplateError.Type($"unhashable type: '{PythonTypes.Name(value)}'");
            default:
                value.RequireLenient();
                return value.Reference is null ? 0 : RuntimeHelpers.GetHashCode(value.Kind == ValueKind.Undefined ? null : value.Reference);
        }
    }

    private static bool NumbersEqual(Value a, Value b)
    {
        if (a.Kind != ValueKind.Float && b.Kind != ValueKind.Float)
            return a.Reference is null && b.Reference is null ? a.Bits == b.Bits : a.ToBigInteger() == b.ToBigInteger();

        return IsOrdered(a, b) && CompareNumbers(a, b) == 0;
    }

    private static int CompareNumbers(Value a, Value b)
    {
        if (a.Kind == ValueKind.Float && b.Kind == ValueKind.Float) return a.AsDouble.CompareTo(b.AsDouble) is var order && a.AsDouble == b.AsDouble ? 0 : order;
        if (a.Kind == ValueKind.Float) return -CompareExact(b, a.AsDouble);
        if (b.Kind == ValueKind.Float) return CompareExact(a, b.AsDouble);
        return a.Reference is null && b.Reference is null ? a.Bits.CompareTo(b.Bits) : a.ToBigInteger().CompareTo(b.ToBigInteger());
    }

    /// <summary>Order of an integer and a float on their exact values.</summary>
    private static int CompareExact(Value integer, double number)
    {
        if (Arithmetic.IsExactFloat(integer)) return ((double)integer.Bits).CompareTo(number) is var order && integer.Bits == number ? 0 : order;
        if (double.IsNaN(number)) return 1;
        if (double.IsInfinity(number)) return number > 0 ? -1 : 1;
        var whole = integer.ToBigInteger().CompareTo(new BigInteger(Math.Floor(number)));
        return whole != 0 ? whole : number > Math.Floor(number) ? -1 : 0;
    }

    private static bool ListsEqual(RenderContext? context, ValueList a, ValueList b)
    {
        if (ReferenceEquals(a, b)) return true;
        if (a.Count != b.Count) return false;
        RequireStack();
        for (var i = 0; i < a.Count; i++)
        {
            context?.Step();
            if (!AreEqual(context, a[i], b[i])) return false;
        }

        return true;
    }

    private static int CompareLists(RenderContext? context, ValueList a, ValueList b, string sign)
    {
        RequireStack();
        for (var i = 0; i < Math.Min(a.Count, b.Count); i++)
        {
            context?.Step();
            if (!AreEqual(context, a[i], b[i])) return Compare(context, a[i], b[i], sign);
        }

        return a.Count.CompareTo(b.Count);
    }

    private static bool MapsEqual(RenderContext? context, ValueMap a, ValueMap b)
    {
        if (ReferenceEquals(a, b)) return true;
        if (a.Count != b.Count) return false;
        RequireStack();
        foreach (var (key, value) in a)
        {
            if (context is not null) ChargeKey(context, key);
            if (!b.TryGet(key, out var other) || !AreEqual(context, value, other)) return false;
        }

        return true;
    }

    private static bool ObjectsEqual(ObjectValue a, ObjectValue b)
    {
        if (ReferenceEquals(a, b)) return true;
        return a is RangeValue x && b is RangeValue y && x.Count == y.Count && (x.Count == 0 || (x.Start == y.Start && (x.Count == 1 || x.Step == y.Step)));
    }

    private static void RequireStack()
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack()) throw TemplateError.PrintDepth();
    }
}

/// <summary>A comparison operator.</summary>
internal enum ComparisonSign
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
    NotIn,
}
