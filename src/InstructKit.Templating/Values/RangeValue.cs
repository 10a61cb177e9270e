namespace InstructKit.Templating;

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
