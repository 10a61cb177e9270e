namespace InstructKit.Building;

/// <summary>
/// Chunks that workers fill in any order and that are committed in the order of the input. Nobody waits for his turn: whoever hands in the chunk that is due
/// commits it and all that are ready behind it, while the others read on with chunks that are free. Their number bounds what is held in memory.
/// </summary>
/// <param name="make">Makes an empty chunk.</param>
/// <param name="most">Most chunks there are at a time.</param>
/// <param name="commit">Commits a chunk; called for one chunk at a time.</param>
internal sealed class OrderedChunkQueue(Func<RowChunk> make, int most, Action<RowChunk> commit) : IDisposable
{
    // Chunks have a MiB or less, unless a single row is larger. Such rows may be as large as a reader's limit allows, which not every worker can have one of.
    private const int HeavyFrom = 4 << 20;
    private const long MaxHeavy = 32 << 20;

    private readonly object _monitor = new();
    private readonly Stack<RowChunk> _free = new();
    private readonly RowChunk?[] _ready = new RowChunk?[most];
    private readonly List<RowChunk> _made = [];
    private long _next;
    private long _heavy;
    private long _heavyDone;
    private bool _committing;
    private bool _closed;

    /// <summary>A chunk to fill; waits until there is one. Null when the queue was closed: stop working.</summary>
    public RowChunk? Rent()
    {
        lock (_monitor)
        {
            while (!_closed)
            {
                if (_free.TryPop(out var chunk)) return chunk;

                if (_made.Count < most)
                {
                    _made.Add(make());
                    return _made[^1];
                }

                Monitor.Wait(_monitor);
            }

            return null;
        }
    }

    /// <summary>Waits, before a chunk is read, until few enough large ones are under way.</summary>
    public void AwaitRoom()
    {
        if (Interlocked.Read(ref _heavy) < MaxHeavy) return;

        lock (_monitor)
        {
            while (_heavy >= MaxHeavy && !_closed) Monitor.Wait(_monitor);
        }
    }

    /// <summary>Notes the size of a chunk that has been read.</summary>
    public void Weigh(RowChunk chunk)
    {
        chunk.Weight = chunk.Batch.Used >= HeavyFrom ? chunk.Batch.Used : 0;
        if (chunk.Weight > 0)
        {
            lock (_monitor)
            {
                _heavy += chunk.Weight;
            }
        }
    }

    /// <summary>Gives back a chunk that has nothing in it.</summary>
    public void Return(RowChunk chunk)
    {
        lock (_monitor)
        {
            _free.Push(chunk);
            if (_heavy == 0)
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
                    // Rendering leaves copies of such rows behind, several of which would gather before the collector looked.
                    _heavyDone = 0;
                    GC.Collect();
                }
            }

            // Who waits may wait for room or for a chunk.
            Monitor.PulseAll(_monitor);
        }
    }

    /// <summary>Hands in a chunk, which may be committed later and by another worker.</summary>
    public void Submit(RowChunk chunk)
    {
        lock (_monitor)
        {
            _ready[chunk.Ticket % most] = chunk;
            if (_committing) return;

            _committing = true;
        }

        while (TakeDue() is { } due)
        {
            commit(due);
            Return(due);
        }
    }

    /// <summary>Sends everybody home; nothing more is committed.</summary>
    public void Close()
    {
        lock (_monitor)
        {
            _closed = true;
            Monitor.PulseAll(_monitor);
        }
    }

    public void Dispose() => _made.ForEach(chunk => chunk.Dispose());

    // Every chunk between the one that is due and the last one read is held by somebody, so their places never meet.
    private RowChunk? TakeDue()
    {
        lock (_monitor)
        {
            var place = _next % most;
            var due = _closed ? null : _ready[place];
            if (due is null)
            {
                _committing = false;
                return null;
            }

            _ready[place] = null;
            _next++;
            return due;
        }
    }
}
