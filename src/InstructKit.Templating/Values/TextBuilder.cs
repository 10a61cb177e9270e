namespace InstructKit.Templating.Values;

/// <summary>Builds one text in the arena of a render; every growth is charged to the render's budget.</summary>
internal ref struct TextBuilder
{
    private readonly RenderContext _context;
    private Span<byte> _target;
    private int _length;

    public TextBuilder(RenderContext context, int capacity)
    {
        _context = context;
        _target = context.ReserveText(Math.Max(capacity, 16));
    }

    public readonly int Length => _length;

    public void Append(ReadOnlySpan<byte> text)
    {
        if (text.Length > _target.Length - _length) Grow(text.Length);
        text.CopyTo(_target[_length..]);
        _length += text.Length;
    }

    public void Append(ReadOnlySpan<char> text)
    {
        var count = Encoding.UTF8.GetByteCount(text);
        if (count > _target.Length - _length) Grow(count);
        _length += Encoding.UTF8.GetBytes(text, _target[_length..]);
    }

    public void AppendByte(byte value)
    {
        if (_length == _target.Length) Grow(1);
        _target[_length++] = value;
    }

    public void AppendFill(byte value, int count)
    {
        if (count > _target.Length - _length) Grow(count);
        _target.Slice(_length, count).Fill(value);
        _length += count;
    }

    public void AppendRune(int code)
    {
        if (4 > _target.Length - _length) Grow(4);
        _length += new Rune(code).EncodeToUtf8(_target[_length..]);
    }

    public readonly Value Finish() => _context.CommitText(_length);

    private void Grow(int more)
    {
        // The old room is not committed, so the arena may hand out the same bytes again: copy it before the call.
        var size = (int)Math.Min(int.MaxValue, Math.Max((long)_target.Length * 2, (long)_length + more));
        var old = _target[.._length].ToArray();
        _target = _context.ReserveText(size);
        old.CopyTo(_target);
    }
}

/// <summary>Arena for the texts that expressions build during one row, released all at once when the next row begins.</summary>
internal sealed class TextArena
{
    private const int FirstSize = 16 << 10;
    private const int KeptSize = 1 << 20;

    private byte[] _chunk = []; // most programs only run to fold constants, and build no text
    private int _used;

    /// <summary>Reserves room for a text of at most <paramref name="size"/> bytes; committed with <see cref="Commit"/> or dropped.</summary>
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
