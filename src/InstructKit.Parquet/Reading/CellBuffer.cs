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
