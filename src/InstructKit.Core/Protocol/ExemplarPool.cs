namespace InstructKit.Protocol;

/// <summary>The candidate exemplars of a task: the first usable rows of its training slice, in their source form, so that each can be rendered
/// with any template. Bounded in rows and bytes; read concurrently by all workers when complete.</summary>
/// <param name="split">Source split of the rows.</param>
/// <param name="columns">Cells of a row.</param>
internal sealed class ExemplarPool(string split, int columns)
{
    /// <summary>Maximum number of rows.</summary>
    public const int MaxRows = 4096;

    /// <summary>Maximum number of bytes of all rows.</summary>
    public const long MaxBytes = 64L << 20;

    /// <summary>Size of a row that exceeds any exemplar budget.</summary>
    public const int MaxRowBytes = 1 << 20;

    private readonly PriorityQueue<Row, long> _last = new();
    private readonly List<int[]> _byLabel = [];
    private Row[] _rows = [];
    private long _bytes;

    /// <summary>The source split.</summary>
    public string Split => split;

    /// <summary>Number of rows, once the pool is complete.</summary>
    public int Count => _rows.Length;

    /// <summary>The rows in slice order, once the pool is complete; reading a row needs no lock.</summary>
    public RowBatch Batch { get; private set; } = new(columns, 16);

    /// <summary>Positions from here on are no longer needed.</summary>
    public long Limit { get; private set; } = long.MaxValue;

    /// <summary>True when the pool accepts no further row of a source read in position order.</summary>
    public bool IsFull => _last.Count == MaxRows;

    /// <summary>Number of a row in the source split.</summary>
    public long Ordinal(int index) => _rows[index].Ordinal;

    /// <summary>Key for comparing a row's input with others.</summary>
    public UInt128 Key(int index) => _rows[index].Key;

    /// <summary>The rows of each label, those of a task without labels in one group.</summary>
    public IReadOnlyList<int[]> ByLabel => _byLabel;

    /// <summary>Adds a usable row; those of the lowest positions remain.</summary>
    /// <param name="row">Index of the row.</param>
    /// <param name="position">Its position in the order of the split.</param>
    /// <param name="ordinal">Its number in the source split.</param>
    /// <param name="key">See <see cref="Key"/>.</param>
    /// <param name="label">Position of its answer among the options, or -1.</param>
    public void Add(RowBatch batch, int row, long position, long ordinal, UInt128 key, int label)
    {
        if (position >= Limit) return;

        var cells = batch.Row(row).ToArray();
        var size = cells.Sum(cell => (long)cell.Length);
        if (size > MaxRowBytes) return;

        var bytes = new byte[size];
        var used = 0;
        for (var i = 0; i < cells.Length; i++)
        {
            batch.Bytes(cells[i]).CopyTo(bytes.AsSpan(used));
            cells[i] = cells[i] with { Offset = used };
            used += cells[i].Length;
        }

        _last.Enqueue(new Row(position, ordinal, key, label, cells, bytes), -position);
        _bytes += size;
        while (_last.Count > MaxRows || _bytes > MaxBytes)
        {
            // A row that does not fit excludes all later ones, so the order of adding does not matter.
            var dropped = _last.Dequeue();
            _bytes -= dropped.Bytes.Length;
            Limit = dropped.Position;
        }
    }

    /// <summary>Completes the pool.</summary>
    public void Complete()
    {
        _rows = [.. _last.UnorderedItems.Select(item => item.Element).OrderBy(row => row.Position).ThenBy(row => row.Ordinal)];
        _last.Clear();
        Batch = new RowBatch(columns, (int)Math.Max(16, _bytes));
        for (var i = 0; i < _rows.Length; i++)
        {
            var start = Batch.Append(_rows[i].Bytes);
            var cells = Batch.AddRow(default);
            for (var j = 0; j < cells.Length; j++) cells[j] = _rows[i].Cells[j] with { Offset = _rows[i].Cells[j].Offset + start };
            _rows[i] = _rows[i] with { Bytes = [], Cells = [] };
        }

        _byLabel.AddRange(_rows.Index().GroupBy(row => row.Item.Label, row => row.Index).OrderBy(group => group.Key).Select(group => group.ToArray()));
    }

    private sealed record Row(long Position, long Ordinal, UInt128 Key, int Label, Cell[] Cells, byte[] Bytes);
}

/// <summary>Candidates for the exemplars of one query, one after another, each row of a pool at most once: a keyed shuffle, computed lazily.</summary>
internal sealed class ExemplarCandidates
{
    private readonly List<LazyShuffle> _groups = [];
    private KeyedHash _hash;
    private long _row;
    private int _turn;

    /// <summary>Starts the candidates of a query.</summary>
    /// <param name="draw">How they are sampled.</param>
    /// <param name="hash">Key of the random choices.</param>
    /// <param name="row">Number of the query's row in its source split; the same number for rows that share their exemplars.</param>
    public void Begin(ExemplarPool pool, ExemplarDraw draw, KeyedHash hash, long row)
    {
        (_hash, _row, _turn) = (hash, row, 0);
        _groups.Clear();
        if (draw == ExemplarDraw.Balanced && pool.ByLabel.Count > 1)
        {
            // Labels take turns in an order that is also random.
            var labels = new LazyShuffle(null, pool.ByLabel.Count, 0);
            while (labels.Next(hash, row) is >= 0 and var label) _groups.Add(new LazyShuffle(pool.ByLabel[label], pool.ByLabel[label].Length, label + 1));
            return;
        }

        _groups.Add(new LazyShuffle(null, pool.Count, 0));
    }

    /// <summary>The next candidate; -1 if there are none left.</summary>
    public int Next()
    {
        while (_groups.Count > 0)
        {
            _turn %= _groups.Count;
            if (_groups[_turn].Next(_hash, _row) is >= 0 and var index)
            {
                _turn++;
                return index;
            }

            _groups.RemoveAt(_turn);
        }

        return -1;
    }

    /// <summary>Call if the last candidate was rejected: the next one is from the same group.</summary>
    public void Refuse() => _turn = Math.Max(0, _turn - 1);

    // Fisher–Yates, storing only the exchanged positions.
    private sealed class LazyShuffle(int[]? items, int count, int number)
    {
        private readonly Dictionary<int, int> _moved = [];
        private int _given;

        public int Next(KeyedHash hash, long row)
        {
            if (_given == count) return -1;

            var from = _given + hash.Choose(row, count - _given, ((long)number << 32) + _given);
            var chosen = _moved.GetValueOrDefault(from, from);
            _moved[from] = _moved.GetValueOrDefault(_given, _given);
            _given++;
            return items is null ? chosen : items[chosen];
        }
    }
}
