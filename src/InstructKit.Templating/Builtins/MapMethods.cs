using InstructKit.Templating.Rendering;
using InstructKit.Templating.Values;

namespace InstructKit.Templating.Builtins;

/// <summary>Methods of mappings.</summary>
internal static class MapMethods
{
    public static IEnumerable<Builtin> All =>
    [
        new("items", [], (_, self, _) => Value.From(new MapView(self.AsMap, MapView.Part.Items))),
        new("keys", [], (_, self, _) => Value.From(new MapView(self.AsMap, MapView.Part.Keys))),
        new("values", [], (_, self, _) => Value.From(new MapView(self.AsMap, MapView.Part.Values))),
        new("get", ["key", "default?"], (_, self, arguments) => self.AsMap.TryGet(arguments[0], out var value) ? value : arguments.Has(1) ? arguments[1] : Value.None),
        new("pop", ["key", "default?"], Pop),
        new("popitem", [], PopItem),
        new("setdefault", ["key", "default?"], SetDefault),
        new("update", null, Update),
        new("clear", [], Clear),
        new("copy", [], Copy),
        new("fromkeys", ["iterable", "value?"], FromKeys),
    ];

    private static Value Pop(RenderContext context, Value self, scoped Arguments arguments)
    {
        context.Step(self.AsMap.Count >> 3);
        if (self.AsMap.Remove(arguments[0], out var value)) return value;
        if (arguments.Has(1)) return arguments[1];
        var output = context.BeginCapture();
        PythonPrinter.AppendRepr(arguments[0], output, 0);
        throw TemplateError.Key($"the mapping has no key {context.EndCapture(output)}");
    }

    private static Value PopItem(RenderContext context, Value self, scoped Arguments arguments)
    {
        if (self.AsMap.Count == 0) throw TemplateError.Key("'popitem(): dictionary is empty'");
        var (key, value) = self.AsMap[self.AsMap.Count - 1];
        self.AsMap.Remove(key, out _);
        return Value.FromTuple(key, value);
    }

    private static Value SetDefault(RenderContext context, Value self, scoped Arguments arguments)
    {
        if (self.AsMap.TryGet(arguments[0], out var known)) return known;
        context.Build(48);
        var value = arguments.Has(1) ? arguments[1] : Value.None;
        self.AsMap.Set(arguments[0], value);
        return value;
    }

    private static Value Update(RenderContext context, Value self, scoped Arguments arguments)
    {
        Functions.Fill(context, self.AsMap, arguments, "update");
        return Value.None;
    }

    private static Value Clear(RenderContext context, Value self, scoped Arguments arguments)
    {
        self.AsMap.Clear();
        return Value.None;
    }

    private static Value Copy(RenderContext context, Value self, scoped Arguments arguments)
    {
        context.Build(self.AsMap.Count * 48L);
        return Value.From(new ValueMap(self.AsMap));
    }

    private static Value FromKeys(RenderContext context, Value self, scoped Arguments arguments)
    {
        var map = new ValueMap();
        var cursor = ValueCursor.Over(arguments[0]);
        while (cursor.TryNext(out var key))
        {
            context.Build(48);
            map.Set(key, arguments.Has(1) ? arguments[1] : Value.None);
        }

        return Value.From(map);
    }
}
