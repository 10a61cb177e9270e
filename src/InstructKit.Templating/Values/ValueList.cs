using System.Collections;

namespace InstructKit.Templating.Values;

/// <summary>The items of a list or a tuple; shared by every value that refers to it, as in Python.</summary>
internal sealed class ValueList : IReadOnlyList<Value>
{
    private Value[] _items;

    public ValueList(int capacity = 4) => _items = capacity == 0 ? [] : new Value[capacity];

    public ValueList(IEnumerable<Value> items)
    {
        _items = [.. items];
        Count = _items.Length;
    }

    public ValueList(ReadOnlySpan<Value> items)
    {
        _items = items.ToArray();
        Count = _items.Length;
    }

    public int Count { get; private set; }

    /// <summary>True when it belongs to the row, which templates do not change unless told.</summary>
    public bool IsOfRow { get; init; }

    public Span<Value> Span => _items.AsSpan(0, Count);

    public Value this[int index]
    {
        get => _items[index];
        set => _items[index] = value;
    }

    public void Add(Value item)
    {
        if (Count == _items.Length) Array.Resize(ref _items, Math.Max(4, Count * 2));
        _items[Count++] = item;
    }

    public void AddRange(ReadOnlySpan<Value> items)
    {
        if (Count + items.Length > _items.Length) Array.Resize(ref _items, Math.Max(Count + items.Length, Count * 2));
        items.CopyTo(_items.AsSpan(Count));
        Count += items.Length;
    }

    public void Insert(int index, Value item)
    {
        Add(item);
        var span = Span;
        span[index..^1].CopyTo(span[(index + 1)..]);
        span[index] = item;
    }

    public void RemoveAt(int index)
    {
        var span = Span;
        span[(index + 1)..].CopyTo(span[index..]);
        span[^1] = default;
        Count--;
    }

    public void Clear()
    {
        Span.Clear();
        Count = 0;
    }

    public IEnumerator<Value> GetEnumerator()
    {
        for (var i = 0; i < Count; i++) yield return _items[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
