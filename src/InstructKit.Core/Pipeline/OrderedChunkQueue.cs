namespace InstructKit.Pipeline;

/// <summary>Chunks that workers fill in any order and that are committed in the order of the input. Workers never wait for their turn: the one that submits the
/// next chunk commits it and all ready successors, while the others continue reading with free chunks. The number of chunks bounds memory.</summary>
/// <param name="make">Creates an empty chunk.</param>
/// <param name="capacity">Maximum number of chunks at a time.</param>
/// <param name="commit">Commits a chunk; called for one chunk at a time.</param>
internal sealed class OrderedChunkQueue<TChunk>(Func<TChunk> make, int capacity, Action<TChunk> commit) : IDisposable
    where TChunk : RowChunk
{
    // Chunks have a MiB or less, unless a single row is larger. Such rows may be as large as a reader's limit allows, and not every worker can hold one.
    private const int HeavyFrom = 4 << 20;
    private const long MaxHeavy = 32 << 20;

    private readonly object _monitor = new();
    private readonly Stack<TChunk> _free = new();
    private readonly TChunk?[] _ready = new TChunk?[capacity];
    private readonly List<TChunk> _made = [];
    private long _next;
    private long _heavy;
    private long _heavyDone;
    private int _awaiting;
    private bool _committing;
    private bool _closed;

    /// <summary>Returns a chunk to fill, waiting for one if needed. Null if the queue was closed: stop working.</summary>
    public TChunk? Rent()
    {
        lock (_monitor)
        {
            while (!_closed)
            {
                if (_free.TryPop(out var chunk)) return chunk;

                if (_made.Count < capacity)
                {
                    _made.Add(make());
                    return _made[^1];
                }

                Monitor.Wait(_monitor);
            }

            return null;
        }
    }

    /// <summary>Waits, before a chunk is read, until the number of large ones in use is low enough.</summary>
    public void AwaitRoom()
    {
        if (Interlocked.Read(ref _heavy) < MaxHeavy) return;

        lock (_monitor)
        {
            while (_heavy >= MaxHeavy && !_closed) Monitor.Wait(_monitor);
        }
    }

    /// <summary>Waits until all chunks before one have been committed. False if the queue was closed: stop working.</summary>
    public bool AwaitTurn(TChunk chunk)
    {
        lock (_monitor)
        {
            _awaiting++;
            while (!_closed && (_next != chunk.Ticket || _committing)) Monitor.Wait(_monitor);
            _awaiting--;
            return !_closed;
        }
    }

    /// <summary>Records the size of a chunk that has been read.</summary>
    public void Weigh(TChunk chunk)
    {
        chunk.Weight = chunk.Batch.Used >= HeavyFrom ? chunk.Batch.Used : 0;
        if (chunk.Weight > 0)
        {
            lock (_monitor) _heavy += chunk.Weight;
        }
    }

    /// <summary>Returns an empty chunk to the pool.</summary>
    public void Return(TChunk chunk)
    {
        lock (_monitor)
        {
            _free.Push(chunk);
            if (_heavy == 0 && _awaiting == 0)
            {
                Monitor.Pulse(_monitor);
                return;
            }

            _heavy -= chunk.Weight;
            if (chunk.Weight > 0)
            {
                _heavyDone += chunk.Weight;
                chunk.Weight = 0;
                chunk.Batch.Trim();
                if (_heavyDone >= MaxHeavy)
                {
                    // Rendering leaves copies of such rows, several of which would accumulate before a garbage collection.
                    _heavyDone = 0;
                    GC.Collect();
                }
            }

            // Some wait for room, some for a chunk, some for their turn.
            Monitor.PulseAll(_monitor);
        }
    }

    /// <summary>Submits a chunk, which may be committed later and by another worker.</summary>
    public void Submit(TChunk chunk)
    {
        lock (_monitor)
        {
            _ready[chunk.Ticket % capacity] = chunk;
            if (_committing) return;

            _committing = true;
        }

        while (TakeDue() is { } due)
        {
            commit(due);
            Return(due);
        }
    }

    /// <summary>Closes the queue and releases waiting workers; nothing more is committed.</summary>
    public void Close()
    {
        lock (_monitor)
        {
            _closed = true;
            Monitor.PulseAll(_monitor);
        }
    }

    public void Dispose() => _made.ForEach(chunk => chunk.Dispose());

    // Every chunk between the one that is due and the last one read is held by some worker, so their slots never collide.
    private TChunk? TakeDue()
    {
        lock (_monitor)
        {
            var place = _next % capacity;
            var due = _closed ? null : _ready[place];
            if (due is null)
            {
                _committing = false;
                if (_awaiting > 0) Monitor.PulseAll(_monitor);
                return null;
            }

            _ready[place] = null;
            _next++;
            return due;
        }
    }
}
