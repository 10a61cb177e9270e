using InstructKit.Templating.Settings;
using InstructKit.Templating.Values;

namespace InstructKit.Templating.Builtins;

/// <summary>The filters, tests and functions that every dialect with expressions has.</summary>
internal static class StandardLibrary
{
    public static IEnumerable<Builtin> Filters =>
        TextFilters.All.Concat(WebFilters.All).Concat(NumberFilters.All).Concat(SequenceFilters.All).Concat(SelectionFilters.All).Concat(OrderFilters.All).Concat(ChoiceFilters.All);

    public static Library Instance { get; } = Extend([], []);

    /// <summary>This library with more filters and functions; of two with one name the given one counts.</summary>
    public static Library Extend(IEnumerable<Builtin> filters, IEnumerable<Builtin> functions) => new(
        new BuiltinTable("filter", TemplateCodes.UnknownFilter, [.. Filters, .. filters]), new BuiltinTable("test", TemplateCodes.UnknownTest, ValueTests.All),
        Functions.All.Concat(functions).ToDictionary(function => function.Name, function => Value.From(new FunctionValue(function)), StringComparer.Ordinal));
}
