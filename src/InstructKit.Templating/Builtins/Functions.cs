namespace InstructKit.Templating.Builtins;

/// <summary>The functions of every dialect.</summary>
internal static class Functions
{
    private const int SandboxedRange = 100_000;

    public static IEnumerable<Builtin> All =>
    [
        new("range", null, Range),
        new("dict", null, (context, _, arguments) => Value.From(NewMap(context, arguments, "dict"))),
        new("namespace", null, (context, _, arguments) => Value.From(new NamespaceValue(NewMap(context, arguments, "namespace")))),
        new("zip", null, Zip),
        new("cycler", null, (_, _, arguments) => Value.From(new CyclerValue(new ValueList(arguments.Values)))),
        new("joiner", ["sep?"], (_, _, arguments) => Value.From(new JoinerValue(arguments.Has(0) ? arguments[0] : Value.From(", ")))),
    ];

    /// <summary>Adds the arguments of <c>dict()</c> and <c>update()</c>: a mapping or pairs, then keywords.</summary>
    public static void Fill(RenderContext context, ValueMap map, scoped Arguments arguments, string name)
    {
        var positional = arguments.Positional;
        if (positional.Length > 1) throw TemplateError.Type($"{name} expected at most 1 argument, got {positional.Length}");
        if (positional.Length == 1) FillFrom(context, map, positional[0]);
        for (var i = 0; i < arguments.Names.Length; i++) map.Set(Value.From(arguments.Names[i]), arguments.Keywords[i]);
    }

    private static void FillFrom(RenderContext context, ValueMap map, Value source)
    {
        if (source.Kind == ValueKind.Mapping)
        {
            context.Build(source.AsMap.Count * 48L);
            foreach (var (key, value) in source.AsMap)
            {
                Comparison.ChargeKey(context, key);
                map.Set(key, value);
            }

            return;
        }

        if (source.IsUndefined) throw source.UndefinedError();

        var cursor = ValueCursor.Over(source);
        while (cursor.TryNext(out var pair))
        {
            context.Build(48);
            var items = ValueCursor.View(context, pair);
            if (items.Count != 2) throw TemplateError.Value($"dictionary update sequence element has length {items.Count}; 2 is required");
            Comparison.ChargeKey(context, items[0]);
            map.Set(items[0], items[1]);
        }
    }

    private static ValueMap NewMap(RenderContext context, scoped Arguments arguments, string name)
    {
        var map = new ValueMap();
        Fill(context, map, arguments, name);
        return map;
    }

    private static Value Range(RenderContext context, Value self, scoped Arguments arguments)
    {
        if (arguments.Names.Length > 0) throw TemplateError.Type("range() takes no keyword arguments");
        var count = arguments.Count;
        if (count is 0 or > 3) throw TemplateError.Type($"range expected at {(count == 0 ? "least 1 argument" : "most 3 arguments")}, got {count}");
        var first = Bound(arguments[0]);
        var (start, stop) = count == 1 ? (0L, first) : (first, Bound(arguments[1]));
        var step = count == 3 ? Bound(arguments[2]) : 1;
        if (step == 0) throw TemplateError.Value("range() arg 3 must not be zero");
        var range = new RangeValue(start, stop, step);
        return context.Settings.Sandbox && range.Count > SandboxedRange
            ? throw TemplateError.Overflow($"Range too big. The sandbox blocks ranges larger than MAX_RANGE ({SandboxedRange}).")
            : Value.From(range);
    }

    private static long Bound(Value value)
    {
        const long Limit = long.MaxValue / 4;
        var number = PythonTypes.RequireIndex(value);
        return number is > -Limit and < Limit ? number : throw new TemplateError(TemplateCodes.Overflow, "the bound of the range is too large");
    }

    private static Value Zip(RenderContext context, Value self, scoped Arguments arguments)
    {
        if (arguments.Names.Length > 0) throw TemplateError.Type("zip() takes no keyword arguments");
        var cursors = new ValueCursor[arguments.Count];
        for (var i = 0; i < cursors.Length; i++) cursors[i] = ValueCursor.Over(arguments.Values[i]);
        return Value.From(new IteratorValue("zip", Zip(context, cursors)));
    }

    private static IEnumerable<Value> Zip(RenderContext context, ValueCursor[] cursors)
    {
        while (cursors.Length > 0)
        {
            context.Build(24L * (cursors.Length + 2));
            context.Step();
            var row = new ValueList(cursors.Length);
            for (var i = 0; i < cursors.Length; i++)
            {
                if (!cursors[i].TryNext(out var item)) yield break;
                row.Add(item);
            }

            yield return Value.FromTuple(row);
        }
    }
}
