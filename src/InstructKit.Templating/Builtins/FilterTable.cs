using System.Buffers;
using System.Collections.Frozen;
using InstructKit.Templating.Values;

namespace InstructKit.Templating.Builtins;

/// <summary>All filters by name.</summary>
internal static class FilterTable
{
    private const int LongestName = 32;

    private static readonly FrozenDictionary<string, Builtin> ByName =
        TextFilters.All.Concat(WebFilters.All).Concat(NumberFilters.All).Concat(SequenceFilters.All).Concat(SelectionFilters.All).Concat(OrderFilters.All).Concat(ChoiceFilters.All)
            .ToFrozenDictionary(builtin => builtin.Name, StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, Builtin>.AlternateLookup<ReadOnlySpan<char>> BySpan = ByName.GetAlternateLookup<ReadOnlySpan<char>>();

    public static IEnumerable<string> Names => ByName.Keys;

    public static Builtin? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>The filter that a dialect has under this name.</summary>
    public static Builtin? Find(string name, Dialect dialect) => InDialect(Find(name), dialect);

    /// <summary>A filter named while the template runs, as by <c>map</c>.</summary>
    public static Builtin Require(ReadOnlySpan<byte> name, Dialect dialect)
    {
        Span<char> units = stackalloc char[LongestName];
        return System.Text.Ascii.ToUtf16(name, units, out var count) == OperationStatus.Done && BySpan.TryGetValue(units[..count], out var found)
            ? InDialect(found, dialect)!
            : throw Unknown(System.Text.Encoding.UTF8.GetString(name));
    }

    private static Builtin? InDialect(Builtin? found, Dialect dialect) => dialect == Dialect.Chat && found == JsonFilter.Plain ? JsonFilter.Chat : found;

    private static TemplateError Unknown(string name) => new TemplateError(
        InstructKit.Templating.TemplateCodes.UnknownFilter, $"no filter named '{name}'", InstructKit.Diagnostics.NearestName.Hint(name, Names));
}
