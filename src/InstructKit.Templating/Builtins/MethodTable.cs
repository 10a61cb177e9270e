using System.Collections.Frozen;

namespace InstructKit.Templating.Builtins;

/// <summary>The methods of texts, lists, tuples, mappings and numbers.</summary>
internal static class MethodTable
{
    private static readonly FrozenSet<string> WithKeywords =
        FrozenSet.Create(StringComparer.Ordinal, "split", "rsplit", "splitlines", "expandtabs", "encode", "format", "sort", "update");

    private static readonly FrozenDictionary<string, Methods> ByName = Collect();

    public static bool IsMethodName(string name) => ByName.ContainsKey(name);

    /// <summary>The methods with this name, one for each kind of value that has it; null when there are none.</summary>
    public static Methods? ForName(string name) => ByName.GetValueOrDefault(name);

    public static Builtin? Find(ValueKind kind, string name) => ByName.TryGetValue(name, out var methods) ? methods.For(kind) : null;

    private static FrozenDictionary<string, Methods> Collect()
    {
        Dictionary<string, Methods> methods = new(StringComparer.Ordinal);
        void Add(ValueKind kind, IEnumerable<Builtin> all)
        {
            foreach (var method in all)
            {
                if (!methods.TryGetValue(method.Name, out var known)) methods[method.Name] = known = new Methods();
                known.Set(kind, method);
                if (!WithKeywords.Contains(method.Name)) method.PositionalOnlyOf = PythonTypes.Name(kind);
            }
        }

        Add(ValueKind.Text, TextMethods.All);
        Add(ValueKind.Text, TextSearchMethods.All);
        Add(ValueKind.List, ListMethods.All);
        Add(ValueKind.Tuple, ListMethods.ForTuples);
        Add(ValueKind.Mapping, MapMethods.All);
        Add(ValueKind.Integer, NumberMethods.ForIntegers);
        Add(ValueKind.Boolean, NumberMethods.ForIntegers);
        Add(ValueKind.Float, NumberMethods.ForFloats);
        return methods.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>Methods with the same name, by kind of value.</summary>
    internal sealed class Methods
    {
        private readonly Builtin?[] _byKind = new Builtin?[(int)ValueKind.Other + 1];

        public Builtin? For(ValueKind kind) => _byKind[(int)kind];

        public void Set(ValueKind kind, Builtin method) => _byKind[(int)kind] = method;
    }
}
