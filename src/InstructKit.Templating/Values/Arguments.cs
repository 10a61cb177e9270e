namespace InstructKit.Templating.Values;

/// <summary>
/// What a call passes on. Before binding: positional values followed by the keyword values, whose names are apart. After binding to a
/// signature: one value per parameter, those left out being <see cref="Value.Missing"/>.
/// </summary>
internal readonly ref struct Arguments(ReadOnlySpan<Value> values, ReadOnlySpan<string> names)
{
    public ReadOnlySpan<Value> Values { get; } = values;

    public ReadOnlySpan<string> Names { get; } = names;

    public ReadOnlySpan<Value> Positional => Values[..^Names.Length];

    public ReadOnlySpan<Value> Keywords => Values[(Values.Length - Names.Length)..];

    public int Count => Values.Length;

    public Value this[int index] => index < Values.Length ? Values[index] : Value.Missing;

    public bool Has(int index) => index < Values.Length && !Values[index].IsMissing;

    /// <summary>Truth of an argument; false when it was left out.</summary>
    public bool IsTrue(int index, bool otherwise = false) => Has(index) ? Values[index].IsTrue : otherwise;

    /// <summary>A flag that Python wants as an integer, such as the <c>reverse</c> of a sort; false when it was left out.</summary>
    public bool Flag(int index) => Has(index) && Types.RequireInt(Values[index]) != 0;

    /// <summary>An integer argument.</summary>
    public int Int(int index, int otherwise) => Has(index) ? Types.RequireInt(Values[index]) : otherwise;

    public bool TryGetKeyword(string name, out Value value)
    {
        var at = Names.IndexOf(name);
        value = at >= 0 ? Keywords[at] : default;
        return at >= 0;
    }
}
