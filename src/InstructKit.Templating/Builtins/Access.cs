using System.Buffers;

namespace InstructKit.Templating.Builtins;

/// <summary>The only way from a value to its parts. It sees keys of mappings, items and the methods of the language, never members of .NET types.</summary>
internal static class Access
{
    /// <summary><c>target.name</c>: a method first, then the key.</summary>
    public static Value Member(RenderContext context, Value target, string name, Value key)
    {
        if (target.IsUndefined) return OfUndefined(target);
        if (target.Kind != ValueKind.Other && MethodTable.Find(target.Kind, name) is { } method) return Bind(context, target, method);
        var value = target.Kind == ValueKind.Mapping ? target.AsMap.TryGet(key, out var found) ? found : Value.Missing : Attribute(target, name);
        return value.IsMissing ? MissingMember(context, target, name) : value;
    }

    /// <summary><c>target[index]</c>: the item or key first, then a method.</summary>
    public static Value Item(RenderContext context, Value target, Value index)
    {
        switch (target.Kind)
        {
            case ValueKind.List or ValueKind.Tuple when PythonTypes.TryGetIndex(index, out var position):
                var items = target.AsList;
                if (position < 0) position += items.Count;
                return (ulong)position < (ulong)items.Count ? items[(int)position] : MissingItem(context, target, index);
            case ValueKind.Text when PythonTypes.TryGetIndex(index, out var position):
                return TryCharacter(context, target, position, out var character) ? character : MissingItem(context, target, index);
            case ValueKind.Mapping when index.Kind is not (ValueKind.List or ValueKind.Mapping):
                Comparison.ChargeKey(context, index);
                if (target.AsMap.TryGet(index, out var value)) return value;
                break;
            case ValueKind.Other when target.AsObject is SequenceValue sequence && PythonTypes.TryGetIndex(index, out var position):
                value = sequence.ItemAt(position);
                return value.IsMissing ? MissingItem(context, target, index) : value;
            case ValueKind.Undefined: return OfUndefined(target);
        }

        return index.IsText ? ItemByName(context, target, index) : MissingItem(context, target, index);
    }

    /// <summary><c>target[start:stop:step]</c> with Python's bounds rules.</summary>
    public static Value Slice(RenderContext context, Value target, Value start, Value stop, Value step)
    {
        var by = Bound(step, 1);
        if (by == 0) throw TemplateError.Value("slice step cannot be zero");
        switch (target.Kind)
        {
            case ValueKind.Text: return SliceText(context, target, start, stop, by);
            case ValueKind.List or ValueKind.Tuple:
                var items = target.AsList;
                var (first, count) = Clip(items.Count, start, stop, by);
                context.Build(count * 24L);
                var part = new ValueList((int)count);
                if (by == 1) part.AddRange(items.Span.Slice((int)first, (int)count));
                else for (var i = 0L; i < count; i++) part.Add(items[(int)(first + (i * by))]);
                return target.Kind == ValueKind.List ? Value.From(part) : Value.FromTuple(part);
            case ValueKind.Other when target.AsObject is RangeValue range:
                var (begin, end) = Bounds(range.Count, start, stop, by);
                return Value.From(new RangeValue(range.Start + (begin * range.Step), range.Start + (end * range.Step), range.Step * by));
            case ValueKind.Undefined: return OfUndefined(target);
            case ValueKind.Mapping: throw TemplateError.Type("unhashable type: 'slice'");
            default: throw TemplateError.Type($"'{PythonTypes.Name(target)}' object is not subscriptable");
        }
    }

    public static bool TryCharacter(RenderContext context, Value text, long position, out Value character)
    {
        var span = text.TextSpan;
        character = default;
        if (position is < -int.MaxValue or > int.MaxValue) return false;
        if (position < 0)
        {
            context.StepBytes(span.Length);
            position += Utf8Text.Length(span);
            if (position < 0) return false;
        }

        // A code point has at least one byte.
        if (position >= span.Length) return false;
        context.StepBytes((int)position);
        if (!System.Text.Ascii.IsValid(span[..(int)position])) position = Utf8Text.OffsetOf(span, (int)position);
        if (position >= span.Length) return false;
        character = text.Slice((int)position, Utf8Text.SizeAt(span[(int)position..]));
        return true;
    }

    public static Value MissingMember(RenderContext context, Value target, string name) => IsInternal(name) && context.Settings.Sandbox
        ? Value.UndefinedBecause(UndefinedInfo.ForForbidden(PythonTypes.Name(target), name), context.Settings.Undefined)
        : Value.UndefinedBecause(UndefinedInfo.ForMessage($"{PythonTypes.Described(target)} has no attribute '{name}'"), context.Settings.Undefined);

    /// <summary>True when the method would modify something immutable: anything in the sandbox, otherwise values of the row.</summary>
    public static bool Forbids(TemplateOptions settings, Value target, Builtin method) =>
        method.Mutates && (settings.Sandbox || (!settings.MutableRows && IsOfRow(target)));

    private static bool IsOfRow(Value target) => target.Kind == ValueKind.Mapping ? target.AsMap.IsOfRow : target.AsList.IsOfRow;

    private static bool IsInternal(string name) => name.StartsWith("__", StringComparison.Ordinal);

