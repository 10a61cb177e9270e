namespace InstructKit.Templating.Execution;

/// <summary>A variable, wherever it is stored.</summary>
/// <param name="undefined">The result when the name has no value.</param>
internal abstract class NameNode(Value undefined) : ExpressionNode
{
    public override Value Evaluate(Frame frame)
    {
        var value = EvaluateRaw(frame);
        return value.IsMissing ? undefined : value;
    }

    /// <summary>The value, or <see cref="Value.Missing"/>.</summary>
    public abstract Value EvaluateRaw(Frame frame);
}

/// <summary>A variable of the running function.</summary>
internal sealed class LocalNode(int slot, Value undefined) : NameNode(undefined)
{
    public int Slot => slot;

    public override Value EvaluateRaw(Frame frame) => frame.Locals[slot];
}

/// <summary>A variable of a function around the running one.</summary>
internal sealed class OuterNode(int distance, int slot, Value undefined) : NameNode(undefined)
{
    public override Value EvaluateRaw(Frame frame) => frame.Outer(distance).Locals[slot];
}

/// <summary>The value of a column.</summary>
/// <param name="slot">Number of the column.</param>
/// <param name="otherwise">Meaning of the name when the row has no such column; missing if none.</param>
/// <param name="undefined">The result if there is none.</param>
internal sealed class SlotNode(int slot, Value otherwise, Value undefined) : NameNode(undefined)
{
    public int Slot => slot;

    public override Value EvaluateRaw(Frame frame)
    {
        var value = frame.Context.GetSlot(slot);
        return value.IsUndefined ? otherwise : value;
    }

    public override void Write(Frame frame, Utf8Output output)
    {
        var context = frame.Context;
        var cell = context.GetCell(slot);
        switch (context.Guard is null ? cell.Kind : CellKind.Missing)
        {
            case CellKind.Text when cell.IsVerbatim: output.AppendRaw(context.Buffer.AsSpan(cell.Offset, cell.Length)); break;
            case CellKind.Text: output.AppendText(context.Buffer.AsSpan(cell.Offset, cell.Length)); break;
            case CellKind.EscapedText when output.JsonEscaped: output.AppendRaw(context.Buffer.AsSpan(cell.Offset, cell.Length)); break;
            case CellKind.EscapedText: WriteUnescaped(context.Buffer.AsSpan(cell.Offset, cell.Length), output); break;
            default: PythonPrinter.AppendStr(Evaluate(frame), output); break;
        }
    }

    private static void WriteUnescaped(ReadOnlySpan<byte> escaped, Utf8Output output)
    {
        if (escaped.IndexOf((byte)'\\') < 0) output.AppendRaw(escaped);
        else output.Advance(JsonUnescaping.Unescape(escaped, output.Reserve(escaped.Length)));
    }
}

/// <summary>A name looked up in the variables of the render, then among the globals.</summary>
internal sealed class VariableNode(Value key, Value otherwise, Value undefined) : NameNode(undefined)
{
    public override Value EvaluateRaw(Frame frame)
    {
        var variables = frame.Context.Variables;
        if (variables.Kind != ValueKind.Mapping || !variables.AsMap.TryGet(key, out var value)) return otherwise;
        return frame.Context.Guard is { } guard ? guard(frame.Context, value) : value;
    }
}

/// <summary>A top-level variable as seen by a block: while it has no value, the row's value of that name.</summary>
internal sealed class BlockNameNode(NameNode outer, NameNode row, Value undefined) : NameNode(undefined)
{
    public override Value EvaluateRaw(Frame frame) => outer.EvaluateRaw(frame) is { IsMissing: false } value ? value : row.EvaluateRaw(frame);
}

/// <summary><c>self</c>.</summary>
internal sealed class SelfNode(int distance, IReadOnlyDictionary<string, BlockCode> blocks) : NameNode(Value.Missing)
{
    public override Value EvaluateRaw(Frame frame) => Value.From(new SelfValue(blocks, frame.Outer(distance)));
}
