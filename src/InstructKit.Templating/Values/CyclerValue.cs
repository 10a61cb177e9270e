using InstructKit.Templating.Builtins;

namespace InstructKit.Templating.Values;

/// <summary>What <c>cycler()</c> makes.</summary>
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

    public override bool IsTrue => true;

    public override bool TryGetAttribute(string name, out Value value)
    {
        value = name switch
        {
            "current" => _items[_position],
            "next" => Value.From(new FunctionValue(new Builtin("next", [], (_, _, _) => Next()))),
            "reset" => Value.From(new FunctionValue(new Builtin("reset", [], (_, _, _) => Reset()))),
            _ => Value.Missing,
        };
        return !value.IsMissing;
    }

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
