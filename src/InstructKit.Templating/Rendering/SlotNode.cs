namespace InstructKit.Templating;

/// <summary>The value of a column.</summary>
internal sealed class SlotNode(int slot, Value otherwise) : ExpressionNode
{
    public int Slot => slot;

    /// <summary>What the name means when the row has no such column.</summary>
    public Value Otherwise => otherwise;

    public override Value Evaluate(Frame frame)
    {
        var value = frame.Context.GetSlot(slot);
        return value.IsUndefined ? otherwise : value;
    }

    public override void Write(Frame frame, Utf8Output output) => SlotOutputNode.Write(frame.Context, slot, otherwise, output);
}
