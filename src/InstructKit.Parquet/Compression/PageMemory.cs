using System.Buffers;

namespace InstructKit.Parquet.Compression;

/// <summary>
/// Lends the arrays that pages are read into, up to a limit for all columns of a file together: what a file claims must not decide how much memory is
/// taken. Safe to use from several threads.
/// </summary>
/// <param name="limit">Most bytes at a time.</param>
internal sealed class PageMemory(long limit)
{
    // Up to here the shared pool does; it never forgets what it has once lent, so larger arrays are kept here.
    private const int Large = 1 << 20;
    private const long Garbage = 64 << 20;

    private readonly Lock _lock = new();
    private readonly List<byte[]> _free = [];
    private long _held;
    private long _dropped;

    /// <summary>Bytes that are lent or charged at the moment, and those that wait to be lent again.</summary>
    public long Held
    {
        get
        {
            lock (_lock)
            {
                return _held;
            }
        }
    }

    /// <summary>How much of a page is held at a time, and read ahead, when a number of columns share the limit.</summary>
    public int WindowFor(int columns) => (int)Math.Clamp(limit / 4 / Math.Max(1, columns), 32 << 10, 256 << 10);

    /// <summary>Lends an array of at least <paramref name="count"/> bytes.</summary>
    /// <exception cref="ParquetException">The limit does not allow it.</exception>
    public byte[] Rent(int count)
    {
        if (count <= Large)
        {
            var small = ArrayPool<byte>.Shared.Rent(count);
            try
            {
                Charge(small.Length);
                return small;
            }
            catch
            {
                ArrayPool<byte>.Shared.Return(small);
                throw;
            }
        }

        lock (_lock)
        {
            var best = -1;
            for (var i = 0; i < _free.Count; i++)
            {
                if (_free[i].Length >= count && _free[i].Length <= count * 2L && (best < 0 || _free[i].Length < _free[best].Length)) best = i;
            }

            if (best >= 0)
            {
                var array = _free[best];
                _free.RemoveAt(best);
                return array;
            }

            // A little more, so that the next page, which is a little larger, finds room too.
            var size = (int)Math.Min(Array.MaxLength, (count + (count / 8L) + 0xffff) & ~0xffffL);
            size = _held + size <= limit ? size : count;
            Make(size);
            return GC.AllocateUninitializedArray<byte>(size);
        }
    }

    /// <summary>Takes an array back.</summary>
    public void Return(byte[] array)
    {
        if (array.Length <= Large)
        {
            ArrayPool<byte>.Shared.Return(array);
            Release(array.Length);
            return;
        }

        lock (_lock)
        {
            _free.Add(array);
        }
    }

    /// <summary>Counts memory that is had from elsewhere.</summary>
    /// <exception cref="ParquetException">The limit does not allow it.</exception>
    public void Charge(long bytes)
    {
        lock (_lock)
        {
            Make(bytes);
        }
    }

    /// <summary>Counts memory off that was charged.</summary>
    public void Release(long bytes)
    {
        lock (_lock)
        {
            _held -= bytes;
        }
    }

    /// <summary>Forgets the arrays that nobody has.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            while (_free.Count > 0) Drop();
        }
    }

    private void Make(long bytes)
    {
        while (_held + bytes > limit && _free.Count > 0) Drop();

        if (_held + bytes > limit)
        {
            throw ParquetException.TooLarge(
                $"the columns that are read need more than {nameof(ParquetReaderOptions.MaxBufferBytes)} = {limit} for their pages at once",
                nameof(ParquetReaderOptions.MaxBufferBytes));
        }

        _held += bytes;
    }

    // The collector does not know that these arrays are counted: it would let several times the limit gather before it looked.
    private void Drop()
    {
        _held -= _free[^1].Length;
        _dropped += _free[^1].Length;
        _free.RemoveAt(_free.Count - 1);
        if (_dropped >= Garbage)
        {
            _dropped = 0;
            GC.Collect();
        }
    }
}
