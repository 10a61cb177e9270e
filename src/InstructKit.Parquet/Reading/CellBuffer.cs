using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace InstructKit.Parquet.Reading;

/// <summary>A pooled byte buffer that grows up to a limit, which the caller sets for every row.</summary>
internal sealed class CellBuffer : IDisposable
{
    // Room that is requested but may stay unused; a row's actual size is checked when it is complete.
    private const int Slack = 1 << 10;

    private byte[] _bytes = [];
    private int _limit = int.MaxValue;
    private int _rowLimit;

    public byte[] Bytes => _bytes;

    public int Length { get; private set; }

    public void Clear() => Length = 0;

    /// <summary>Allows <paramref name="bytes"/> more bytes from here.</summary>
    public void StartRow(int bytes)
    {
        _rowLimit = bytes;
        _limit = (int)Math.Min(Array.MaxLength, (long)Length + bytes);
    }

    /// <summary>Checks the current row against its limit, which is not checked while the buffer is large enough.</summary>
    public void CheckRow()
    {
        if (Length > _limit) throw RowTooLarge();
    }

    /// <summary>Provides room for at least <paramref name="count"/> bytes; call <see cref="Advance"/> after writing.</summary>
    public Span<byte> Reserve(int count)
    {
        if (count > _bytes.Length - Length) Grow(count);

        return _bytes.AsSpan(Length);
    }

    public void Advance(int count) => Length += count;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        Length += bytes.Length;
    }

    public void Append(byte value)
    {
        Reserve(1)[0] = value;
        Length++;
    }

    /// <summary>Appends UTF-8 text as a JSON string, in quotes.</summary>
    public void AppendString(ReadOnlySpan<byte> text)
    {
        Append((byte)'"');
        while (!text.IsEmpty)
        {
            text = text[JsonEscapes.Write(text, Reserve(text.Length + JsonEscapes.MinRoom), out var written)..];
            Length += written;
        }

        Append((byte)'"');
    }

    /// <summary>Takes the buffer of an empty batch to add cells to it; <see cref="GiveTo"/> returns it.</summary>
    public void TakeFrom(RowBatch batch)
    {
        Dispose();
        _bytes = batch.Exchange([], 0);
        Length = 0;
    }

    /// <summary>Hands the bytes to a batch, without copying.</summary>
    public void GiveTo(RowBatch batch)
    {
        batch.Exchange(_bytes, Length);
        _bytes = [];
    }

    public void Dispose()
    {
        if (_bytes.Length > 0)
        {
            RowArrays.Return(_bytes);
            _bytes = [];
        }
    }

    private void Grow(int count)
    {
        var needed = (long)Length + count;
        if (needed - Slack > _limit) throw RowTooLarge();

        var larger = RowArrays.Rent((int)Math.Max(needed, Math.Min(_limit, Math.Max(1 << 16, _bytes.Length * 2L))));
        _bytes.AsSpan(0, Length).CopyTo(larger);
        Dispose();
        _bytes = larger;
    }

    private ParquetException RowTooLarge() => ParquetException.TooLarge($"a row is larger than {nameof(ParquetReaderOptions.MaxRowBytes)} = {_rowLimit}", nameof(ParquetReaderOptions.MaxRowBytes));
}

/// <summary>Text that JSON needs no escapes for: ASCII without control characters, quotation marks and backslashes (RFC 8259, section 7).</summary>
internal static class PlainText
{
    /// <summary>Copies all bytes and returns whether all of them are plain. One pass does both: most text is, and checking first would double the cost.</summary>
    /// <param name="target">The destination; at least as long.</param>
    public static bool Copy(ReadOnlySpan<byte> source, Span<byte> target)
    {
        var width = Vector128<byte>.Count;
        if (source.Length < width) return CopyShort(source, target);

        ref var from = ref MemoryMarshal.GetReference(source);
        ref var to = ref MemoryMarshal.GetReference(target[..source.Length]);
        var last = source.Length - width;
        var special = Vector128<byte>.Zero;
        for (var at = 0; at < last; at += width) special |= CopyVector(ref from, ref to, at);

        // The last one may overlap the one before.
        special |= CopyVector(ref from, ref to, last);
        return special == Vector128<byte>.Zero;
    }

    // Labels and other short text: two words that may overlap.
    private static bool CopyShort(ReadOnlySpan<byte> source, Span<byte> target)
    {
        var length = source.Length;
        if (length >= sizeof(ulong))
        {
            var (head, tail) = (BinaryPrimitives.ReadUInt64LittleEndian(source), BinaryPrimitives.ReadUInt64LittleEndian(source[(length - sizeof(ulong))..]));
            BinaryPrimitives.WriteUInt64LittleEndian(target, head);
            BinaryPrimitives.WriteUInt64LittleEndian(target[(length - sizeof(ulong))..], tail);
            return FindSpecial(Vector128.Create(head, tail).AsByte()) == Vector128<byte>.Zero;
        }

        if (length >= sizeof(uint))
        {
            var (head, tail) = (BinaryPrimitives.ReadUInt32LittleEndian(source), BinaryPrimitives.ReadUInt32LittleEndian(source[(length - sizeof(uint))..]));
            BinaryPrimitives.WriteUInt32LittleEndian(target, head);
            BinaryPrimitives.WriteUInt32LittleEndian(target[(length - sizeof(uint))..], tail);
            return FindSpecial(Vector128.Create(head, tail, head, tail).AsByte()) == Vector128<byte>.Zero;
        }

        var special = false;
        for (var at = 0; at < length; at++)
        {
            var value = source[at];
            target[at] = value;
            special |= value is < (byte)' ' or > 0x7f or (byte)'"' or (byte)'\\';
        }

        return !special;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> CopyVector(ref byte from, ref byte to, int at)
    {
        var bytes = Vector128.LoadUnsafe(ref from, (nuint)at);
        bytes.StoreUnsafe(ref to, (nuint)at);
        return FindSpecial(bytes);
    }

    // As signed numbers, control characters and everything beyond ASCII are less than a space.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> FindSpecial(Vector128<byte> bytes) =>
        Vector128.LessThan(bytes.AsSByte(), Vector128.Create((sbyte)' ')).AsByte()
        | Vector128.Equals(bytes, Vector128.Create((byte)'"'))
        | Vector128.Equals(bytes, Vector128.Create((byte)'\\'));
}
