using System.Runtime.InteropServices;
using InstructKit.Sources.Files;
using Microsoft.Win32.SafeHandles;

namespace InstructKit.Evaluation.Scoring;

/// <summary>Where a line of predictions lies: 32 bytes.</summary>
/// <param name="High">First half of the hash of its id.</param>
/// <param name="Low">Second half.</param>
/// <param name="Place">Number of the file above <see cref="OffsetBits"/> bits of offset.</param>
/// <param name="Length">Bytes of the line.</param>
/// <param name="Sample">Number of the first sample that it has.</param>
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

/// <summary>
/// The entries of a run in the order of their ids. Up to a bound they are held in memory; beyond it sorted runs go to a temporary file, are merged into one, and a lookup reads
/// a page of it.
/// </summary>
/// <param name="memoryEntries">Entries to hold in memory; beyond them 1/512 as much indexes the file.</param>
internal sealed class PredictionEntries(int memoryEntries = PredictionEntries.DefaultMemoryEntries) : IDisposable
{
    /// <summary>Entries held in memory: 32 MiB.</summary>
    public const int DefaultMemoryEntries = 1 << 20;

    private const int Page = 128;
    private static readonly int Size = System.Runtime.CompilerServices.Unsafe.SizeOf<PredictionEntry>();

    private readonly List<PredictionEntry> _held = [];
    private readonly List<(long From, long To)> _runs = [];
    private ulong[] _firstOfPage = [];
    private int[] _firstOfBucket = [0, 0];
    private int _bucketShift = 64;
    private SafeFileHandle? _file;

    /// <summary>Number of entries.</summary>
    public long Count { get; private set; }

    /// <summary>Adds an entry, before <see cref="Finish"/>.</summary>
    public void Add(in PredictionEntry entry)
    {
        if (_held.Count == memoryEntries) Spill();

        _held.Add(entry);
        Count++;
    }

    /// <summary>Makes room for about as many more entries, as far as they are held in memory.</summary>
    public void Expect(long entries) => _held.EnsureCapacity((int)Math.Min(memoryEntries, _held.Count + entries));

    /// <summary>Puts the entries in order; lookups may follow, from any thread.</summary>
    /// <param name="same">Told about each entry with the id and sample of the one before it.</param>
    public void Finish(Action<PredictionEntry> same)
    {
        if (_runs.Count > 0)
        {
            Spill();
            _held.Capacity = 0;
            Merge(same);
            return;
        }

        _held.Sort();
        var entries = CollectionsMarshal.AsSpan(_held);
        // About four entries a bucket: hashes are spread evenly.
        var bits = Math.Max(1, (int)Math.Log2(Math.Max(1, entries.Length / 4)));
        _bucketShift = 64 - bits;
        _firstOfBucket = new int[(1 << bits) + 1];
        for (var i = 0; i < entries.Length; i++)
        {
            _firstOfBucket[(int)(entries[i].High >> _bucketShift) + 1]++;
            if (i > 0 && IsSame(entries[i - 1], entries[i])) same(entries[i]);
        }

        for (var bucket = 1; bucket < _firstOfBucket.Length; bucket++) _firstOfBucket[bucket] += _firstOfBucket[bucket - 1];
    }

