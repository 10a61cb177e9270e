namespace InstructKit.Templating.Values;

/// <summary>The types that a template can tell apart.</summary>
public enum ValueKind : byte
{
    /// <summary>Not there.</summary>
    Undefined,

    /// <summary>None, JSON's null.</summary>
    None,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>An integer of any size.</summary>
    Integer,

    /// <summary>A 64-bit binary floating-point number.</summary>
    Float,

    /// <summary>Text, a sequence of code points.</summary>
    Text,

    /// <summary>A list.</summary>
    List,

    /// <summary>A tuple.</summary>
    Tuple,

    /// <summary>A mapping, in insertion order.</summary>
    Mapping,

    /// <summary>Anything else: ranges, views, iterators, namespaces, macros, functions.</summary>
    Other,
}
