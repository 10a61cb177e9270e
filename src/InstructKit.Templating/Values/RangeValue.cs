using InstructKit.Templating.Builtins;
using InstructKit.Templating.Rendering;
using InstructKit.Text;

namespace InstructKit.Templating.Values;

/// <summary>Python's lazy <c>range</c>.</summary>
internal sealed class RangeValue(long start, long stop, long step) : ObjectValue
{
    private readonly long _count = Size(start, stop, step);

    public long Start => start;

    public long Stop => stop;

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
