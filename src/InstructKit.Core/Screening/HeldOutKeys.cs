using System.Numerics;
using InstructKit.Sources.Files;

namespace InstructKit.Screening;

/// <summary>The keys of all held-out rows, sorted: 16 bytes per row, of which 14 are the row's key and 2 the number of its task. On disk a lookup reads one page.</summary>
/// <param name="folder">Folder of the temporary file.</param>
/// <param name="memoryRows">Rows to hold in memory; beyond that, an index of 1/256 the size.</param>
internal sealed class HeldOutKeys(string folder, int memoryRows = HeldOutKeys.DefaultMemoryRows) : IDisposable
{
    /// <summary>Rows held in memory: 64 MiB.</summary>
    public const int DefaultMemoryRows = 1 << 22;

    private const int Page = 256;
    private static readonly UInt128 TaskMask = ushort.MaxValue;

    private readonly SortedRecords<UInt128> _keys = new(folder, memoryRows);
    private KeyFilter _filter = KeyFilter.For(0);
    private UInt128[] _firstOfPage = [];

    /// <summary>Total number of rows.</summary>
    public long Count => _keys.Count;

    /// <summary>Adds a row of a held-out task; one thread at a time, before <see cref="Finish"/>.</summary>
    public void Add(UInt128 key, int task) => _keys.Add((key & ~TaskMask) | (uint)task);

    /// <summary>Sorts the keys; lookups may follow, from any thread.</summary>
    public void Finish()
    {
        _filter = KeyFilter.For(Count);
        if (!_keys.IsInMemory) _firstOfPage = new UInt128[(Count + Page - 1) / Page];
        _keys.Finish((at, entry) =>
        {
            _filter.Add(entry);
            if (_firstOfPage.Length > 0 && at % Page == 0) _firstOfPage[at / Page] = entry;
        });
    }

    /// <summary>Number of the first held-out row with a key, in the order of keys; -1 if there is none.</summary>
    public long Find(UInt128 key)
    {
        if (!_filter.MayContain(key)) return -1;

        var wanted = key & ~TaskMask;
        var at = LowerBound(wanted);
        return at < Count && (_keys[at] & ~TaskMask) == wanted ? at : -1;
    }

    /// <summary>For each held-out task that contains a row's key: the number of its first row with it, and how many there are.</summary>
    /// <param name="first">The result of <see cref="Find"/>.</param>
    public IEnumerable<(int Task, long First, long Rows)> RowsAt(long first)
    {
        var key = _keys[first] & ~TaskMask;
        while (first < Count && _keys[first] is var entry && (entry & ~TaskMask) == key)
        {
            var next = LowerBound(entry + 1);
            yield return ((int)(entry & TaskMask), first, next - first);
            first = next;
        }
    }

    public void Dispose() => _keys.Dispose();

    // Number of entries below a value.
    private long LowerBound(UInt128 value)
    {
        if (_keys.IsInMemory) return LowerBound(_keys.Held, value);

        var page = LowerBound(_firstOfPage, value);
        if (page == 0) return 0;

        var start = (long)(page - 1) * Page;
        Span<UInt128> entries = stackalloc UInt128[(int)Math.Min(Page, Count - start)];
        _keys.Read(start, entries);
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

    /// <summary>One bit for each range of keys: most rows are not held out, and are ruled out without a search or a read. At 16 bits per key, one in
    /// sixteen of them is still looked up.</summary>
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
}
