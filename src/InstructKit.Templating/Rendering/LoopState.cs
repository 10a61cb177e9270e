using System.Globalization;
using InstructKit.Templating.Builtins;
using InstructKit.Templating.Values;
using InstructKit.Text;

namespace InstructKit.Templating.Rendering;

/// <summary>The <c>loop</c> of a running loop.</summary>
internal sealed class LoopState(ValueCursor cursor, int depth, Func<Value, Value>? recurse) : ObjectValue
{
    private ValueCursor _cursor = cursor;
    private Value _next;
    private bool _hasNext;
    private Value _current;
    private Value _previous = Value.Missing;
    private long _index = -1;
    private ValueList? _lastChanged;

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

    public override Value Call(RenderContext context, scoped Arguments arguments)
    {
        if (recurse is null) throw TemplateError.Type("The loop must have the 'recursive' marker to be called recursively.");
        if (arguments.Count != 1) throw TemplateError.Type("loop() takes one argument");
        return recurse(arguments.Values[0]);
    }

    private static Value Absent(string message) => Value.UndefinedBecause(UndefinedInfo.ForMessage(message), UndefinedPolicy.Lenient);

    private bool Peek()
    {
        if (!_hasNext) _hasNext = _cursor.TryNext(out _next);
        return _hasNext;
    }

    private long Count() => _cursor.Remaining + _index + 1 + (_hasNext ? 1 : 0);

    private Value Cycle(RenderContext context, Value self, scoped Arguments arguments) => arguments.Count == 0
        ? throw TemplateError.Type("no items for cycling given")
        : arguments.Values[(int)(_index % arguments.Count)];

    private Value Changed(RenderContext context, Value self, scoped Arguments arguments)
    {
        var now = new ValueList(arguments.Values);
        var changed = _lastChanged is null || !Comparison.AreEqual(Value.FromTuple(_lastChanged), Value.FromTuple(now));
        if (changed) _lastChanged = now;
        return Value.From(changed);
    }
}
