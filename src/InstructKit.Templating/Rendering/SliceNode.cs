using InstructKit.Templating.Syntax;
using InstructKit.Templating.Values;

namespace InstructKit.Templating.Rendering;

/// <summary><c>target[start:stop:step]</c>.</summary>
internal sealed class SliceNode(ExpressionNode target, ExpressionNode? start, ExpressionNode? stop, ExpressionNode? step, Place place) : ExpressionNode
{
    public override bool IsRowIndependent =>
        target.IsRowIndependent && start is null or { IsRowIndependent: true } && stop is null or { IsRowIndependent: true } && step is null or { IsRowIndependent: true };

    public override Value Evaluate(Frame frame)
    {
        var value = target.Evaluate(frame);
        var from = start?.Evaluate(frame) ?? Value.None;
        var to = stop?.Evaluate(frame) ?? Value.None;
        var by = step?.Evaluate(frame) ?? Value.None;
        frame.Context.Place = place.Packed;
        return Access.Slice(frame.Context, value, from, to, by);
    }
}
