using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace InstructKit.Text;

/// <summary>A growable byte buffer that renders append to; reusable.</summary>
/// <param name="capacity">Initial size, in bytes.</param>
public sealed class Utf8Output(int capacity = 4096)
{
    private byte[] _buffer = new byte[Math.Max(16, capacity)];
    private int _length;

    /// <summary>When true, text is JSON-escaped as it is appended.</summary>
    public bool JsonEscaped { get; set; }

    /// <summary>Bytes written. Setting a lower value rolls back.</summary>
    public int Length
    {
        get => _length;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, _length);
            _length = value;
        }
    }

    /// <summary>What has been written. Valid until the next append.</summary>
    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    /// <summary>Length that printing must not exceed; set by the renderer.</summary>
    internal int Ceiling { get; set; } = int.MaxValue;

    /// <summary>Charged for what is printed into this output; set by the renderer.</summary>
    internal IOutputBudget? Budget { get; set; }

    /// <summary>Appends bytes unchanged.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AppendRaw(ReadOnlySpan<byte> bytes)
    {
        var length = _length;
        if (bytes.Length > _buffer.Length - length) Grow(bytes.Length);
        bytes.CopyTo(_buffer.AsSpan(length));
        _length = length + bytes.Length;
    }

    /// <summary>Appends the first <paramref name="count"/> of sixteen bytes, unchanged.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void AppendShort(Vector128<byte> bytes, int count)
    {
        var length = _length;
        if (Vector128<byte>.Count > _buffer.Length - length) Grow(Vector128<byte>.Count);
        bytes.StoreUnsafe(ref MemoryMarshal.GetArrayDataReference(_buffer), (nuint)length);
        _length = length + count;
    }

    /// <summary>A part of what has been written. Valid until the next append.</summary>
    internal ReadOnlySpan<byte> Part(int from, int to) => _buffer.AsSpan(from, to - from);

    /// <summary>Appends plain UTF-8 text, escaped when <see cref="JsonEscaped"/> is set.</summary>
    public void AppendText(ReadOnlySpan<byte> plainUtf8)
    {
        if (JsonEscaped) AppendEscaped(plainUtf8);
        else AppendRaw(plainUtf8);
    }

    /// <summary>Appends text, escaped when <see cref="JsonEscaped"/> is set. A lone surrogate becomes U+FFFD.</summary>
    public void AppendText(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!JsonEscaped)
        {
            var count = Encoding.UTF8.GetByteCount(text);
            _length += Encoding.UTF8.GetBytes(text, Reserve(count));
            return;
        }

        AppendEscaped(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>Room for at least <paramref name="count"/> more bytes; commit with <see cref="Advance"/>.</summary>
    internal Span<byte> Reserve(int count)
    {
        if (count > _buffer.Length - _length) Grow(count);
        return _buffer.AsSpan(_length);
    }

    internal void Advance(int count) => _length += count;

    /// <summary>Bytes already written, for the caller to overwrite.</summary>
    internal Span<byte> Rewrite(int start, int count) => _buffer.AsSpan(start, count);

    internal void AppendInteger(long value)
    {
        Utf8Formatter.TryFormat(value, Reserve(20), out var written);
        _length += written;
    }

    internal void AppendByte(byte value)
    {
        if (_length == _buffer.Length) Grow(1);
        _buffer[_length++] = value;
    }

    internal void CheckCeiling()
    {
        if (_length > Ceiling) throw OutputLimit();
    }

    /// <summary>Appends text as the inside of a JSON string.</summary>
    internal void AppendEscaped(ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            // Usually there is little to escape, so little more room is reserved than the text itself needs.
            var target = Reserve((int)Math.Min(text.Length, Array.MaxLength / 2) + JsonEscapes.MinRoom);
            text = text[JsonEscapes.Write(text, target, out var written)..];
            _length += written;
        }
    }

    private Exception OutputLimit() => Budget?.OutputLimit() ?? new InvalidOperationException("The text is larger than an array can be.");

    private void Grow(int more)
    {
        var wanted = (long)_length + more;
        // Twice the ceiling leaves room for output that is rolled back; a long text of the row is refused before memory is allocated for it.
        if (wanted > Math.Min(Array.MaxLength, (2L * Ceiling) + 4096)) throw OutputLimit();
        Array.Resize(ref _buffer, (int)Math.Min(Array.MaxLength, Math.Max(wanted, (long)_buffer.Length * 2)));
    }
}

/// <summary>The budget that printing into a <see cref="Utf8Output"/> is charged to.</summary>
internal interface IOutputBudget
{
    /// <summary>Charges one step.</summary>
    void Step();

    /// <summary>The error to throw when the output would grow beyond its ceiling.</summary>
    Exception OutputLimit();
}
