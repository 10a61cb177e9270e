using InstructKit.Templating.Values;

namespace InstructKit.Templating.Builtins;

/// <summary>Filters that apply a filter, a test or an attribute to every item.</summary>
internal static class SelectionFilters
{
    public static IEnumerable<Builtin> All =>
    [
        new("map", null, Map),
        new("select", null, (context, self, arguments) => Select(context, self, arguments, keep: true)),
        new("reject", null, (context, self, arguments) => Select(context, self, arguments, keep: false)),
        new("selectattr", null, (context, self, arguments) => SelectByAttribute(context, self, arguments, keep: true)),
        new("rejectattr", null, (context, self, arguments) => SelectByAttribute(context, self, arguments, keep: false)),
    ];

    private static Value Map(RenderContext context, Value self, scoped Arguments arguments)
    {
        self.RequireLenient();
        var result = new ValueList();
        if (!self.IsTrue) return Value.From(new IteratorValue("generator", result));
        if (arguments.Positional.IsEmpty && arguments.TryGetKeyword("attribute", out var attribute))
        {
            foreach (var name in arguments.Names)
            {
                if (name is not ("attribute" or "default")) throw TemplateError.Argument($"Unexpected keyword argument '{name}'");
            }

            var path = AttributePath.Read(attribute, arguments.TryGetKeyword("default", out var otherwise) ? otherwise : Value.Missing);
            var cursor = ValueCursor.Over(self);
            while (cursor.TryNext(out var item))
            {
                context.Build(24);
                context.Step();
                result.Add(path.Of(context, item));
            }

            return Value.From(new IteratorValue("generator", result));
        }

        if (arguments.Positional.IsEmpty) throw TemplateError.Argument("map requires a filter argument");
        var filter = context.Library.Filters.Require(Coercion.Text(context, arguments.Values[0]).TextSpan);
        var rest = new Arguments(arguments.Values[1..], arguments.Names);
        var items = ValueCursor.Over(self);
        while (items.TryNext(out var item))
        {
            context.Build(24);
            context.Step();
            result.Add(filter.Invoke(context, item, rest));
        }

        return Value.From(new IteratorValue("generator", result));
    }

    private static Value Select(RenderContext context, Value self, scoped Arguments arguments, bool keep) =>
        Filter(context, self, AttributePath.Read(Value.None, Value.Missing), arguments, keep);

    private static Value SelectByAttribute(RenderContext context, Value self, scoped Arguments arguments, bool keep)
    {
        self.RequireLenient();
        if (!self.IsTrue) return Value.From(new IteratorValue("generator", new ValueList()));
        if (arguments.Positional.IsEmpty) throw TemplateError.Argument("Missing parameter for attribute name");
        return Filter(context, self, AttributePath.Read(arguments.Values[0], Value.Missing), new Arguments(arguments.Values[1..], arguments.Names), keep);
    }

    private static Value Filter(RenderContext context, Value self, AttributePath path, scoped Arguments arguments, bool keep)
    {
        self.RequireLenient();
        var result = new ValueList();
        if (!self.IsTrue) return Value.From(new IteratorValue("generator", result));
        var test = arguments.Positional.IsEmpty ? null : context.Library.Tests.Require(Coercion.Text(context, arguments.Values[0]).TextSpan);
        var rest = test is null ? default : new Arguments(arguments.Values[1..], arguments.Names);
        var cursor = ValueCursor.Over(self);
        while (cursor.TryNext(out var item))
        {
            context.Build(24);
            context.Step();
            var subject = path.Of(context, item);
            if ((test is null ? subject : test.Invoke(context, subject, rest)).IsTrue == keep) result.Add(item);
        }

        return Value.From(new IteratorValue("generator", result));
    }
}

/// <summary>Filters that pick: at random by the row's key, or by frequency.</summary>
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
        if (self.IsUndefined) self.RequireLenient();
        if (self.Kind == ValueKind.Other && self.AsObject is RangeValue { Length: > 0 and <= int.MaxValue } range)
            return range.TryGetIndex(context.Draw((int)range.Length.Value), out var number) ? number : null;

        if (!self.IsUndefined && !self.IsText && !self.IsSequence) throw TemplateError.Type($"object of type '{PythonTypes.Name(self)}' has no len()");
        var items = ValueCursor.View(context, self);
        return items.Count == 0 ? null : items[context.Draw(items.Count)];
    }

    private static Value MaxFrequent(RenderContext context, Value self, scoped Arguments arguments)
    {
        if (!self.IsTrue) return Value.None;
        var counts = new Dictionary<Value, int>(KeyComparer.Instance);
        var items = ValueCursor.View(context, self);
        context.Build(items.Count * 64L);
        foreach (var item in items) counts[item] = counts.GetValueOrDefault(item) + 1;
        var most = counts.Count == 0 ? 0 : counts.Values.Max();
        var result = new ValueList();
        foreach (var item in items)
        {
            if (counts.TryGetValue(item, out var count) && count == most && counts.Remove(item)) result.Add(item);
        }

        return Value.From(result);
    }
}
