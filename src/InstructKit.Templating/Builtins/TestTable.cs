using System.Collections.Frozen;

namespace InstructKit.Templating;

/// <summary>All tests by name.</summary>
internal static class TestTable
{
    private static readonly FrozenDictionary<string, Builtin> ByName = ValueTests.All.ToFrozenDictionary(builtin => builtin.Name, StringComparer.Ordinal);

    public static IEnumerable<string> Names => ByName.Keys;

    public static Builtin? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>A test named while the template runs, as by <c>select</c>.</summary>
    public static Builtin Require(string name) => Find(name) ?? throw new TemplateFault(
        InstructKit.Diagnostics.TemplateCodes.UnknownTest, $"no test named '{name}'", InstructKit.Diagnostics.NearestName.Hint(name, Names));
}
