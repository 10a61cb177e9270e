namespace InstructKit.Templating.Values;

/// <summary>Python's equality and a hash that agrees with it. Hashes only find keys; they never decide an order.</summary>
internal sealed class KeyComparer : IEqualityComparer<Value>
{
    public static readonly KeyComparer Instance = new();

    public bool Equals(Value x, Value y) => Comparison.AreSameKey(x, y);

    public int GetHashCode(Value obj) => Comparison.Hash(obj);
}
