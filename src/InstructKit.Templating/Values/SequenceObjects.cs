namespace InstructKit.Templating.Values;

/// <summary>An object whose items are accessible by position.</summary>
internal abstract class SequenceValue : ObjectValue
{
    public abstract long Count { get; }

    public sealed override long? Length => Count;

    public sealed override bool IsIterable => true;

    public sealed override bool TryNext(ref long state, out Value item)
    {
        var more = state < Count;
        item = more ? At(state++) : default;
        return more;
    }

    /// <summary>The item at a position, counted from the end when negative; missing outside.</summary>
    public Value ItemAt(long index)
    {
        if (index < 0) index += Count;
        return index >= 0 && index < Count ? At(index) : Value.Missing;
    }

    /// <summary>The item at a position that exists.</summary>
    protected abstract Value At(long index);
}

/// <summary>Python's lazy <c>range</c>.</summary>
internal sealed class RangeValue(long start, long stop, long step) : SequenceValue
{
    public long Start => start;

    public long Step => step;

    public override string TypeName => "range";

    public override long Count { get; } = Size(start, stop, step);

    public override Value GetAttribute(string name) => name switch
    {
        "start" => Value.From(start),
        "stop" => Value.From(stop),
        "step" => Value.From(step),
        "count" => Value.From(new FunctionValue(new Builtin("count", ["value"], (context, _, arguments) => Value.From(Find(context, arguments[0]) < 0 ? 0L : 1L)))),
        "index" => Value.From(new FunctionValue(new Builtin("index", ["value"], (context, _, arguments) =>
            Find(context, arguments[0]) is var at and >= 0 ? Value.From(at) : throw TemplateError.Value("the value is not in the range")))),
        _ => Value.Missing,
    };

    protected override Value At(long index) => Value.From(start + (index * step));

    private long Find(RenderContext context, Value wanted) => Comparison.Contains(context, Value.From(this), wanted) ? ((long)Arithmetic.ToDouble(wanted) - start) / step : -1;

    public bool Contains(long value)
    {
        var distance = (Int128)value - start;
        return distance % step == 0 && distance / step >= 0 && distance / step < Count;
    }

    public override void AppendText(Utf8Output output, int depth)
    {
        output.AppendText("range("u8);
        PythonPrinter.AppendInteger(start, output);
        output.AppendText(", "u8);
        PythonPrinter.AppendInteger(stop, output);
        if (step != 1)
        {
            output.AppendText(", "u8);
            PythonPrinter.AppendInteger(step, output);
        }

        output.AppendText(")"u8);
    }

    private static long Size(long start, long stop, long step)
    {
        var distance = (Int128)stop - start;
        var size = step > 0 ? (distance + step - 1) / step : (distance + step + 1) / step;
        return size <= 0 ? 0 : size > long.MaxValue ? long.MaxValue : (long)size;
    }
}

/// <summary>The keys, values or items of a mapping, a live view as in Python.</summary>
internal sealed class MapView(ValueMap map, MapView.Part part) : ObjectValue
{
    public enum Part
    {
        Keys,
        Values,
        Items,
    }

    public override string TypeName => part switch { Part.Keys => "dict_keys", Part.Values => "dict_values", _ => "dict_items" };

    public override long? Length => map.Count;

    public override bool IsIterable => true;

    public override bool TryNext(ref long state, out Value item)
    {
        // The upper half of the state is the size at the start of the iteration, plus one.
        if (state == 0) state = (map.Count + 1L) << 32;
        if (state >> 32 != map.Count + 1L) throw TemplateError.Value("dictionary changed size during iteration");
        if ((int)state >= map.Count)
        {
            item = default;
            return false;
        }

        var pair = map[(int)state++];
        item = part switch
        {
            Part.Keys => pair.Key,
            Part.Values => pair.Value,
            _ => Value.FromTuple(pair.Key, pair.Value),
        };
        return true;
    }

    public override void AppendText(Utf8Output output, int depth)
    {
        output.AppendText(TypeName);
        output.AppendText("(["u8);
        var state = 0L;
        for (var first = true; TryNext(ref state, out var item); first = false)
        {
            if (!first) output.AppendText(", "u8);
            PythonPrinter.AppendRepr(item, output, depth + 1);
        }

        output.AppendText("])"u8);
    }
}

/// <summary>A one-shot iterator, such as the result of <c>map</c>, <c>select</c> or <c>zip</c>; items are created on demand.</summary>
internal sealed class IteratorValue(string typeName, IEnumerable<Value> items) : ObjectValue
{
    private readonly IEnumerator<Value> _items = items.GetEnumerator();
    private bool _isRunning;

    public override string TypeName => typeName;

    public static Value Generator(IEnumerable<Value> items) => Value.From(new IteratorValue("generator", items));

    public override bool IsIterable => true;

    public override bool TryNext(ref long state, out Value item)
    {
        if (_isRunning) throw TemplateError.Value("generator already executing");
        _isRunning = true;
        try
        {
            var more = _items.MoveNext();
            item = more ? _items.Current : default;
            return more;
        }
        finally
        {
            _isRunning = false;
        }
    }
}

/// <summary>Result of <c>encode()</c>: bytes, which can only be printed and counted.</summary>
internal sealed class BytesValue(byte[] bytes) : SequenceValue
{
    public override string TypeName => "bytes";

    public override long Count => bytes.Length;

    public override void AppendText(Utf8Output output, int depth)
    {
        output.AppendText("b"u8);
        PythonPrinter.AppendQuoted(Encoding.UTF8.GetBytes(Encoding.Latin1.GetString(bytes)), output, asciiOnly: true);
    }

    protected override Value At(long index) => Value.From(bytes[index]);
}
