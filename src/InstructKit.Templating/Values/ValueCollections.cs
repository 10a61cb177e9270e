using System.Collections;
using System.Runtime.InteropServices;

namespace InstructKit.Templating.Values;

/// <summary>The items of a list or a tuple; shared by every value that refers to it, as in Python.</summary>
internal class ValueList : List<Value>
{
    public ValueList()
    {
    }

    public ValueList(int capacity)
        : base(capacity)
    {
    }

    public ValueList(IEnumerable<Value> items)
        : base(items)
    {
    }

    public ValueList(ReadOnlySpan<Value> items)
        : base(items.Length) => this.AddRange(items);

    /// <summary>True when it belongs to the row, which templates can change only if the options allow it.</summary>
    public bool IsOfRow { get; init; }

    /// <summary>The items in place; valid until one is added.</summary>
    public Span<Value> Span => CollectionsMarshal.AsSpan(this);
}

/// <summary>A mapping in insertion order with Python's key equality (1, 1.0 and True are one key).</summary>
internal sealed class ValueMap : IReadOnlyCollection<KeyValuePair<Value, Value>>
{
    private const int IndexFrom = 9;

    private KeyValuePair<Value, Value>[] _pairs = [];
    private Dictionary<Value, int>? _index;

    public ValueMap()
    {
    }

    public ValueMap(ValueMap other)
    {
        _pairs = other._pairs[..other.Count];
        Count = other.Count;
    }

    public int Count { get; private set; }

    /// <summary>True when it belongs to the row, which templates can change only if the options allow it.</summary>
    public bool IsOfRow { get; init; }

    public KeyValuePair<Value, Value> this[int position] => _pairs[position];

    public bool TryGet(Value key, out Value value)
    {
        var at = Find(key);
        value = at < 0 ? default : _pairs[at].Value;
        return at >= 0;
    }

    public void Set(Value key, Value value)
    {
        var at = Find(key);
        if (at >= 0)
        {
            _pairs[at] = new(_pairs[at].Key, value);
            return;
        }

        if (Count == _pairs.Length) Array.Resize(ref _pairs, Math.Max(4, Count * 2));
        _index?.Add(key, Count);
        _pairs[Count++] = new(key, value);
    }

    public bool Remove(Value key, out Value value)
    {
        var at = Find(key);
        value = at < 0 ? default : _pairs[at].Value;
        if (at >= 0)
        {
            _pairs.AsSpan(at + 1, Count - at - 1).CopyTo(_pairs.AsSpan(at));
            _pairs[--Count] = default;
            _index = null;
        }

        return at >= 0;
    }

    /// <summary>Builds the lookup index, so that several threads can read a map that no longer changes.</summary>
    public void Prepare()
    {
        if (Count >= IndexFrom) FindIndexed(Value.None);
    }

    public void Clear()
    {
        _pairs = [];
        Count = 0;
        _index = null;
    }

    public IEnumerator<KeyValuePair<Value, Value>> GetEnumerator()
    {
        for (var i = 0; i < Count; i++) yield return _pairs[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private int Find(Value key)
    {
        if (Count >= IndexFrom) return FindIndexed(key);
        if (key.IsText) return FindText(key.TextSpan);
        Comparison.Hash(key); // fails for invalid keys
        for (var i = 0; i < Count; i++)
        {
            if (Comparison.AreSameKey(_pairs[i].Key, key)) return i;
        }

        return -1;
    }

    private int FindText(ReadOnlySpan<byte> key)
    {
        for (var i = 0; i < Count; i++)
        {
            if (_pairs[i].Key.IsText && _pairs[i].Key.TextSpan.SequenceEqual(key)) return i;
        }

        return -1;
    }

    private int FindIndexed(Value key)
    {
        if (_index is null)
        {
            _index = new(Count * 2, KeyComparer.Instance);
            for (var i = 0; i < Count; i++) _index[_pairs[i].Key] = i;
        }

        return _index.TryGetValue(key, out var at) ? at : -1;
    }
}

/// <summary>Python's equality and a hash that agrees with it. Hashes only find keys; they never decide an order.</summary>
internal sealed class KeyComparer : IEqualityComparer<Value>
{
    public static readonly KeyComparer Instance = new();

    public bool Equals(Value x, Value y) => Comparison.AreSameKey(x, y);

    public int GetHashCode(Value obj) => Comparison.Hash(obj);
}

/// <summary>One group of <c>groupby</c>: a named tuple of the common value and the members.</summary>
internal sealed class GroupTuple(Value grouper, ValueList members) : ValueList([grouper, Value.From(members)])
{
    public Value GetAttribute(string name) => name switch { "grouper" => this[0], "list" => this[1], _ => Value.Missing };
}
