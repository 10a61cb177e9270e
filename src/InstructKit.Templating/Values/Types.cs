using System.Numerics;

namespace InstructKit.Templating.Values;

/// <summary>Python's names of types, for messages.</summary>
internal static class Types
{
    public static string Name(Value value) => value.Kind switch
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
        _ => value.AsObject.TypeName,
    };

    /// <summary>How Jinja speaks of a value whose attribute is missing.</summary>
    public static string Described(Value value) => value.Kind == ValueKind.None ? "None" : $"'{Name(value)} object'";

    /// <summary>A number usable as an index: an integer or a boolean that fits.</summary>
    public static bool TryGetIndex(Value value, out long index)
    {
        index = value.Bits;
        if (value.Kind == ValueKind.Boolean || value.IsSmallInteger) return true;
        if (value.Kind != ValueKind.Integer) return false;
        index = ((BigInteger)value.Reference!).Sign < 0 ? long.MinValue : long.MaxValue; // an integer that is not small holds a BigInteger
        return true;
    }

    public static int RequireInt(Value value)
    {
        if (!TryGetIndex(value, out var number))
            throw value.IsUndefined ? value.UndefinedFault() : TemplateError.Type($"'{Name(value)}' object cannot be interpreted as an integer");

        return (int)Math.Clamp(number, int.MinValue, int.MaxValue);
    }
}
