using System.Buffers;
using System.Globalization;
using InstructKit.Templating.Rendering;
using InstructKit.Templating.Values;

namespace InstructKit.Templating.Builtins;

/// <summary>An attribute as filters take it: a position, a key, or several joined by dots.</summary>
internal readonly struct AttributePath
{
    private static readonly SearchValues<byte> DotsAndDigits = SearchValues.Create(".0123456789"u8);

    private readonly Value[]? _steps;
    private readonly Value _otherwise;

    private AttributePath(Value[]? steps, Value otherwise)
    {
        _steps = steps;
        _otherwise = otherwise;
    }

    /// <summary>Reads an attribute argument; left out or none: the value itself.</summary>
    public static AttributePath Read(Value attribute, Value otherwise)
    {
        if (attribute.IsMissing || attribute.IsNone) return new AttributePath(null, otherwise);
        if (!attribute.IsText || !attribute.TextSpan.ContainsAny(DotsAndDigits)) return new AttributePath([attribute], otherwise);
        return new AttributePath([.. attribute.ToString().Split('.').Select(Step)], otherwise);
    }

    /// <summary>Several paths, separated by commas.</summary>
    public static AttributePath[] ReadMany(Value attribute) => attribute.IsText && attribute.TextSpan.Contains((byte)',')
        ? [.. attribute.ToString().Split(',').Select(part => Read(Value.From(part), Value.Missing))]
        : [Read(attribute, Value.Missing)];

    public Value Of(RenderContext context, Value value)
    {
        if (_steps is null) return value;
        foreach (var step in _steps)
        {
            value = Access.Item(context, value, step);
            if (value.IsUndefined && !_otherwise.IsMissing) value = _otherwise;
        }

        return value;
    }

    private static Value Step(string part) =>
        long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? Value.From(index) : Value.From(part);
}
