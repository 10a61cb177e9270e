namespace InstructKit.Templating.Execution;

/// <summary><c>for</c>.</summary>
internal sealed class ForNode : RenderNode
{
    public required ExpressionNode Items { get; init; }

    public required TargetNode Target { get; init; }

    public required BlockNode Body { get; init; }

    public required BlockNode Otherwise { get; init; }

    public required SourceRange Range { get; init; }

    /// <summary>Slot of the <c>loop</c> variable, if the body uses it.</summary>
    public int? LoopSlot { get; init; }

    /// <summary>The condition after <c>if</c> with its own target and scope.</summary>
    public LoopFilter? Filter { get; init; }

    /// <summary>Number of locals of each iteration's own function, for a recursive loop; otherwise null.</summary>
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
        return outer.Context.Autoescape ? text.AsSafe() : text;
    }

    private Flow Run(Frame frame, Value items, Utf8Output output, int depth)
    {
        var context = frame.Context;
        RenderContext.RequireStack();
        context.Location = Range.Packed;
        if (Filter is not null) items = Value.From(new IteratorValue("generator", Filter.Apply(frame, items)));
        var cursor = ValueCursor.Over(items);
        if (LoopSlot is { } slot)
        {
            Func<Value, Value>? recurse = Recursion is null ? null : inner => RecurseToText(frame.Parent!, inner, depth + 1); // recursive iterations have a parent
            return RunWithLoop(frame, new LoopState(context, cursor, depth, recurse), slot, output);
        }

        // As in Jinja2 an iteration that ends with break or continue does not count: without any other the else branch is rendered.
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

/// <summary>The condition of <c>for … if</c>: evaluated when the loop needs its next item, after the body of the previous iteration; <c>loop</c> counts the kept items.</summary>
internal sealed class LoopFilter(TargetNode target, BlockNode scope, ExpressionNode test)
{
    public IEnumerable<Value> Apply(Frame frame, Value items)
    {
        scope.Prepare(frame);
        var cursor = ValueCursor.Over(items);
        while (cursor.TryNext(out var item))
        {
            frame.Context.Step();
            target.Assign(frame, item);
            if (test.IsTrue(frame)) yield return target is TupleTarget ? target.Read(frame) : item; // Jinja2 passes on the unpacked value
        }
    }
}

/// <summary>The <c>loop</c> of a running loop.</summary>
internal sealed class LoopState(RenderContext context, ValueCursor cursor, int depth, Func<Value, Value>? recurse) : ObjectValue
{
    private ValueCursor _cursor = cursor;
    private Value _next;
    private bool _hasNext;
    private Value _current;
    private Value _previous = Value.Missing;
    private long _index = -1;
    private ValueList? _lastChanged;
    private long? _length;

    public override string TypeName => "LoopContext";

    public override bool IsTrue => true;

    public override bool IsCallable => recurse is not null;

    private bool IsLast => !Peek();

    public bool TryNext(out Value item)
    {
        var more = Peek();
        if (more)
        {
            if (_index >= 0) _previous = _current;
            _current = _next;
            _hasNext = false;
            _index++;
        }

        item = _current;
        return more;
    }

    public bool TryGetField(LoopField field, out Value value)
    {
        value = field switch
        {
            LoopField.Index => Value.From(_index + 1),
            LoopField.Index0 => Value.From(_index),
            LoopField.First => Value.From(_index == 0),
            LoopField.Last => Value.From(IsLast),
            LoopField.Length => Value.From(Count()),
            _ => default,
        };
        return field != LoopField.None;
    }

    public override bool TryGetAttribute(string name, out Value value)
    {
        value = name switch
        {
            "index" => Value.From(_index + 1),
            "index0" => Value.From(_index),
            "first" => Value.From(_index == 0),
            "last" => Value.From(IsLast),
            "length" => Value.From(Count()),
            "revindex" => Value.From(Count() - _index),
            "revindex0" => Value.From(Count() - _index - 1),
            "depth" => Value.From(depth + 1L),
            "depth0" => Value.From((long)depth),
            "previtem" => _previous.IsMissing ? Absent("there is no previous item") : _previous,
            "nextitem" => Peek() ? _next : Absent("there is no next item"),
            "cycle" => Value.From(new FunctionValue(new Builtin("cycle", null, Cycle))),
            "changed" => Value.From(new FunctionValue(new Builtin("changed", null, Changed))),
            _ => Value.Missing,
        };
        return !value.IsMissing;
    }

    public override void AppendText(Utf8Output output, int depth) => output.AppendText(string.Create(CultureInfo.InvariantCulture, $"<LoopContext {_index + 1}/{Count()}>"));

    public override Value Call(RenderContext _, scoped Arguments arguments)
    {
        if (recurse is null) throw TemplateError.Type("The loop must have the 'recursive' marker to be called recursively.");
        if (arguments.Count != 1) throw TemplateError.Type("loop() takes one argument");
        return recurse(arguments.Values[0]);
    }

    private Value Absent(string message) => Value.UndefinedBecause(UndefinedInfo.ForMessage(message), context.Settings.Undefined);

    private bool Peek()
    {
        if (!_hasNext) _hasNext = _cursor.TryNext(out _next);
        return _hasNext;
    }

    // As in Jinja2 the length is read once; an iterable without one is first consumed to the end.
    private long Count()
    {
        if (_length is { } known) return known;
        if (_cursor.Remaining < 0) _cursor = ValueCursor.Over(Value.From(_cursor.Rest(context)));
        _length = _cursor.Remaining + _index + 1 + (_hasNext ? 1 : 0);
        return _length.Value;
    }

    private Value Cycle(RenderContext _, Value self, scoped Arguments arguments) => arguments.Count == 0
        ? throw TemplateError.Type("no items for cycling given")
        : arguments.Values[(int)(_index % arguments.Count)];

    private Value Changed(RenderContext _, Value self, scoped Arguments arguments)
    {
        var now = new ValueList(arguments.Values);
        var changed = _lastChanged is null || !Comparison.AreEqual(context, Value.FromTuple(_lastChanged), Value.FromTuple(now));
        if (changed) _lastChanged = now;
        return Value.From(changed);
    }
}

/// <summary>The most frequently used attributes of a loop.</summary>
internal enum LoopField
{
    None,
    Index,
    Index0,
    First,
    Last,
    Length,
}
