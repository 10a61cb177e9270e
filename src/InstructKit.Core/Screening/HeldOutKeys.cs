using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace InstructKit.Screening;

/// <summary>
/// The keys of all held-out rows, sorted: 16 bytes a row, of which 14 are the row's key and 2 the number of its task. Up to a bound they are held in memory;
/// beyond it sorted runs go to a temporary file, are merged into one, and a lookup reads one page of it.
/// </summary>
/// <param name="folder">Folder of the temporary file.</param>
/// <param name="memoryRows">Rows to hold in memory; beyond them 1/256 as many keys index the file.</param>
internal sealed class HeldOutKeys(string folder, int memoryRows = HeldOutKeys.DefaultMemoryRows) : IDisposable
{
    /// <summary>Rows held in memory: 64 MiB.</summary>
    public const int DefaultMemoryRows = 1 << 22;

    private const int Page = 256;
    private const int Size = 16;
    private static readonly UInt128 TaskMask = ushort.MaxValue;

    private readonly List<UInt128> _held = [];
    private KeyFilter _filter = KeyFilter.For(0);
    private readonly List<long> _runs = [];
    private UInt128[] _firstOfPage = [];
    private SafeFileHandle? _file;

    /// <summary>Rows in all.</summary>
    public long Count { get; private set; }

    /// <summary>Adds a row of a held-out task; one thread at a time, before <see cref="Finish"/>.</summary>
    public void Add(UInt128 key, int task)
    {
        if (_held.Count == memoryRows) Spill();

        _held.Add((key & ~TaskMask) | (uint)task);
        Count++;
    }

    /// <summary>Puts the keys in order; lookups may follow, from any thread.</summary>
    public void Finish()
    {
        _filter = KeyFilter.For(Count);
        if (_runs.Count == 0)
        {
            _held.Sort();
            foreach (var entry in CollectionsMarshal.AsSpan(_held)) _filter.Add(entry);
            return;
        }

        Spill();
        _held.Capacity = 0;
        Merge();
    }

    /// <summary>Number of the first held-out row with a key, in the order of keys; -1 when there is none.</summary>
    public long Find(UInt128 key)
    {
        if (!_filter.MayContain(key)) return -1;

        var wanted = key & ~TaskMask;
        var at = LowerBound(wanted);
        return at < Count && (this[at] & ~TaskMask) == wanted ? at : -1;
    }

    /// <summary>For each held-out task that has the key of a row: the number of its first row with it, and how many it has.</summary>
    /// <param name="first">What <see cref="Find"/> returned.</param>
    public IEnumerable<(int Task, long First, long Rows)> RowsAt(long first)
    {
        var key = this[first] & ~TaskMask;
        while (first < Count && this[first] is var entry && (entry & ~TaskMask) == key)
        {
            var next = LowerBound(entry + 1);
            yield return ((int)(entry & TaskMask), first, next - first);
            first = next;
        }
    }

    public void Dispose() => _file?.Dispose();

    private UInt128 this[long at]
    {
        get
        {
            if (_file is null) return _held[(int)at];

            Span<byte> bytes = stackalloc byte[Size];
            ReadWhole(_file, bytes, at * Size);
            return BinaryPrimitives.ReadUInt128LittleEndian(bytes);
        }
    }

    // Number of entries below a value.
    private long LowerBound(UInt128 value)
    {
        if (_file is null) return LowerBound(CollectionsMarshal.AsSpan(_held), value);

        var page = LowerBound(_firstOfPage, value);
        if (page == 0) return 0;

        var start = (long)(page - 1) * Page;
        Span<UInt128> entries = stackalloc UInt128[(int)Math.Min(Page, Count - start)];
        ReadWhole(_file, MemoryMarshal.AsBytes(entries), start * Size);
        FromLittleEndian(entries);
        return start + LowerBound(entries, value);
    }

    private static int LowerBound(ReadOnlySpan<UInt128> entries, UInt128 value)
    {
        int from = 0, to = entries.Length;
        while (from < to)
        {
            var middle = (int)(((uint)from + (uint)to) / 2);
            if (entries[middle] < value) from = middle + 1;
            else to = middle;
        }

        return from;
    }