    /// <summary>The entries of an id, in the order of samples; valid until the next call with this page.</summary>
    /// <param name="id">Hash of the id.</param>
    /// <param name="page">Space of the calling worker.</param>
    /// <param name="first">Number of the first one.</param>
    public ReadOnlySpan<PredictionEntry> Find(UInt128 id, ref PredictionEntry[] page, out long first)
    {
        var (high, low) = ((ulong)(id >> 64), (ulong)id);
        if (_file is null)
        {
            ReadOnlySpan<PredictionEntry> held = CollectionsMarshal.AsSpan(_held);
            var at = _firstOfBucket[(int)(high >> _bucketShift)];
            while (at < held.Length && (held[at].High < high || (held[at].High == high && held[at].Low < low))) at++;
            var end = at;
            while (end < held.Length && held[end].IsOf(high, low)) end++;
            first = at;
            return held[at..end];
        }

        // From the last page that begins below the id; an id with many samples may go on for several.
        var number = Array.BinarySearch(_firstOfPage, high);
        if (number < 0) number = ~number;
        while (number > 0 && _firstOfPage[number - 1] == high) number--;
        first = Math.Max(0, number - 1) * (long)Page;
        for (var pages = 1; ; pages *= 2)
        {
            var length = (int)Math.Min((long)pages * 2 * Page, Count - first);
            if (page.Length < length) page = new PredictionEntry[length];
            var entries = page.AsSpan(0, length);
            ReadWhole(_file, MemoryMarshal.AsBytes(entries), first * Size);
            var at = 0;
            while (at < length && (entries[at].High < high || (entries[at].High == high && entries[at].Low < low))) at++;
            var end = at;
            while (end < length && entries[end].IsOf(high, low)) end++;
            if (end == length && first + length < Count) continue;

            first += at;
            return entries[at..end];
        }
    }

    /// <summary>An entry by its number.</summary>
    public PredictionEntry At(long number)
    {
        if (_file is null) return _held[(int)number];

        PredictionEntry entry = default;
        ReadWhole(_file, MemoryMarshal.AsBytes(new Span<PredictionEntry>(ref entry)), number * Size);
        return entry;
    }

    public void Dispose() => _file?.Dispose();

    private static bool IsSame(in PredictionEntry one, in PredictionEntry other) => one.IsOf(other.High, other.Low) && one.Sample == other.Sample;

    private static void ReadWhole(SafeFileHandle file, Span<byte> bytes, long offset)
    {
        for (var read = 0; read < bytes.Length;)
        {
            var count = RandomAccess.Read(file, bytes[read..], offset + read);
            if (count == 0) throw new EndOfStreamException();
            read += count;
        }
    }

    private void Spill()
    {
        _file ??= TemporaryFile.Open();
        _held.Sort();
        var from = _runs.Count == 0 ? 0 : _runs[^1].To;
        RandomAccess.Write(_file, MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_held)), from * Size);
        _runs.Add((from, from + _held.Count));
        _held.Clear();
    }

    private void Merge(Action<PredictionEntry> same)
    {
        var (runs, merged) = (_file!, TemporaryFile.Open()); // there are runs
        using (runs)
        {
            List<ulong> firsts = [];
            var queue = new PriorityQueue<Run, PredictionEntry>();
            foreach (var (from, to) in _runs)
            {
                var run = new Run(runs, from, to);
                if (run.Next() is { } entry) queue.Enqueue(run, entry);
            }

            var output = new PredictionEntry[Page * 64];
            var (written, filled) = (0L, 0);
            PredictionEntry? before = null;
            while (queue.TryDequeue(out var run, out var entry))
            {
                if (before is { } last && IsSame(last, entry)) same(entry);
                before = entry;
                if ((written + filled) % Page == 0) firsts.Add(entry.High);
                output[filled++] = entry;
                if (filled == output.Length) Flush();
                if (run.Next() is { } next) queue.Enqueue(run, next);
            }

            Flush();
            _firstOfPage = [.. firsts];

            void Flush()
            {
                RandomAccess.Write(merged, MemoryMarshal.AsBytes(output.AsSpan(0, filled)), written * Size);
                (written, filled) = (written + filled, 0);
            }
        }

        _file = merged;
    }

    private sealed class Run(SafeFileHandle file, long from, long to)
    {
        private readonly PredictionEntry[] _buffer = new PredictionEntry[Page * 8];
        private int _at;
        private int _filled;

        public PredictionEntry? Next()
        {
            if (_at == _filled)
            {
                (_at, _filled) = (0, (int)Math.Min(_buffer.Length, to - from));
                if (_filled == 0) return null;

                ReadWhole(file, MemoryMarshal.AsBytes(_buffer.AsSpan(0, _filled)), from * Size);
                from += _filled;
            }

            return _buffer[_at++];
        }
    }
}
