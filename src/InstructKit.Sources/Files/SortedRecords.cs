using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace InstructKit.Sources.Files;

/// <summary>Records of a fixed size in ascending order. Up to a bound they are held in memory; beyond it sorted runs go to a temporary file and are merged into
/// one.</summary>
/// <param name="folder">Folder of the temporary file; null for TMPDIR.</param>
/// <param name="maxHeld">Maximum number of records to hold in memory.</param>
internal sealed class SortedRecords<T>(string? folder, int maxHeld) : IDisposable
    where T : unmanaged, IComparable<T>
{
    private const int Buffered = 4096;
    private static readonly int Size = Unsafe.SizeOf<T>();

    private readonly List<T> _held = [];
    private readonly List<(long From, long To)> _runs = [];
    private SafeFileHandle? _file;

    public long Count { get; private set; }

    /// <summary>True when <see cref="Held"/> contains all of them.</summary>
    public bool IsInMemory => _file is null;

    /// <summary>The records in memory.</summary>
    public ReadOnlySpan<T> Held => CollectionsMarshal.AsSpan(_held);

    public T this[long number]
    {
        get
        {
            if (_file is null) return _held[(int)number];

            T record = default;
            Read(number, new Span<T>(ref record));
            return record;
        }
    }

    /// <summary>Reserves room for about that many more records, up to the number held in memory.</summary>
    public void Expect(long records) => _held.EnsureCapacity((int)Math.Min(maxHeld, _held.Count + records));

    /// <summary>Adds a record, before <see cref="Finish"/>.</summary>
    public void Add(in T record)
    {
        if (_held.Count == maxHeld) Spill();

        _held.Add(record);
        Count++;
    }

    /// <summary>Sorts the records; they may then be read, from any thread.</summary>
    /// <param name="each">Receives each record in order, with its number.</param>
    public void Finish(Action<long, T> each)
    {
        if (_runs.Count > 0)
        {
            Spill();
            _held.Capacity = 0;
            Merge(each);
            return;
        }

        _held.Sort();
        for (var i = 0; i < _held.Count; i++) each(i, _held[i]);
    }

    /// <summary>Reads consecutive records of the temporary file.</summary>
    public void Read(long first, Span<T> records) => Read(_file!, first, records); // not in memory

    public void Dispose() => _file?.Dispose();

    private static void Read(SafeFileHandle file, long first, Span<T> records)
    {
        var bytes = MemoryMarshal.AsBytes(records);
        for (var offset = first * Size; !bytes.IsEmpty;)
        {
            var read = RandomAccess.Read(file, bytes, offset);
            if (read == 0) throw new EndOfStreamException("A temporary file was truncated.");

            bytes = bytes[read..];
            offset += read;
        }
    }

    private void Spill()
    {
        _file ??= TemporaryFile.Open(folder);
        _held.Sort();
        var from = Count - _held.Count;
        RandomAccess.Write(_file, MemoryMarshal.AsBytes(Held), from * Size);
        _runs.Add((from, Count));
        _held.Clear();
    }

    private void Merge(Action<long, T> each)
    {
        using var runs = _file!; // a run was spilled
        _file = TemporaryFile.Open(folder);
        PriorityQueue<Run, T> queue = new();
        foreach (var (from, to) in _runs)
        {
            var run = new Run(runs, from, to);
            if (run.Next(out var first)) queue.Enqueue(run, first);
        }

        var output = new T[Buffered];
        for (var at = 0L; queue.TryPeek(out var run, out var record); at++)
        {
            each(at, record);
            output[at % Buffered] = record;
            if (at % Buffered == Buffered - 1 || at == Count - 1) RandomAccess.Write(_file, MemoryMarshal.AsBytes(output.AsSpan(0, (int)(at % Buffered) + 1)), at / Buffered * Buffered * Size);
            if (run.Next(out var next)) queue.DequeueEnqueue(run, next);
            else queue.Dequeue();
        }
    }

    private sealed class Run(SafeFileHandle file, long from, long to)
    {
        private readonly T[] _buffer = new T[Buffered];
        private int _at;
        private int _filled;

        public bool Next(out T record)
        {
            if (_at == _filled)
            {
                (_at, _filled) = (0, (int)Math.Min(Buffered, to - from));
                Read(file, from, _buffer.AsSpan(0, _filled));
                from += _filled;
            }

            record = _filled > 0 ? _buffer[_at++] : default;
            return _filled > 0;
        }
    }
}
