using InstructKit.Templating.Values;

namespace InstructKit.Templating.Rendering;

/// <summary>The condition of <c>for … if</c>: it is applied before the loop begins, so that <c>loop</c> counts the kept items.</summary>
internal sealed class LoopFilter(TargetNode target, BlockNode scope, ExpressionNode test)
{
    public Value Apply(Frame frame, Value items)
    {
        var kept = new ValueList();
        var cursor = ValueCursor.Over(items);
        scope.Prepare(frame);
        while (cursor.TryNext(out var item))
        {
            frame.Context.Build(24);
            frame.Context.Step();
            target.Assign(frame, item);
            if (test.IsTrue(frame)) kept.Add(item);
        }

        return Value.From(kept);
    }
}
