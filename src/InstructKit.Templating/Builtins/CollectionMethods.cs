namespace InstructKit.Templating.Builtins;

/// <summary>Methods of lists and tuples.</summary>
internal static class ListMethods
{
    public static IEnumerable<Builtin> All =>
    [
        new("append", ["object"], Append) { Mutates = true },
        new("extend", ["iterable"], Extend) { Mutates = true },
        new("insert", ["index", "object"], Insert) { Mutates = true },
        new("pop", ["index?"], Pop) { Mutates = true },
        new("remove", ["value"], Remove) { Mutates = true },
        new("clear", [], Clear) { Mutates = true },
        new("reverse", [], Reverse) { Mutates = true },
        new("sort", ["key?", "reverse?"], Sort) { Mutates = true },
        new("copy", [], (context, self, _) => Value.From(ValueCursor.ToList(context, self))),
        .. ForTuples,
    ];

    public static IEnumerable<Builtin> ForTuples => [new("index", ["value", "start?", "stop?"], Index), new("count", ["value"], Count)];

    private static Value Clear(RenderContext context, Value self, scoped Arguments arguments)
    {
        self.AsList.Clear();
        return Value.None;
    }

    private static Value Append(RenderContext context, Value self, scoped Arguments arguments)
    {
        context.Build(24);
        self.AsList.Add(arguments[0]);
        return Value.None;
    }

    private static Value Extend(RenderContext context, Value self, scoped Arguments arguments)
    {
        self.AsList.AddRange(ValueCursor.ToList(context, arguments[0]).Span);
        return Value.None;
    }

    private static Value Insert(RenderContext context, Value self, scoped Arguments arguments)
    {
        context.Build(24);
        context.Step(self.AsList.Count >> 3);
        var index = PythonTypes.RequireInt(arguments[0]);
        self.AsList.Insert(Math.Clamp(index < 0 ? index + self.AsList.Count : index, 0, self.AsList.Count), arguments[1]);
        return Value.None;
    }

    private static Value Pop(RenderContext context, Value self, scoped Arguments arguments)
    {
        var items = self.AsList;
        if (items.Count == 0) throw TemplateError.Index("pop from empty list");
        var index = arguments.Int(0, -1);
        if (index < 0) index += items.Count;
        if ((uint)index >= (uint)items.Count) throw TemplateError.Index("pop index out of range");
        var item = items[index];
        context.Step((items.Count - index) >> 3);
        items.RemoveAt(index);
        return item;
    }

    private static Value Remove(RenderContext context, Value self, scoped Arguments arguments)
    {
        var at = Find(context, self.AsList, arguments[0], 0, self.AsList.Count);
        if (at < 0) throw TemplateError.Value("list.remove(x): x not in list");
        self.AsList.RemoveAt(at);
        return Value.None;
    }

    private static Value Reverse(RenderContext context, Value self, scoped Arguments arguments)
    {
        context.Step(self.AsList.Count >> 3);
        self.AsList.Span.Reverse();
        return Value.None;
    }

    private static Value Sort(RenderContext context, Value self, scoped Arguments arguments)
    {
        if (arguments.Has(0) && !arguments[0].IsNone) throw TemplateError.Type("sort() takes no key here; use the filter sort(attribute=...)");
        OrderFilters.SortByKeys(context, self.AsList.Span, self.AsList.Span.ToArray(), arguments.Flag(1));
        return Value.None;
    }

    private static Value Index(RenderContext context, Value self, scoped Arguments arguments)
    {
        var items = self.AsList;
        var start = Bound(arguments[1], 0, items.Count);
        var stop = Bound(arguments[2], items.Count, items.Count);
        var at = Find(context, items, arguments[0], start, stop);
        if (at >= 0) return Value.From((long)at);
        throw TemplateError.Value($"{PythonPrinter.Repr(context, arguments[0])} is not in list");
    }

    private static Value Count(RenderContext context, Value self, scoped Arguments arguments)
    {
        var count = 0L;
        context.Step(self.AsList.Count);
        foreach (var item in self.AsList.Span) count += Comparison.AreEqual(context, item, arguments[0]) ? 1 : 0;
        return Value.From(count);
    }

    private static int Find(RenderContext context, ValueList items, Value wanted, int start, int stop)
    {
        for (var i = start; i < Math.Min(stop, items.Count); i++)
        {
            context.Step();
            if (Comparison.AreEqual(context, items[i], wanted)) return i;
        }

        return -1;
    }

    private static int Bound(Value bound, int otherwise, int count)
    {
        if (bound.IsMissing) return otherwise;
        var index = PythonTypes.RequireInt(bound);
        return index < 0 ? Math.Max(0, index + count) : index;
    }
}

/// <summary>Methods of mappings.</summary>
internal static class MapMethods
{
    public static IEnumerable<Builtin> All =>
    [
        new("items", [], (_, self, _) => Value.From(new MapView(self.AsMap, MapView.Part.Items))),
        new("keys", [], (_, self, _) => Value.From(new MapView(self.AsMap, MapView.Part.Keys))),
        new("values", [], (_, self, _) => Value.From(new MapView(self.AsMap, MapView.Part.Values))),
        new("get", ["key", "default?"], Get),
        new("pop", ["key", "default?"], Pop) { Mutates = true },
        new("popitem", [], PopItem) { Mutates = true },
        new("setdefault", ["key", "default?"], SetDefault) { Mutates = true },
        new("update", null, Update) { Mutates = true },
        new("clear", [], Clear) { Mutates = true },
        new("copy", [], Copy),
        new("fromkeys", ["iterable", "value?"], FromKeys),
    ];

    private static Value Get(RenderContext context, Value self, scoped Arguments arguments)
    {
        Comparison.ChargeKey(context, arguments[0]);
        return self.AsMap.TryGet(arguments[0], out var value) ? value : arguments.Has(1) ? arguments[1] : Value.None;
    }

    private static Value Pop(RenderContext context, Value self, scoped Arguments arguments)
    {
        ChargeReindexing(context, self.AsMap);
        Comparison.ChargeKey(context, arguments[0]);
        if (self.AsMap.Remove(arguments[0], out var value)) return value;
        if (arguments.Has(1)) return arguments[1];
        throw TemplateError.Key($"the mapping has no key {PythonPrinter.Repr(context, arguments[0])}");
    }

    /// <summary>After removing a pair from a large mapping, the next look-up rehashes all keys.</summary>
    private static void ChargeReindexing(RenderContext context, ValueMap map)
    {
        for (var i = 0; i < map.Count; i++)
        {
            context.Step();
            Comparison.ChargeKey(context, map[i].Key);
        }
    }

    private static Value PopItem(RenderContext context, Value self, scoped Arguments arguments)
    {
        ChargeReindexing(context, self.AsMap);
        if (self.AsMap.Count == 0) throw TemplateError.Key("'popitem(): dictionary is empty'");
        var (key, value) = self.AsMap[self.AsMap.Count - 1];
        self.AsMap.Remove(key, out _);
        return Value.FromTuple(key, value);
    }

    private static Value SetDefault(RenderContext context, Value self, scoped Arguments arguments)
    {
        Comparison.ChargeKey(context, arguments[0]);
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
            Comparison.ChargeKey(context, key);
            map.Set(key, arguments.Has(1) ? arguments[1] : Value.None);
        }

        return Value.From(map);
    }
}
