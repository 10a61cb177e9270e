namespace InstructKit.Templating;

/// <summary>Prints a column: a copy of the cell's bytes wherever its form allows.</summary>
internal sealed class SlotOutputNode(int slot, Value otherwise) : RenderNode
{
    public override Flow Execute(Frame frame, Utf8Output output)
    {
        Write(frame.Context, slot, otherwise, output);
        return Flow.Next;
    }

    public static void Write(RenderContext context, int slot, Value otherwise, Utf8Output output)
    {
        var cell = context.GetCell(slot);
        switch (context.Guard is null ? cell.Kind : CellKind.Missing)
        {
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
                var value = context.GetSlot(slot);
                PythonPrinter.AppendStr(value.IsUndefined ? otherwise : value, output);
                break;
        }
    }

    private static void WriteUnescaped(ReadOnlySpan<byte> escaped, Utf8Output output)
    {
        if (escaped.IndexOf((byte)'\\') < 0) output.AppendRaw(escaped);
        else output.Advance(JsonText.Unescape(escaped, output.Reserve(escaped.Length)));
    }
}
