using InstructKit.Templating.Syntax;
using InstructKit.Templating.Values;

namespace InstructKit.Templating.Rendering;

/// <summary><c>target[index]</c>.</summary>
internal sealed class ItemNode(ExpressionNode target, ExpressionNode index, Place place) : ExpressionNode
{
    public override bool IsRowIndependent => target.IsRowIndependent && index.IsRowIndependent;

    public override Value Evaluate(Frame frame)
    {
        var value = target.Evaluate(frame);
        var key = index.Evaluate(frame);
        frame.Context.Place = place.Packed;
        return Access.Item(frame.Context, value, key);
    }
}
