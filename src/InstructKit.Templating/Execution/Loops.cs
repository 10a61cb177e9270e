namespace InstructKit.Templating.Execution;

/// <summary><c>for</c>.</summary>
/// <param name="items">The iterable.</param>
/// <param name="target">The target of each item.</param>
/// <param name="filter">The condition after <c>if</c> with its own target and scope.</param>
/// <param name="body">Rendered for each item.</param>
/// <param name="otherwise">Rendered if there were none.</param>
/// <param name="loopSlot">Slot of the <c>loop</c> variable, if the body uses it.</param>
/// <param name="recursion">The function of each level of a recursive loop; otherwise null.</param>
/// <param name="range">Source range of the items.</param>
internal sealed class ForNode(
    ExpressionNode items, TargetNode target, LoopFilter? filter, BlockNode body, BlockNode otherwise, int? loopSlot, FunctionLayout? recursion, SourceRange range) : RenderNode
{
    public override Flow Execute(Frame frame, Utf8Output output)
    {
        var values = items.Evaluate(frame);
        return recursion is null ? Run(frame, values, output, 0) : Recurse(frame, values, output, 0);
    }

    private Flow Recurse(Frame outer, Value values, Utf8Output output, int depth)
    {
        var frame = new Frame(outer.Context, recursion!.LocalCount, outer); // only called when set
        outer.Context.EnterCall();
        Run(frame, values, output, depth);
        outer.Context.LeaveCall();
        return Flow.Next;
    }

    private Value RecurseToText(Frame outer, Value values, int depth)
    {
        var output = outer.Context.BeginCapture();
        Recurse(outer, values, output, depth);
        return outer.Context.EndMarkup(output);
    }

    private Flow Run(Frame frame, Value values, Utf8Output output, int depth)
    {
        var context = frame.Context;
        RenderContext.RequireStack();
        context.Location = range.Packed;
        if (filter is not null) values = IteratorValue.Generator(filter.Apply(frame, values));
        var cursor = ValueCursor.Over(values);
        LoopState? loop = null;
        if (loopSlot is not null)
        {
            Func<Value, Value>? recurse = recursion is null ? null : inner => RecurseToText(frame.Parent!, inner, depth + 1); // recursive iterations have a parent
            loop = new LoopState(context, cursor, depth, recurse);
        }

        // As in Jinja2 an iteration that ends with break or continue does not count: without any other the else branch is rendered.
        var any = false;
        while (loop is null ? cursor.TryNext(out var item) : loop.TryNext(out item))
        {
            if (loop is not null) frame.Locals[loopSlot!.Value] = Value.From(loop); // created for the slot
            var flow = Turn(frame, item, output);
            if (flow == Flow.Break) break;
            any |= flow == Flow.Next;
        }

        return any ? Flow.Next : otherwise.Execute(frame, output);
    }

    private Flow Turn(Frame frame, Value item, Utf8Output output)
    {
        frame.Context.Step();
        output.CheckCeiling();
        body.Prepare(frame);
        target.Assign(frame, item);
        return body.ExecuteBody(frame, output);
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

    public override bool IsCallable => recurse is not null;

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

    public override Value GetAttribute(string name) => name switch
    {
        "index" => Value.From(_index + 1),
        "index0" => Value.From(_index),
        "first" => Value.From(_index == 0),
        "last" => Value.From(!Peek()),
        "length" => Value.From(Count()),
        "revindex" => Value.From(Count() - _index),
        "revindex0" => Value.From(Count() - _index - 1),
        "depth" => Value.From(depth + 1L),
        "depth0" => Value.From((long)depth),
        "previtem" => _previous.IsMissing ? Coercion.Absent(context, "there is no previous item") : _previous,
        "nextitem" => Peek() ? _next : Coercion.Absent(context, "there is no next item"),
        "cycle" => Value.From(new FunctionValue(new Builtin("cycle", null, Cycle))),
        "changed" => Value.From(new FunctionValue(new Builtin("changed", null, Changed))),
        _ => Value.Missing,
    };

    public override void AppendText(Utf8Output output, int depth) => output.AppendText(string.Create(CultureInfo.InvariantCulture, $"<LoopContext {_index + 1}/{Count()}>"));

    public override Value Call(RenderContext _, scoped Arguments arguments)
    {
        if (recurse is null) throw TemplateError.Type("The loop must have the 'recursive' marker to be called recursively.");
        if (arguments.Count != 1) throw TemplateError.Type("loop() takes one argument");
        return recurse(arguments.Values[0]);
    }

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
