using System.Collections;

namespace InstructKit.Templating;

/// <summary>A mapping in insertion order with Python's key equality (1, 1.0 and True are one key).</summary>
internal sealed class ValueMap : IReadOnlyCollection<KeyValuePair<Value, Value>>
{
    private const int IndexFrom = 9;

    private readonly List<KeyValuePair<Value, Value>> _pairs = [];
    private Dictionary<Value, int>? _index;

    public ValueMap()
    {
    }

    public ValueMap(ValueMap other) => _pairs.AddRange(other._pairs);

    public int Count => _pairs.Count;

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

        _index?.Add(key, _pairs.Count);
        _pairs.Add(new(key, value));
    }

    public bool Remove(Value key, out Value value)
    {
        var at = Find(key);
        value = at < 0 ? default : _pairs[at].Value;
        if (at >= 0)
        {
            _pairs.RemoveAt(at);
            _index = null;
        }

        return at >= 0;
    }

    public void Clear()
    {
        _pairs.Clear();
        _index = null;
    }

    public IEnumerator<KeyValuePair<Value, Value>> GetEnumerator() => _pairs.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private int Find(Value key)
    {
        if (_pairs.Count >= IndexFrom) return FindIndexed(key);
        Comparison.RequireHashable(key);
        for (var i = 0; i < _pairs.Count; i++)
        {
            if (Comparison.AreSameKey(_pairs[i].Key, key)) return i;
        }

        return -1;
    }

    private int FindIndexed(Value key)
    {
        if (_index is null)
        {
            _index = new(_pairs.Count * 2, KeyComparer.Instance);
            for (var i = 0; i < _pairs.Count; i++) _index[_pairs[i].Key] = i;
        }

        return _index.TryGetValue(key, out var at) ? at : -1;
    }
}
