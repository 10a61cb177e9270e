using InstructKit.Templating.Syntax;
using InstructKit.Templating.Values;
using InstructKit.Text;

namespace InstructKit.Templating.Rendering;

/// <summary><c>for</c>.</summary>
internal sealed class ForNode : RenderNode
{
    public required ExpressionNode Items { get; init; }

    public required TargetNode Target { get; init; }

    public required BlockNode Body { get; init; }

    public required BlockNode Otherwise { get; init; }

    public required Place Place { get; init; }

    /// <summary>Place of the <c>loop</c> variable, when the body mentions it.</summary>
    public int? LoopSlot { get; init; }

    /// <summary>The condition behind <c>if</c>, its own target, and what its scope begins with.</summary>
    public LoopFilter? Filter { get; init; }

    /// <summary>Number of locals of each turn's own function, for a recursive loop; otherwise null.</summary>
    public FunctionLayout? Recursion { get; init; }

    public override Flow Execute(Frame frame, Utf8Output output)
    {
        var items = Items.Evaluate(frame);
        return Recursion is null ? Run(frame, items, output, 0) : Recurse(frame, items, output, 0);
    }

    private Flow Recurse(Frame outer, Value items, Utf8Output output, int depth)
    {
        var frame = new Frame(outer.Context, Recursion!.LocalCount, outer); // only called when set
        outer.Context.EnterCall();
        Run(frame, items, output, depth);
        outer.Context.LeaveCall();
        return Flow.Next;
    }

    private Value RecurseToText(Frame outer, Value items, int depth)
    {
        var output = outer.Context.BeginCapture();
        Recurse(outer, items, output, depth);
        var text = outer.Context.EndCapture(output);
        return outer.Context.Settings.Autoescape ? text.AsSafe() : text;
    }

    private Flow Run(Frame frame, Value items, Utf8Output output, int depth)
    {
        var context = frame.Context;
        RenderContext.RequireStack();
        context.Place = Place.Packed;
        if (Filter is not null) items = Filter.Apply(frame, items);
        var cursor = ValueCursor.Over(items);
        if (LoopSlot is { } slot)
        {
            if (cursor.Remaining < 0) cursor = ValueCursor.Over(Value.From(ValueCursor.ToList(context, items)));
            Func<Value, Value>? recurse = Recursion is null ? null : inner => RecurseToText(frame.Parent!, inner, depth + 1); // a recursive turn has a parent
            return RunWithLoop(frame, new LoopState(cursor, depth, recurse), slot, output);
        }

        // As in Jinja2 a turn that ends with break or continue does not count: after nothing else, what stands behind else is rendered.
        var any = false;
        while (cursor.TryNext(out var item))
        {
            var flow = Turn(frame, item, output);
            if (flow == Flow.Break) break;
            any |= flow == Flow.Next;
        }

        return any ? Flow.Next : Otherwise.Execute(frame, output);
    }

    private Flow RunWithLoop(Frame frame, LoopState loop, int slot, Utf8Output output)
    {
        var any = false;
        var value = Value.From(loop);
        while (loop.TryNext(out var item))
        {
            frame.Locals[slot] = value;
            var flow = Turn(frame, item, output);
            if (flow == Flow.Break) break;
            any |= flow == Flow.Next;
        }

        return any ? Flow.Next : Otherwise.Execute(frame, output);
    }

    private Flow Turn(Frame frame, Value item, Utf8Output output)
    {
        frame.Context.Step();
        output.CheckCeiling();
        Body.Prepare(frame);
        Target.Assign(frame, item);
        return Body.ExecuteBody(frame, output);
    }
}
