using System.Collections.Frozen;

namespace InstructKit.Templating;

/// <summary>All filters by name.</summary>
internal static class FilterTable
{
    private static readonly FrozenDictionary<string, Builtin> ByName =
        TextFilters.All.Concat(WebFilters.All).Concat(NumberFilters.All).Concat(SequenceFilters.All).Concat(SelectionFilters.All).Concat(OrderFilters.All).Concat(ChoiceFilters.All)
            .ToFrozenDictionary(builtin => builtin.Name, StringComparer.Ordinal);

    public static IEnumerable<string> Names => ByName.Keys;

    public static Builtin? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>A filter named while the template runs, as by <c>map</c>.</summary>
    public static Builtin Require(string name) => Find(name) ?? throw new TemplateFault(
        InstructKit.Diagnostics.TemplateCodes.UnknownFilter, $"no filter named '{name}'", InstructKit.Diagnostics.NearestName.Hint(name, Names));
}
