using System.Buffers;
using System.Collections.Frozen;
using InstructKit.Templating.Values;

namespace InstructKit.Templating.Builtins;

/// <summary>All tests by name.</summary>
internal static class TestTable
{
    private const int LongestName = 32;

    private static readonly FrozenDictionary<string, Builtin> ByName = ValueTests.All.ToFrozenDictionary(builtin => builtin.Name, StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, Builtin>.AlternateLookup<ReadOnlySpan<char>> BySpan = ByName.GetAlternateLookup<ReadOnlySpan<char>>();

    public static IEnumerable<string> Names => ByName.Keys;

    public static Builtin? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>A test named while the template runs, as by <c>select</c>.</summary>
    public static Builtin Require(ReadOnlySpan<byte> name)
    {
        Span<char> units = stackalloc char[LongestName];
        return System.Text.Ascii.ToUtf16(name, units, out var count) == OperationStatus.Done && BySpan.TryGetValue(units[..count], out var found)
            ? found
            : throw Unknown(System.Text.Encoding.UTF8.GetString(name));
    }

    private static TemplateError Unknown(string name) => new TemplateError(
        InstructKit.Templating.TemplateCodes.UnknownTest, $"no test named '{name}'", InstructKit.Diagnostics.NearestName.Hint(name, Names));
}
