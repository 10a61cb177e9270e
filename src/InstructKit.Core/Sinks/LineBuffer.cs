namespace InstructKit.Sinks;

/// <summary>Lines in their final order on their way to a sink. Used again and again.</summary>
/// <param name="capacity">Bytes to hold; one longer line is held too.</param>
internal sealed class LineBuffer(int capacity)
{
    private byte[] _bytes = new byte[capacity];
    private int _used;

    /// <summary>The lines, one behind the other.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _used);

    /// <summary>Where they end.</summary>
    public LineIndex Lines { get; } = new();

    /// <summary>Takes a line. False when it does not fit beside what is held.</summary>
    public bool TryAdd(ulong key, ReadOnlySpan<byte> line)
    {
        if (_used + line.Length > _bytes.Length)
        {
            if (_used > 0) return false;

            _bytes = new byte[line.Length];
        }

        line.CopyTo(_bytes.AsSpan(_used));
        _used += line.Length;
        Lines.Add(_used, key);
        return true;
    }

    /// <summary>Empties the stage.</summary>
    public void Reset()
    {
        _used = 0;
        Lines.Reset();
    }
}
