namespace InstructKit.Templating.Values;

/// <summary>Python's lazy <c>range</c>.</summary>
internal sealed class RangeValue(long start, long stop, long step) : ObjectValue
{
    private readonly long _count = Size(start, stop, step);

    public long Start => start;

    public long Step => step;

    public override string TypeName => "range";

    public override long? Length => _count;

    public override bool IsIterable => true;

    public override bool IsIndexable => true;

    public override bool TryNext(ref long state, out Value item)
    {
        if (state >= _count)
        {
            item = default;
            return false;
        }

        item = Value.From(start + (state++ * step));
        return true;
    }

    public override bool TryGetIndex(long index, out Value item)
    {
        if (index < 0) index += _count;
        var inside = index >= 0 && index < _count;
        item = inside ? Value.From(start + (index * step)) : default;
        return inside;
    }

    public override bool TryGetAttribute(string name, out Value value)
    {
        value = name switch
        {
            "start" => Value.From(start),
            "stop" => Value.From(stop),
            "step" => Value.From(step),
            "count" => Value.From(new FunctionValue(new Builtin("count", ["value"], (context, _, arguments) => Value.From(Find(context, arguments[0]) < 0 ? 0L : 1L)))),
            "index" => Value.From(new FunctionValue(new Builtin("index", ["value"], (context, _, arguments) =>
                Find(context, arguments[0]) is var at and >= 0 ? Value.From(at) : throw TemplateError.Value("the value is not in the range")))),
            _ => Value.Missing,
        };
        return !value.IsMissing;
    }

    private long Find(RenderContext context, Value wanted) => Comparison.Contains(context, Value.From(this), wanted) ? ((long)Arithmetic.ToDouble(wanted) - start) / step : -1;

    public bool Contains(long value)
    {
        if (_count == 0) return false;
        var distance = (Int128)value - start;
        return distance % step == 0 && distance / step >= 0 && distance / step < _count;
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

    public override bool IsTrue => true;

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
internal sealed class BytesValue(byte[] bytes) : ObjectValue
{
    public override string TypeName => "bytes";

    public override long? Length => bytes.Length;

    public override bool IsIterable => true;

    public override bool IsIndexable => true;

    public override bool TryNext(ref long state, out Value item)
    {
        var more = state < bytes.Length;
        item = more ? Value.From(bytes[state++]) : default;
        return more;
    }

    public override bool TryGetIndex(long index, out Value item)
    {
        if (index < 0) index += bytes.Length;
        var inside = index >= 0 && index < bytes.Length;
        item = inside ? Value.From(bytes[index]) : default;
        return inside;
    }

    public override void AppendText(Utf8Output output, int depth)
    {
        output.AppendText(bytes.Contains((byte)'\'') && !bytes.Contains((byte)'"') ? "b\""u8 : "b'"u8);
        var quote = bytes.Contains((byte)'\'') && !bytes.Contains((byte)'"') ? (byte)'"' : (byte)'\'';
        foreach (var value in bytes)
        {
            switch (value)
            {
                case (byte)'\\': output.AppendText("\\\\"u8); break;
                case (byte)'\t': output.AppendText("\\t"u8); break;
                case (byte)'\n': output.AppendText("\\n"u8); break;
                case (byte)'\r': output.AppendText("\\r"u8); break;
                case var plain when plain == quote: output.AppendText([(byte)'\\', plain]); break;
                case >= 32 and < 127: output.AppendText([value]); break;
                default: output.AppendText(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"\\x{value:x2}")); break;
            }
        }

        output.AppendText([quote]);
    }
}
