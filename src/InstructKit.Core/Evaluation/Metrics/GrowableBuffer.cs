namespace InstructKit.Evaluation.Metrics;

/// <summary>A reusable array that grows: scratch space of one worker, so that scoring a row allocates nothing once the buffers are large enough.</summary>
internal sealed class GrowableBuffer<T> where T : unmanaged
{
    private T[] _items = new T[64];

    /// <summary>Number of items in use.</summary>
    public int Count { get; private set; }

    /// <summary>The items in use; valid until the next write.</summary>
    public Span<T> Items => _items.AsSpan(0, Count);

    public ref T this[int index] => ref _items.AsSpan(0, Count)[index];

    public void Clear() => Count = 0;

    public void Add(T item)
    {
        if (Count == _items.Length) Grow(1);
        _items[Count++] = item;
    }

    public void AddRange(ReadOnlySpan<T> items)
    {
        if (items.Length > _items.Length - Count) Grow(items.Length);
        items.CopyTo(_items.AsSpan(Count));
        Count += items.Length;
    }

    /// <summary>Sets the number of items in use; new ones are zero.</summary>
    public Span<T> Resize(int count)
    {
        if (count > _items.Length) Grow(count - Count);
        if (count > Count) _items.AsSpan(Count, count - Count).Clear();
        Count = count;
        return Items;
    }

    /// <summary>Room for <paramref name="count"/> more items; commit with <see cref="Advance"/>.</summary>
    public Span<T> Reserve(int count)
    {
        if (count > _items.Length - Count) Grow(count);
        return _items.AsSpan(Count);
    }

    public void Advance(int count) => Count += count;

    private void Grow(int extra) => Array.Resize(ref _items, (int)Math.Min(Array.MaxLength, Math.Max((long)Count + extra, 2L * _items.Length)));
}
