using System.Numerics;

namespace InstructKit.Templating.Values;

/// <summary>Converts arguments of any type, like Jinja's filters.</summary>
internal static class Coercion
{
    /// <summary>The text of any value; the value itself if it is one.</summary>
    public static Value Text(RenderContext context, Value value)
    {
        if (value.IsText) return value;
        var output = context.BeginCapture();
        PythonPrinter.AppendStr(value, output);
        output.CheckCeiling();
        return context.EndCapture(output);
    }

    /// <summary>A text, or a type error that names the function.</summary>
    public static ReadOnlySpan<byte> Require(Value value, string function)
    {
        if (value.IsText) return value.TextSpan;
        throw value.WrongType($"{function}() argument must be str, not {PythonTypes.Name(value)}");
    }

    /// <summary>The key for case-insensitive comparisons: texts in lower case, everything else unchanged.</summary>
    public static Value IgnoreCase(RenderContext context, Value value) => value.IsText ? UnicodeCase.Map(context, value.TextSpan, CaseMapping.Lower) : value;

    /// <summary>The undefined result for an empty sequence.</summary>
    public static Value Absent(RenderContext context, string message) => Value.UndefinedBecause(UndefinedInfo.ForMessage(message), context.Settings.Undefined);
}

/// <summary>Python's names of types, for messages.</summary>
internal static class PythonTypes
{
    public static string Name(Value value) => value.Kind == ValueKind.Other ? value.AsObject.TypeName : Name(value.Kind);

    public static string Name(ValueKind kind) => kind switch
    {
        ValueKind.Undefined => "Undefined",
        ValueKind.None => "NoneType",
        ValueKind.Boolean => "bool",
        ValueKind.Integer => "int",
        ValueKind.Float => "float",
        ValueKind.Text => "str",
        ValueKind.List => "list",
        ValueKind.Tuple => "tuple",
        ValueKind.Mapping => "dict",
        _ => "object",
    };

    /// <summary>How Jinja describes a value whose attribute is missing.</summary>
    public static string Described(Value value) => value.Kind == ValueKind.None ? "None" : $"'{Name(value)} object'";

    /// <summary>Python's <c>len()</c>; null if it has none.</summary>
    public static long? Length(Value value) => value.Kind switch
    {
        ValueKind.Text => Utf8Text.Length(value.TextSpan),
        ValueKind.List or ValueKind.Tuple => value.AsList.Count,
        ValueKind.Mapping => value.AsMap.Count,
        ValueKind.Other => value.AsObject.Length,
        _ => null,
    };

    /// <summary>A number usable as an index: an integer or a boolean, clamped to the largest of their sign if they do not fit.</summary>
    public static bool TryGetIndex(Value value, out long index)
    {
        index = value.Bits;
        if (value.Kind == ValueKind.Boolean || value.IsSmallInteger) return true;
        if (value.Kind != ValueKind.Integer) return false;
        index = ((BigInteger)value.Reference!).Sign < 0 ? long.MinValue : long.MaxValue; // an integer that is not small holds a BigInteger
        return true;
    }

    public static long RequireIndex(Value value)
    {
        if (TryGetIndex(value, out var number)) return number;
        throw value.WrongType($"'{Name(value)}' object cannot be interpreted as an integer");
    }

    public static int RequireInt(Value value) => (int)Math.Clamp(RequireIndex(value), int.MinValue, int.MaxValue);
}
