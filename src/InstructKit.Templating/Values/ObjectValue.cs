namespace InstructKit.Templating.Values;

/// <summary>A value of a less common kind: a range, a view, an iterator, a namespace, a macro, a function.</summary>
internal abstract class ObjectValue
{
    /// <summary>Python's name of the type, for messages.</summary>
    public abstract string TypeName { get; }

    public bool IsTrue => Length is not 0;

    /// <summary>Number of items; null when it has no length.</summary>
    public virtual long? Length => null;

    public virtual bool IsIterable => false;

    public virtual bool IsCallable => false;

    /// <summary>The next item of an iteration whose state starts at 0.</summary>
    public virtual bool TryNext(ref long state, out Value item)
    {
        item = default;
        return false;
    }

    /// <summary>The value of an attribute; missing if there is none.</summary>
    public virtual Value GetAttribute(string name) => Value.Missing;

    public virtual Value Call(RenderContext context, scoped Arguments arguments) => throw TemplateError.Type($"'{TypeName}' object is not callable");

    /// <summary>Appends its text as in Python.</summary>
    public virtual void AppendText(Utf8Output output, int depth) =>
        throw TemplateError.Type($"a value of type '{TypeName}' has no text; call it or turn it into a list");
}

/// <summary>A function, or a method together with its object, not called yet.</summary>
/// <param name="self">The object of a method; undefined for a function.</param>
internal sealed class FunctionValue(Builtin function, Value self = default) : ObjectValue
{
    public override string TypeName => self.IsUndefined ? "function" : "builtin_function_or_method";

    public override bool IsCallable => true;

    public override Value Call(RenderContext context, scoped Arguments arguments) => function.Invoke(context, self, arguments);
}

/// <summary>Result of <c>namespace()</c>: the only object whose attributes a template can set.</summary>
internal sealed class NamespaceValue(ValueMap attributes) : ObjectValue
{
    public override string TypeName => "Namespace";

    public void Set(Value name, Value value) => attributes.Set(name, value);

    public override Value GetAttribute(string name) => attributes.TryGet(Value.From(name), out var value) ? value : Value.Missing;

    public override void AppendText(Utf8Output output, int depth)
    {
        output.AppendText("<Namespace "u8);
        PythonPrinter.AppendRepr(Value.From(attributes), output, depth + 1);
        output.AppendText(">"u8);
    }
}

/// <summary>Result of <c>cycler()</c>.</summary>
internal sealed class CyclerValue : ObjectValue
{
    private readonly ValueList _items;
    private int _position;

    public CyclerValue(ValueList items)
    {
        if (items.Count == 0) throw TemplateError.Type("at least one item has to be provided");
        _items = items;
    }

    public override string TypeName => "Cycler";

    public override Value GetAttribute(string name) => name switch
    {
        "current" => _items[_position],
        "next" => Value.From(new FunctionValue(new Builtin("next", [], (_, _, _) => Next()))),
        "reset" => Value.From(new FunctionValue(new Builtin("reset", [], (_, _, _) => Reset()))),
        _ => Value.Missing,
    };

    private Value Next()
    {
        var item = _items[_position];
        _position = (_position + 1) % _items.Count;
        return item;
    }

    private Value Reset()
    {
        _position = 0;
        return Value.None;
    }
}

/// <summary>Result of <c>joiner()</c>: empty at the first call, the separator afterwards.</summary>
internal sealed class JoinerValue(Value separator) : ObjectValue
{
    private bool _used;

    public override string TypeName => "Joiner";

    public override bool IsCallable => true;

    public override Value Call(RenderContext context, scoped Arguments arguments)
    {
        if (arguments.Count > 0) throw TemplateError.Type("a joiner takes no arguments");
        if (_used) return separator;
        _used = true;
        return Value.EmptyText;
    }
}
