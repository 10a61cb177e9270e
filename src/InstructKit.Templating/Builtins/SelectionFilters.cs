namespace InstructKit.Templating.Builtins;

/// <summary>Filters that apply a filter, a test or an attribute to every item.</summary>
internal static class SelectionFilters
{
    public static IEnumerable<Builtin> All =>
    [
        new("map", null, (context, self, arguments) => IteratorValue.Generator(Map(context, context.Location, self, arguments.Values.ToArray(), arguments.Names.ToArray()))),
        new("select", null, (context, self, arguments) => Select(context, self, arguments, byAttribute: false, keep: true)),
        new("reject", null, (context, self, arguments) => Select(context, self, arguments, byAttribute: false, keep: false)),
        new("selectattr", null, (context, self, arguments) => Select(context, self, arguments, byAttribute: true, keep: true)),
        new("rejectattr", null, (context, self, arguments) => Select(context, self, arguments, byAttribute: true, keep: false)),
    ];

    private static Value Select(RenderContext context, Value self, scoped Arguments arguments, bool byAttribute, bool keep) =>
        IteratorValue.Generator(Select(context, context.Location, self, arguments.Values.ToArray(), arguments.Names.ToArray(), byAttribute, keep));

    // As in Jinja2 nothing is evaluated, not even the arguments, before the first item is requested; errors are reported at the filter.
    private static IEnumerable<Value> Map(RenderContext context, long location, Value self, Value[] values, string[] names)
    {
        context.Location = location;
        if (!self.IsTrue) yield break;
        var apply = Mapping(context, values, names);
        var cursor = ValueCursor.Over(self);
        while (cursor.TryNext(out var item))
        {
            context.Location = location;
            context.Step();
            yield return apply(item);
        }
    }

    private static Func<Value, Value> Mapping(RenderContext context, Value[] values, string[] names)
    {
        var arguments = new Arguments(values, names);
        if (arguments.Positional.IsEmpty && arguments.TryGetKeyword("attribute", out var attribute))
        {
            foreach (var name in names)
            {
                if (name is not ("attribute" or "default")) throw TemplateError.Argument($"Unexpected keyword argument '{name}'");
            }

            var path = AttributePath.Read(attribute, arguments.TryGetKeyword("default", out var otherwise) ? otherwise : Value.Missing);
            return item => path.Of(context, item);
        }

        if (arguments.Positional.IsEmpty) throw TemplateError.Argument("map requires a filter argument");
        var filter = context.Library.Filters.Require(Coercion.Text(context, values[0]).TextSpan);
        return item => filter.Invoke(context, item, new Arguments(values.AsSpan(1), names));
    }

    private static IEnumerable<Value> Select(RenderContext context, long location, Value self, Value[] values, string[] names, bool byAttribute, bool keep)
    {
        context.Location = location;
        if (!self.IsTrue) yield break;
        var positional = values.Length - names.Length;
        if (byAttribute && positional == 0) throw TemplateError.Argument("Missing parameter for attribute name");
        var path = AttributePath.Read(byAttribute ? values[0] : Value.None, Value.Missing);
        var first = byAttribute ? 1 : 0;
        var test = positional == first ? null : context.Library.Tests.Require(Coercion.Text(context, values[first]).TextSpan);
        var cursor = ValueCursor.Over(self);
        while (cursor.TryNext(out var item))
        {
            context.Location = location;
            context.Step();
            var subject = path.Of(context, item);
            if ((test is null ? subject : test.Invoke(context, subject, new Arguments(values.AsSpan(first + 1), names))).IsTrue == keep) yield return item;
        }
    }
}

/// <summary>Filters that pick: at random, keyed by the row, or by frequency.</summary>
internal static class ChoiceFilters
{
    public static IEnumerable<Builtin> All =>
    [
        new("random", [], (context, self, _) => Choose(context, self) ?? Coercion.Absent(context, "No random item, sequence was empty.")) { IsPure = false },
        new("choice", [], (context, self, _) => Choose(context, self) ?? throw TemplateError.Index("Cannot choose from an empty sequence")) { IsPure = false },
        new("most_frequent", [], MaxFrequent),
    ];

    private static Value? Choose(RenderContext context, Value self)
    {
        self.RequireLenient();
        if (self.IsUndefined || (self.Kind == ValueKind.Mapping && self.Count == 0) || (self.Kind == ValueKind.Other && self.AsObject.Length == 0)) return null;
        if (self.Reference is RangeValue { Count: <= int.MaxValue } range) return range.ItemAt(context.Draw((int)range.Count));

        if (!self.IsText && !self.IsSequence) throw TemplateError.Type($"object of type '{PythonTypes.Name(self)}' has no len()");
        var items = ValueCursor.View(context, self);
        return items.Count == 0 ? null : items[context.Draw(items.Count)];
    }

    private static Value MaxFrequent(RenderContext context, Value self, scoped Arguments arguments)
    {
        if (!self.IsTrue) return Value.None;
        var counts = new Dictionary<Value, int>(KeyComparer.Instance);
        var items = ValueCursor.View(context, self);
        context.Build(items.Count * 64L);
        foreach (var item in items)
        {
            Comparison.ChargeKey(context, item);
            counts[item] = counts.GetValueOrDefault(item) + 1;
        }

        var most = counts.Count == 0 ? 0 : counts.Values.Max();
        var result = new ValueList();
        foreach (var item in items)
        {
            if (counts.TryGetValue(item, out var count) && count == most && counts.Remove(item)) result.Add(item);
        }

        return Value.From(result);
    }
}
