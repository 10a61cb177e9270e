using InstructKit.Templating.Rendering;
using InstructKit.Templating.Values;

namespace InstructKit.Templating.Builtins;

/// <summary>Filters that pick: at random by the row's key, or by frequency.</summary>
internal static class ChoiceFilters
{
    public static IEnumerable<Builtin> All =>
    [
        new("random", [], (context, self, _) => Choose(context, self) ?? Soft.Absent(context, "No random item, sequence was empty.")) { IsPure = false },
        new("choice", [], (context, self, _) => Choose(context, self) ?? throw TemplateError.Index("Cannot choose from an empty sequence")) { IsPure = false },
        new("most_frequent", [], MaxFrequent),
    ];

    private static Value? Choose(RenderContext context, Value self)
    {
        if (self.IsUndefined) self.RequireLenient();
        if (self.Kind == ValueKind.Other && self.AsObject is RangeValue { Length: > 0 and <= int.MaxValue } range)
            return range.TryGetIndex(context.Draw((int)range.Length.Value), out var number) ? number : null;

        if (!self.IsUndefined && !self.IsText && !self.IsSequence) throw TemplateError.Type($"object of type '{Types.Name(self)}' has no len()");
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
