namespace InstructKit.Parquet.Writing;

/// <summary>Integers whose array is used again after <see cref="Clear"/>.</summary>
internal sealed class IntList
{
    private int[] _values = new int[256];

    public int Count { get; private set; }

    public ReadOnlySpan<int> Span => _values.AsSpan(0, Count);

    public void Add(int value)
    {
        if (Count == _values.Length) Array.Resize(ref _values, Count * 2);

        _values[Count++] = value;
    }

    public void Clear() => Count = 0;
}
