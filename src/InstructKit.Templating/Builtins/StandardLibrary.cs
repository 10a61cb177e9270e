namespace InstructKit.Templating.Builtins;

/// <summary>The filters, tests and functions of every dialect with expressions.</summary>
internal static class StandardLibrary
{
    public static IEnumerable<Builtin> Filters =>
        TextFilters.All.Concat(WebFilters.All).Concat(NumberFilters.All).Concat(SequenceFilters.All).Concat(SelectionFilters.All).Concat(OrderFilters.All).Concat(ChoiceFilters.All);

    public static Library Instance { get; } = Extend([], []);

    /// <summary>This library with more filters and functions; a given one replaces one of the same name.</summary>
    public static Library Extend(IEnumerable<Builtin> filters, IEnumerable<Builtin> functions) => new(
        new BuiltinTable("filter", TemplateCodes.UnknownFilter, [.. Filters, .. filters]), new BuiltinTable("test", TemplateCodes.UnknownTest, ValueTests.All),
        Functions.All.Concat(functions).ToDictionary(function => function.Name, function => Value.From(new FunctionValue(function)), StringComparer.Ordinal));
}
