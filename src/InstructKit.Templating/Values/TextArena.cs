namespace InstructKit.Templating.Values;

/// <summary>Room for the texts that expressions build during one row, taken back all at once when the next row begins.</summary>
internal sealed class TextArena
{
    private const int FirstSize = 16 << 10;
    private const int KeptSize = 1 << 20;

    private byte[] _chunk = []; // most programs are run to fold constants only, and build no text
    private int _used;

    /// <summary>Room for a text of at most <paramref name="size"/> bytes; confirmed with <see cref="Commit"/> or dropped.</summary>
    public Span<byte> Reserve(int size)
    {
        if (size > _chunk.Length - _used)
        {
            _chunk = new byte[Math.Max(size, Math.Clamp(_chunk.Length * 2, FirstSize, KeptSize))];
            _used = 0;
        }

        return _chunk.AsSpan(_used, size);
    }

    public Value Commit(int length)
    {
        var text = Value.FromSlice(_chunk, _used, length);
        _used += length;
        return text;
    }

    public void Reset()
    {
        _used = 0;
        if (_chunk.Length > KeptSize) _chunk = [];
    }
}