    private void Spill()
    {
        _held.Sort();
        _file ??= Open("runs");
        var entries = CollectionsMarshal.AsSpan(_held);
        FromLittleEndian(entries);
        RandomAccess.Write(_file, MemoryMarshal.AsBytes(entries), (Count - _held.Count) * Size);
        _runs.Add(_held.Count);
        _held.Clear();
    }

    private void Merge()
    {
        var runs = _file!; // a run was spilled
        try
        {
            PriorityQueue<RunReader, UInt128> next = new();
            var start = 0L;
            foreach (var length in _runs)
            {
                var run = new RunReader(runs, start, length);
                if (run.Read(out var key)) next.Enqueue(run, key);
                start += length;
            }

            _file = Open("keys");
            _firstOfPage = new UInt128[(Count + Page - 1) / Page];
            var page = new UInt128[Page];
            for (var at = 0L; next.TryPeek(out var run, out var entry); at++)
            {
                _filter.Add(entry);
                page[at % Page] = entry;
                if (at % Page == 0) _firstOfPage[at / Page] = entry;
                if (at % Page == Page - 1 || at == Count - 1)
                {
                    var full = page.AsSpan(0, (int)(at % Page) + 1);
                    FromLittleEndian(full);
                    RandomAccess.Write(_file, MemoryMarshal.AsBytes(full), (at - (at % Page)) * Size);
                }

                if (run.Read(out var following)) next.DequeueEnqueue(run, following);
                else next.Dequeue();
            }
        }
        finally
        {
            runs.Dispose();
        }
    }

    private SafeFileHandle Open(string what) => File.OpenHandle(
        Path.Combine(folder, $".held-out-{what}.{Environment.ProcessId}.tmp"), FileMode.Create, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose);

    private static void ReadWhole(SafeFileHandle file, Span<byte> bytes, long offset)
    {
        while (!bytes.IsEmpty)
        {
            var read = RandomAccess.Read(file, bytes, offset);
            if (read == 0) throw new EndOfStreamException("The temporary file of held-out keys was cut short.");

            bytes = bytes[read..];
            offset += read;
        }
    }

    private static void FromLittleEndian(Span<UInt128> entries)
    {
        if (!BitConverter.IsLittleEndian) BinaryPrimitives.ReverseEndianness(entries, entries);
    }

    /// <summary>
    /// One bit for each range of keys: most rows are not held out, and are known not to be without a search or a read. At 16 bits a key, one in sixteen of
    /// them is looked up all the same.
    /// </summary>
    private readonly struct KeyFilter
    {
        private const int MaxBits = 28;

        private readonly ulong[] _bits;
        private readonly int _shift;

        private KeyFilter(int bits)
        {
            _bits = new ulong[1L << (bits - 6)];
            _shift = 64 - bits;
        }

        public static KeyFilter For(long keys) => new(Math.Min(MaxBits, 64 - BitOperations.LeadingZeroCount((ulong)keys | 4) + 4));

        public void Add(UInt128 key) => _bits[Place(key) / 64] |= 1UL << (int)(Place(key) % 64);

        public bool MayContain(UInt128 key) => (_bits[Place(key) / 64] & (1UL << (int)(Place(key) % 64))) != 0;

        private ulong Place(UInt128 key) => (ulong)(key >> 64) >> _shift;
    }

    private sealed class RunReader(SafeFileHandle file, long start, long length)
    {
        private readonly UInt128[] _entries = new UInt128[Page * 16];
        private long _taken;

        public bool Read(out UInt128 entry)
        {
            entry = 0;
            if (_taken == length) return false;

            var at = (int)(_taken % _entries.Length);
            if (at == 0)
            {
                var part = _entries.AsSpan(0, (int)Math.Min(_entries.Length, length - _taken));
                ReadWhole(file, MemoryMarshal.AsBytes(part), (start + _taken) * Size);
                FromLittleEndian(part);
            }

            _taken++;
            entry = _entries[at];
            return true;
        }
    }
}
