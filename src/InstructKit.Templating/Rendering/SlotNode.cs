using InstructKit.Cells;
using InstructKit.Templating.Values;
using InstructKit.Text;

namespace InstructKit.Templating.Rendering;

/// <summary>The value of a column.</summary>
/// <param name="slot">Number of the column.</param>
/// <param name="otherwise">What the name means when the row has no such column; missing when nothing.</param>
/// <param name="undefined">What it gives then.</param>
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
            case CellKind.Text when cell.IsVerbatim:
                output.AppendRaw(context.Buffer.AsSpan(cell.Offset, cell.Length));
                break;
            case CellKind.Text:
                output.AppendText(context.Buffer.AsSpan(cell.Offset, cell.Length));
                break;
            case CellKind.EscapedText when output.JsonEscaped:
                output.AppendRaw(context.Buffer.AsSpan(cell.Offset, cell.Length));
                break;
            case CellKind.EscapedText:
                WriteUnescaped(context.Buffer.AsSpan(cell.Offset, cell.Length), output);
                break;
            default:
                PythonPrinter.AppendStr(Evaluate(frame), output);
                break;
        }
    }

    private static void WriteUnescaped(ReadOnlySpan<byte> escaped, Utf8Output output)
    {
        if (escaped.IndexOf((byte)'\\') < 0) output.AppendRaw(escaped);
        else output.Advance(JsonUnescaping.Unescape(escaped, output.Reserve(escaped.Length)));
    }
}
