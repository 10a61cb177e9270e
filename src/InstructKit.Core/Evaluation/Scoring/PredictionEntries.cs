using InstructKit.Sources.Files;

namespace InstructKit.Evaluation.Scoring;

/// <summary>Location of a line of predictions: 32 bytes.</summary>
/// <param name="High">First half of the hash of its id.</param>
/// <param name="Low">Second half.</param>
/// <param name="Place">Number of the file above <see cref="OffsetBits"/> bits of offset.</param>
/// <param name="Length">Bytes of the line.</param>
/// <param name="Sample">Number of its first sample.</param>
internal readonly record struct PredictionEntry(ulong High, ulong Low, long Place, int Length, int Sample) : IComparable<PredictionEntry>
{
    private const int OffsetBits = 46;

    public PredictionEntry(UInt128 id, int file, long offset, int length, int sample)
        : this((ulong)(id >> 64), (ulong)id, ((long)file << OffsetBits) | offset, length, sample)
    {
    }

    public int File => (int)(Place >> OffsetBits);

    public long Offset => Place & ((1L << OffsetBits) - 1);

    public bool IsOf(ulong high, ulong low) => High == high && Low == low;

    public int CompareTo(PredictionEntry other)
    {
        if (High != other.High) return High < other.High ? -1 : 1;
        if (Low != other.Low) return Low < other.Low ? -1 : 1;
        return Sample != other.Sample ? Sample.CompareTo(other.Sample) : Place.CompareTo(other.Place);
    }
}

/// <summary>The entries of a run ordered by id. On disk a lookup reads one page.</summary>
/// <param name="memoryEntries">Entries to hold in memory; beyond that, an index of 1/512 the size.</param>
internal sealed class PredictionEntries(int memoryEntries = PredictionEntries.DefaultMemoryEntries) : IDisposable
{
    /// <summary>Entries held in memory: 32 MiB.</summary>
    public const int DefaultMemoryEntries = 1 << 20;

    private const int Page = 128;

    private readonly SortedRecords<PredictionEntry> _entries = new(null, memoryEntries);
    private ulong[] _firstOfPage = [];
    private int[] _firstOfBucket = [0, 0];
    private int _bucketShift = 64;

    public long Count => _entries.Count;

    /// <summary>Adds an entry, before <see cref="Finish"/>.</summary>
    public void Add(in PredictionEntry entry) => _entries.Add(entry);

    /// <summary>Reserves room for about that many more entries, up to the number held in memory.</summary>
    public void Expect(long entries) => _entries.Expect(entries);

    /// <summary>Sorts the entries; lookups may follow, from any thread.</summary>
    /// <param name="same">Receives each entry with the id and sample of the one before it.</param>
    public void Finish(Action<PredictionEntry> same)
    {
        if (_entries.IsInMemory)
        {
            // About four entries per bucket: hashes are evenly distributed.
            var bits = Math.Max(1, (int)Math.Log2(Math.Max(1, Count / 4)));
            (_bucketShift, _firstOfBucket) = (64 - bits, new int[(1 << bits) + 1]);
        }
        else
        {
            _firstOfPage = new ulong[(Count + Page - 1) / Page];
        }

        PredictionEntry before = default;
        _entries.Finish((at, entry) =>
        {
            if (_firstOfPage.Length == 0) _firstOfBucket[(int)(entry.High >> _bucketShift) + 1]++;
            else if (at % Page == 0) _firstOfPage[at / Page] = entry.High;
            if (at > 0 && before.IsOf(entry.High, entry.Low) && before.Sample == entry.Sample) same(entry);
            before = entry;
        });
        for (var bucket = 1; bucket < _firstOfBucket.Length; bucket++) _firstOfBucket[bucket] += _firstOfBucket[bucket - 1];
    }

    /// <summary>The entries of an id, in the order of samples; valid until the next call with this page.</summary>
    /// <param name="id">Hash of the id.</param>
    /// <param name="page">Scratch space of the calling worker.</param>
    public ReadOnlySpan<PredictionEntry> Find(UInt128 id, ref PredictionEntry[] page, out long first)
    {
        var (high, low) = ((ulong)(id >> 64), (ulong)id);
        if (_entries.IsInMemory)
        {
            var held = _entries.Held;
            var at = _firstOfBucket[(int)(high >> _bucketShift)];
            while (at < held.Length && (held[at].High < high || (held[at].High == high && held[at].Low < low))) at++;
            var end = at;
            while (end < held.Length && held[end].IsOf(high, low)) end++;
            first = at;
            return held[at..end];
        }

        // From the last page that begins below the id; an id with many samples may span several.
        var number = Array.BinarySearch(_firstOfPage, high);
        if (number < 0) number = ~number;
        while (number > 0 && _firstOfPage[number - 1] == high) number--;
        first = Math.Max(0, number - 1) * (long)Page;
        for (var pages = 1; ; pages *= 2)
        {
            var length = (int)Math.Min((long)pages * 2 * Page, Count - first);
            if (page.Length < length) page = new PredictionEntry[length];
            var entries = page.AsSpan(0, length);
            _entries.Read(first, entries);
            var at = 0;
            while (at < length && (entries[at].High < high || (entries[at].High == high && entries[at].Low < low))) at++;
            var end = at;
            while (end < length && entries[end].IsOf(high, low)) end++;
            if (end == length && first + length < Count) continue;

            first += at;
            return entries[at..end];
        }
    }

    public PredictionEntry At(long number) => _entries[number];

    public void Dispose() => _entries.Dispose();
}