    /// <summary>A part of an undefined.</summary>
    public static Value OfUndefined(Value target) => target.Policy == UndefinedPolicy.Chainable ? target : throw target.UndefinedError();

    private static Value Bind(RenderContext context, Value target, Builtin method)
    {
        if (Forbids(context.Settings, target, method))
        {
            var reason = context.Settings.Sandbox
                ? UndefinedInfo.ForForbidden(PythonTypes.Name(target), method.Name)
                : UndefinedInfo.ForReadOnlyRow(PythonTypes.Name(target), method.Name);
            return Value.UndefinedBecause(reason, context.Settings.Undefined);
        }

        return Value.From(new FunctionValue(method, target));
    }

    /// <summary>Attributes of values other than methods and keys; missing if none.</summary>
    private static Value Attribute(Value target, string name) => target.Kind switch
    {
        ValueKind.Other => target.AsObject.GetAttribute(name),
        ValueKind.Tuple when target.AsList is GroupTuple group => group.GetAttribute(name),
        ValueKind.Boolean or ValueKind.Integer or ValueKind.Float => NumberMethods.GetAttribute(target, name),
        _ => Value.Missing,
    };

    private static Value ItemByName(RenderContext context, Value target, Value index)
    {
        var name = index.ToString();
        if (MethodTable.Find(target.Kind, name) is { } method) return Bind(context, target, method);
        var value = Attribute(target, name);
        return value.IsMissing ? MissingMember(context, target, name) : value;
    }

    private static Value MissingItem(RenderContext context, Value target, Value index)
    {
        var type = target.IsNone ? "None" : $"{PythonTypes.Name(target)} object";
        return Value.UndefinedBecause(UndefinedInfo.ForElement(type, index), context.Settings.Undefined);
    }

    private static Value SliceText(RenderContext context, Value text, Value start, Value stop, long step)
    {
        var span = text.TextSpan;
        context.StepBytes(span.Length);
        var isAscii = System.Text.Ascii.IsValid(span);
        var (first, count) = Clip(isAscii ? span.Length : Utf8Text.Length(span), start, stop, step);
        if (count == 0) return text.Slice(0, 0);
        if (step == 1)
        {
            var from = isAscii ? (int)first : Utf8Text.OffsetOf(span, (int)first);
            return text.Slice(from, isAscii ? (int)count : Utf8Text.OffsetOf(span[from..], (int)count));
        }

        var builder = new TextBuilder(context, span.Length);
        var offsets = new List<int>();
        for (var at = 0; at < span.Length; at += Utf8Text.SizeAt(span[at..])) offsets.Add(at);
        context.Build(offsets.Count * 4L);
        for (var i = 0L; i < count; i++)
        {
            var at = offsets[(int)(first + (i * step))];
            builder.Append(span.Slice(at, Utf8Text.SizeAt(span[at..])));
        }

        var picked = builder.Finish();
        return text.IsSafe ? picked.AsSafe() : picked;
    }

    /// <summary>First position and number of positions of a slice.</summary>
    private static (long First, long Count) Clip(long length, Value start, Value stop, long step)
    {
        var (first, last) = Bounds(length, start, stop, step);
        var count = step > 0 ? (last - first + step - 1) / step : (last - first + step + 1) / step;
        return (first, Math.Max(0, count));
    }

    /// <summary>Start and stop of a slice, both within the sequence or just outside.</summary>
    private static (long First, long Last) Bounds(long length, Value start, Value stop, long step)
    {
        var low = step > 0 ? 0 : -1;
        var high = step > 0 ? length : length - 1;
        var first = IsLeftOut(start) ? (step > 0 ? low : high) : Clip(Bound(start, 0), length, low, high);
        var last = IsLeftOut(stop) ? (step > 0 ? high : low) : Clip(Bound(stop, 0), length, low, high);
        return (first, last);
    }

    private static long Clip(long bound, long length, long low, long high) => Math.Clamp(bound < 0 ? Math.Max(bound + length, low) : bound, low, Math.Max(low, high));

    private static bool IsLeftOut(Value bound) => bound.IsNone || bound.IsMissing;

    private static long Bound(Value bound, long otherwise)
    {
        if (IsLeftOut(bound)) return otherwise;
        if (PythonTypes.TryGetIndex(bound, out var number)) return Math.Clamp(number, -int.MaxValue, int.MaxValue);
        throw bound.WrongType("slice indices must be integers or None or have an __index__ method");
    }
}

/// <summary>An attribute in the form filters accept: a position, a key, or several joined by dots.</summary>
/// <param name="steps">The steps to follow; null for the value itself.</param>
/// <param name="otherwise">The replacement for an undefined step; missing if none.</param>
internal readonly struct AttributePath(Value[]? steps, Value otherwise)
{
    private static readonly SearchValues<byte> DotsAndDigits = SearchValues.Create(".0123456789"u8);

    /// <summary>Reads an attribute argument; the value itself if omitted or none.</summary>
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
        foreach (var step in steps ?? [])
        {
            value = Access.Item(context, value, step);
            if (value.IsUndefined && !otherwise.IsMissing) value = otherwise;
        }

        return value;
    }

    private static Value Step(string part) =>
        long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? Value.From(index) : Value.From(part);
}
