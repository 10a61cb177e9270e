using InstructKit.Templating.Values;

namespace InstructKit.Templating.Builtins;

/// <summary>Filters that look at whole sequences.</summary>
internal static class SequenceFilters
{
    public static IEnumerable<Builtin> All =>
    [
        new("join", ["d?", "attribute?"], Join),
        new("default", ["default_value?", "boolean?"], Default) { ReturnsInput = true },
        new("d", ["default_value?", "boolean?"], Default) { ReturnsInput = true },
        new("length", [], Length),
        new("count", [], Length),
        new("first", [], First),
        new("last", [], Last),
        new("list", [], (context, self, _) => Value.From(ValueCursor.ToList(context, self))),
        new("reverse", [], Reverse),
        new("items", [], Items),
        new("batch", ["linecount", "fill_with?"], Batch),
        new("slice", ["slices", "fill_with?"], Slice),
        new("attr", ["name"], Attribute),
    ];

    private static Value Join(RenderContext context, Value self, scoped Arguments arguments)
    {
        var path = AttributePath.Read(arguments[1], Value.Missing);
        var separator = arguments.Has(0) ? Coercion.Text(context, arguments[0]) : Value.EmptyText;
        var cursor = ValueCursor.Over(self);
        var output = context.BeginCapture();
        for (var first = true; cursor.TryNext(out var item); first = false)
        {
            context.Step();
            if (!first) output.AppendText(separator.TextSpan);
            PythonPrinter.AppendStr(path.Of(context, item), output);
            output.CheckCeiling();
        }

        return context.EndCapture(output);
    }

    private static Value Default(RenderContext context, Value self, scoped Arguments arguments)
    {
        var use = self.IsUndefined || (arguments.IsTrue(1) && !self.IsTrue);
        return !use ? self : arguments.Has(0) ? arguments[0] : Value.EmptyText;
    }

    private static Value Length(RenderContext context, Value self, scoped Arguments arguments)
    {
        switch (self.Kind)
        {
            case ValueKind.Undefined:
                self.RequireLenient();
                return Value.From(0);
            case ValueKind.Text or ValueKind.List or ValueKind.Tuple or ValueKind.Mapping:
                return Value.From((long)self.Count);
            case ValueKind.Other when self.AsObject.Length is { } length:
                return Value.From(length);
            default:
                throw TemplateError.Type($"object of type '{PythonTypes.Name(self)}' has no len()");
        }
    }

    private static Value First(RenderContext context, Value self, scoped Arguments arguments)
    {
        var cursor = ValueCursor.Over(self);
        return cursor.TryNext(out var item) ? item : Coercion.Absent(context, "No first item, sequence was empty.");
    }

    private static Value Last(RenderContext context, Value self, scoped Arguments arguments)
    {
        if (self.IsText && Access.TryCharacter(self, -1, out var character)) return character;
        if (self.Kind == ValueKind.Other && self.AsObject.TryGetIndex(-1, out var item)) return item;
        if (self.Kind == ValueKind.Other && self.AsObject is IteratorValue) throw TemplateError.Type("'generator' object is not reversible");
        var items = ValueCursor.View(context, self);
        return items.Count > 0 ? items[items.Count - 1] : Coercion.Absent(context, "No last item, sequence was empty.");
    }

    private static Value Reverse(RenderContext context, Value self, scoped Arguments arguments)
    {
        if (self.IsText) return Access.Slice(context, self, Value.None, Value.None, Value.From(-1));
        if (self.Kind == ValueKind.Other && self.AsObject is RangeValue range)
        {
            return Value.From(new RangeValue(range.Start + ((range.Length!.Value - 1) * range.Step), range.Start - range.Step, -range.Step)); // ranges have a length
        }

        var items = ValueCursor.ToList(context, self);
        items.Span.Reverse();
        if (self.Kind == ValueKind.Other && self.AsObject is IteratorValue) return Value.From(items);
        return Value.From(new IteratorValue("list_reverseiterator", items));
    }

    private static Value Items(RenderContext context, Value self, scoped Arguments arguments)
    {
        if (self.IsUndefined) return Value.From(new IteratorValue("generator", new ValueList(0)));
        if (self.Kind != ValueKind.Mapping) throw TemplateError.Type("Can only get item pairs from a mapping.");
        return Value.From(new IteratorValue("generator", ValueCursor.ToList(context, Value.From(new MapView(self.AsMap, MapView.Part.Items)))));
    }

    private static Value Batch(RenderContext context, Value self, scoped Arguments arguments)
    {
        var size = BatchSize(arguments[0]);
        var batches = new ValueList();
        var cursor = ValueCursor.Over(self);
        ValueList? batch = null;
        while (cursor.TryNext(out var item))
        {
            context.Build(24);
            batch ??= new ValueList();
            if (batch.Count == size)
            {
                batches.Add(Value.From(batch)); // an empty one first when the size is 0
                batch = new ValueList();
            }

            batch.Add(item);
        }

        if (arguments.Has(1) && !arguments[1].IsNone && batch is not null)
        {
            PythonTypes.RequireInt(arguments[0]);
            context.Build(Math.Max(0L, size - batch.Count) * 24);
            while (batch.Count < size) batch.Add(arguments[1]);
        }

        if (batch is not null) batches.Add(Value.From(batch));

        return Value.From(new IteratorValue("generator", batches));
    }

    // The size is only compared for equality: what is no number makes one batch.
    private static int BatchSize(Value size) => Comparison.IsNumber(size) && Arithmetic.ToDouble(size) is >= 0 and <= int.MaxValue and var number && number == Math.Floor(number) ? (int)number : -1;

    private static Value Slice(RenderContext context, Value self, scoped Arguments arguments)
    {
        var items = ValueCursor.ToList(context, self);
        var count = arguments.Int(0, 0);
        if (count == 0) throw TemplateError.ZeroDivision("integer division or modulo by zero");
        context.Build(Math.Max(0, count) * 48L);
        var slices = new ValueList();
        var (perSlice, withExtra) = (items.Count / count, items.Count % count);
        var offset = 0;
        for (var number = 0; number < count; number++)
        {
            var size = perSlice + (number < withExtra ? 1 : 0);
            var slice = new ValueList(items.Span.Slice(offset, size));
            offset += size;
            if (arguments.Has(1) && !arguments[1].IsNone && number >= withExtra) slice.Add(arguments[1]);
            slices.Add(Value.From(slice));
        }

        return Value.From(new IteratorValue("generator", slices));
    }

    private static Value Attribute(RenderContext context, Value self, scoped Arguments arguments)
    {
        if (self.IsUndefined) throw self.UndefinedError();
        if (!arguments[0].IsText) throw TemplateError.Type($"attribute name must be string, not '{PythonTypes.Name(arguments[0])}'");
        var name = arguments[0].ToString();
        return self.Kind == ValueKind.Mapping && MethodTable.Find(self.Kind, name) is null
            ? Access.MissingMember(context, self, name)
            : Access.Member(context, self, name, Value.From(name));
    }
}
