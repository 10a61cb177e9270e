using System.Collections.Frozen;
using InstructKit.Templating.Values;

namespace InstructKit.Templating.Builtins;

/// <summary>The names that every template knows, by dialect.</summary>
internal static class GlobalTable
{
    private static readonly FrozenDictionary<string, Value> Everywhere = Functions.All
        .Select(function => (function.Name, Value: Value.From(new FunctionValue(function))))
        .Append(("self", Value.From(new SelfValue())))
        .ToFrozenDictionary(pair => pair.Item1, pair => pair.Item2, StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, Value> Chat = ChatFunctions.All
        .ToFrozenDictionary(function => function.Name, function => Value.From(new FunctionValue(function)), StringComparer.Ordinal);

    public static bool Contains(string name, TemplateOptions options) => TryGet(name, options, out _);

    public static bool TryGet(string name, TemplateOptions options, out Value value)
    {
        value = default;
        if (options.Dialect == Dialect.Flan) return false;
        return Everywhere.TryGetValue(name, out value) || (options.Dialect == Dialect.Chat && Chat.TryGetValue(name, out value));
    }
}
