namespace InstructKit.Templating.Builtins;

/// <summary>Filters that compare items with each other.</summary>
internal static class OrderFilters
{
    private const int SmallSort = 16;

    public static IEnumerable<Builtin> All =>
    [
        new("sort", ["reverse?", "case_sensitive?", "attribute?"], Sort),
        new("unique", ["case_sensitive?", "attribute?"], Unique),
        new("min", ["case_sensitive?", "attribute?"], (context, self, arguments) => Extreme(context, self, arguments, "<", -1)),
        new("max", ["case_sensitive?", "attribute?"], (context, self, arguments) => Extreme(context, self, arguments, ">", 1)),
        new("dictsort", ["case_sensitive?", "by?", "reverse?"], DictSort),
        new("groupby", ["attribute", "default?", "case_sensitive?"], GroupBy),
    ];

    /// <summary>Stable sort by keys, also in reverse. With <paramref name="equalFirst"/> equal keys need not be orderable, like those inside
    /// lists: the filter's keys are lists, so several nones can be sorted.</summary>
    public static void SortByKeys(RenderContext context, Span<Value> items, Value[] keys, bool reverse, bool equalFirst = false)
    {
        if (items.Length <= SmallSort)
        {
            InsertionSort(context, items, keys, reverse, equalFirst);
            return;
        }

        var order = new int[items.Length];
        for (var i = 0; i < order.Length; i++) order[i] = i;
        context.Build(items.Length * 64L);
        MergeSort(context, order, keys, reverse, equalFirst);
        var sorted = new Value[items.Length];
        for (var i = 0; i < order.Length; i++) sorted[i] = items[order[i]];
        sorted.CopyTo(items);
    }

    private static void InsertionSort(RenderContext context, Span<Value> items, Value[] keys, bool reverse, bool equalFirst)
    {
        context.Step(items.Length);
        for (var i = 1; i < items.Length; i++)
        {
            var (item, key) = (items[i], keys[i]);
            var at = i;
            for (; at > 0 && IsBefore(context, key, keys[at - 1], reverse, equalFirst); at--)
            {
                items[at] = items[at - 1];
                keys[at] = keys[at - 1];
            }

            (items[at], keys[at]) = (item, key);
        }
    }

    /// <summary>Merges from small runs upwards; like Python's sort it only uses "less than".</summary>
    private static void MergeSort(RenderContext context, int[] order, Value[] keys, bool reverse, bool equalFirst)
    {
        var buffer = new int[order.Length];
        for (var width = 1; width < order.Length; width *= 2)
        {
            context.Step(order.Length);
            for (var start = 0; start < order.Length; start += 2 * width)
            {
                var middle = Math.Min(start + width, order.Length);
                var end = Math.Min(start + (2 * width), order.Length);
                var (left, right) = (start, middle);
                for (var at = start; at < end; at++)
                {
                    var takeRight = left >= middle || (right < end && IsBefore(context, keys[order[right]], keys[order[left]], reverse, equalFirst));
                    buffer[at] = takeRight ? order[right++] : order[left++];
                }
            }

            buffer.CopyTo(order, 0);
        }
    }

    private static bool IsBefore(RenderContext context, Value later, Value earlier, bool reverse, bool equalFirst)
    {
        if (equalFirst && later.Kind == earlier.Kind && later.Kind is not (ValueKind.Text or ValueKind.Integer or ValueKind.Float) && Comparison.AreEqual(context, later, earlier)) return false;
        var order = reverse ? Comparison.Compare(context, earlier, later, "<") : Comparison.Compare(context, later, earlier, "<");
        return order < 0 && (!Comparison.IsNumber(later) || !Comparison.IsNumber(earlier) || Comparison.IsOrdered(later, earlier));
    }

    private static Value Sort(RenderContext context, Value self, scoped Arguments arguments)
    {
        var items = ValueCursor.ToList(context, self);
        var paths = AttributePath.ReadMany(arguments[2]);
        var sensitive = arguments.IsTrue(1);
        var keys = new Value[items.Count];
        for (var i = 0; i < keys.Length; i++)
        {
            context.Step();
            keys[i] = paths.Length == 1 ? Key(context, paths[0].Of(context, items[i]), sensitive) : Keys(context, paths, items[i], sensitive);
        }

        SortByKeys(context, items.Span, keys, arguments.Flag(0), equalFirst: true);
        return Value.From(items);
    }

