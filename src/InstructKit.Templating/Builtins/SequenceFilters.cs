namespace InstructKit.Templating.Builtins;

/// <summary>Filters that look at whole sequences.</summary>
internal static class SequenceFilters
{
    public static IEnumerable<Builtin> All =>
    [
        new("join", ["d?", "attribute?"], Join),
        new("default", ["default_value?", "boolean?"], Default) { ReturnsInput = true, IsConstantTime = true },
        new("d", ["default_value?", "boolean?"], Default) { ReturnsInput = true, IsConstantTime = true },
        new("length", [], Length),
        new("count", [], Length),
        new("first", [], First),
        new("last", [], Last),
        new("list", [], (context, self, _) => Value.From(ValueCursor.ToList(context, self))),
        new("reverse", [], Reverse),
        new("items", [], (_, self, _) => Generator(Items(self))),
        new("batch", ["linecount", "fill_with?"], (context, self, arguments) => Generator(Batch(context, self, arguments[0], arguments[1]))),
        new("slice", ["slices", "fill_with?"], (context, self, arguments) => Generator(Slice(context, self, arguments[0], arguments[1]))),
        new("attr", ["name"], Attribute),
    ];

    private static Value Generator(IEnumerable<Value> items) => Value.From(new IteratorValue("generator", items));

    private static Value Join(RenderContext context, Value self, scoped Arguments arguments)
    {
        var path = AttributePath.Read(arguments[1], Value.Missing);
        var cursor = ValueCursor.Over(self);
        if (context.Autoescape)
        {
            var texts = new ValueList();
            while (cursor.TryNext(out var part)) texts.Add(Coercion.Text(context, path.Of(context, part)));
            return HtmlText.Join(context, texts.Span, arguments.Has(0) ? Coercion.Text(context, arguments[0]) : Value.EmptyText);
        }

        var separator = arguments.Has(0) ? Coercion.Text(context, arguments[0]) : Value.EmptyText;
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
        self.RequireLenient();
        if (self.IsUndefined) return Value.From(0);
        return Value.From(PythonTypes.Length(self) ?? throw TemplateError.Type($"object of type '{PythonTypes.Name(self)}' has no len()"));
    }

    private static Value First(RenderContext context, Value self, scoped Arguments arguments)
    {
        var cursor = ValueCursor.Over(self);
        return cursor.TryNext(out var item) ? item : Coercion.Absent(context, "No first item, sequence was empty.");
    }

    private static Value Last(RenderContext context, Value self, scoped Arguments arguments)
    {
        if (self.IsText && Access.TryCharacter(context, self, -1, out var character)) return character;
        if (self.Reference is SequenceValue { Count: > 0 } sequence) return sequence.ItemAt(-1);
        if (self.Reference is IteratorValue) throw TemplateError.Type("'generator' object is not reversible");
        var items = ValueCursor.View(context, self);
        return items.Count > 0 ? items[items.Count - 1] : Coercion.Absent(context, "No last item, sequence was empty.");
    }

    private static Value Reverse(RenderContext context, Value self, scoped Arguments arguments)
    {
        if (self.IsText) return Access.Slice(context, self, Value.None, Value.None, Value.From(-1));
        if (self.Reference is RangeValue range) return Value.From(new RangeValue(range.Start + ((range.Count - 1) * range.Step), range.Start - range.Step, -range.Step));

        var items = ValueCursor.ToList(context, self);
        items.Span.Reverse();
        if (self.Reference is IteratorValue) return Value.From(items);
        return Value.From(new IteratorValue("list_reverseiterator", items));
    }

    private static IEnumerable<Value> Items(Value self)
    {
        if (self.IsUndefined) yield break;
        if (self.Kind != ValueKind.Mapping) throw TemplateError.Type("Can only get item pairs from a mapping.");
        var cursor = ValueCursor.Over(Value.From(new MapView(self.AsMap, MapView.Part.Items)));
        while (cursor.TryNext(out var pair)) yield return pair;
    }

    private static IEnumerable<Value> Batch(RenderContext context, Value self, Value size, Value fill)
    {
        var cursor = ValueCursor.Over(self);
        var batch = new ValueList();
        while (cursor.TryNext(out var item))
        {
            context.Build(24);
            if (Comparison.AreEqual(context, Value.From((long)batch.Count), size))
            {
                yield return Value.From(batch);
                batch = new ValueList();
            }

            batch.Add(item);
        }

        if (batch.Count == 0) yield break;
        if (!fill.IsMissing && !fill.IsNone && Comparison.Holds(context, ComparisonSign.Less, Value.From((long)batch.Count), size))
        {
            var wanted = PythonTypes.RequireInt(size);
            context.Build((wanted - batch.Count) * 24L);
            while (batch.Count < wanted) batch.Add(fill);
        }

        yield return Value.From(batch);
    }

    private static IEnumerable<Value> Slice(RenderContext context, Value self, Value slices, Value fill)
    {
        var items = ValueCursor.ToList(context, self);
        var count = PythonTypes.RequireInt(slices);
        if (count == 0) throw TemplateError.ZeroDivision("integer division or modulo by zero");
        var (perSlice, withExtra) = (items.Count / count, items.Count % count);
        var offset = 0;
        for (var number = 0; number < count; number++)
        {
            context.Build(48);
            var size = perSlice + (number < withExtra ? 1 : 0);
            var slice = new ValueList(items.Span.Slice(offset, size));
            offset += size;
            if (!fill.IsMissing && !fill.IsNone && number >= withExtra) slice.Add(fill);
            yield return Value.From(slice);
        }
    }

    private static Value Attribute(RenderContext context, Value self, scoped Arguments arguments)
    {
        if (self.IsUndefined) return self.Policy == UndefinedPolicy.Chainable ? self : throw self.UndefinedError();
        if (!arguments[0].IsText) throw TemplateError.Type($"attribute name must be string, not '{PythonTypes.Name(arguments[0])}'");
        var name = arguments[0].ToString();
        return self.Kind == ValueKind.Mapping && MethodTable.Find(self.Kind, name) is null
            ? Access.MissingMember(context, self, name)
            : Access.Member(context, self, name, Value.From(name));
    }
}
