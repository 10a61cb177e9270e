using InstructKit.Templating.Values;

namespace InstructKit.Templating.Rendering;

/// <summary>A list or tuple literal: a new one each time.</summary>
internal sealed class SequenceNode(bool isTuple, ExpressionNode[] items) : ExpressionNode
{
    public override bool IsRowIndependent => items.All(item => item.IsRowIndependent);

    public override Value Evaluate(Frame frame)
    {
        frame.Context.Build(items.Length * 24L);
        var list = new ValueList(items.Length);
        foreach (var item in items) list.Add(item.Evaluate(frame));
        return isTuple ? Value.FromTuple(list) : Value.From(list);
    }
}