    private static Value Keys(RenderContext context, AttributePath[] paths, Value item, bool sensitive)
    {
        var keys = new ValueList(paths.Length);
        foreach (var path in paths) keys.Add(Key(context, path.Of(context, item), sensitive));
        return Value.From(keys);
    }

    private static Value Key(RenderContext context, Value value, bool sensitive) => sensitive ? value : Coercion.IgnoreCase(context, value);

    private static Value Unique(RenderContext context, Value self, scoped Arguments arguments)
    {
        var path = AttributePath.Read(arguments[1], Value.Missing);
        var sensitive = arguments.IsTrue(0);
        return IteratorValue.Generator(Unique(context, self, path, sensitive));
    }

    private static IEnumerable<Value> Unique(RenderContext context, Value self, AttributePath path, bool sensitive)
    {
        var seen = new HashSet<Value>(KeyComparer.Instance);
        var cursor = ValueCursor.Over(self);
        while (cursor.TryNext(out var item))
        {
            context.Build(48);
            context.Step();
            var key = Key(context, path.Of(context, item), sensitive);
            Comparison.ChargeKey(context, key);
            if (seen.Add(key)) yield return item;
        }
    }

    private static Value Extreme(RenderContext context, Value self, scoped Arguments arguments, string sign, int direction)
    {
        var path = AttributePath.Read(arguments[1], Value.Missing);
        var sensitive = arguments.IsTrue(0);
        var cursor = ValueCursor.Over(self);
        if (!cursor.TryNext(out var best)) return Coercion.Absent(context, "No aggregated item, sequence was empty.");
        var bestKey = Key(context, path.Of(context, best), sensitive);
        while (cursor.TryNext(out var item))
        {
            context.Step();
            var key = Key(context, path.Of(context, item), sensitive);
            if (Math.Sign(Comparison.Compare(context, key, bestKey, sign)) != direction || (Comparison.IsNumber(key) && !Comparison.IsOrdered(key, bestKey))) continue;
            (best, bestKey) = (item, key);
        }

        return best;
    }

    private static Value DictSort(RenderContext context, Value self, scoped Arguments arguments)
    {
        var by = arguments.Has(1) ? Coercion.Text(context, arguments[1]).ToString() : "key";
        if (by is not ("key" or "value")) throw TemplateError.Argument("You can only sort by either \"key\" or \"value\"");
        if (self.Kind != ValueKind.Mapping) throw self.WrongType($"dictsort needs a mapping, not {PythonTypes.Name(self)}");
        var pairs = ValueCursor.ToList(context, Value.From(new MapView(self.AsMap, MapView.Part.Items)));
        var keys = new Value[pairs.Count];
        for (var i = 0; i < keys.Length; i++) keys[i] = Key(context, pairs[i][by == "key" ? 0 : 1], arguments.IsTrue(0));
        SortByKeys(context, pairs.Span, keys, arguments.Flag(2));
        return Value.From(pairs);
    }

    private static Value GroupBy(RenderContext context, Value self, scoped Arguments arguments)
    {
        var path = AttributePath.Read(arguments[0], arguments.Has(1) && !arguments[1].IsNone ? arguments[1] : Value.Missing);
        var sensitive = arguments.IsTrue(2);
        var items = ValueCursor.ToList(context, self);
        var keys = new Value[items.Count];
        for (var i = 0; i < keys.Length; i++) keys[i] = Key(context, path.Of(context, items[i]), sensitive);
        SortByKeys(context, items.Span, keys, reverse: false);
        var groups = new ValueList();
        ValueList? members = null;
        Value last = default;
        foreach (var item in items)
        {
            var key = Key(context, path.Of(context, item), sensitive);
            if (members is null || !Comparison.AreEqual(context, key, last))
            {
                context.Build(96);
                members = new ValueList();
                groups.Add(Value.FromTuple(new GroupTuple(path.Of(context, item), members)));
                last = key;
            }

            members.Add(item);
        }

        return Value.From(groups);
    }
}
