namespace InstructKit.Evaluation.Metrics;

/// <summary>Counts the n-grams of a row's references and the clipped matches of its prediction. An n-gram is its first n−1 tokens (the number of their entry)
/// and its last token, so a 64-bit key identifies it exactly at any order: there are no collisions, and a prediction stops at the first token that no reference
/// continues with.</summary>
internal sealed class NgramTable
{
    private readonly GrowableBuffer<Entry> _entries = new();
    private int[] _slots = new int[1024];
    private int _reference;

    private struct Entry
    {
        public ulong Key;
        public int Slot;

        /// <summary>The reference that <see cref="InReference"/> counts.</summary>
        public int Reference;
        public int InReference;

        /// <summary>The largest count in one reference, minus those already matched.</summary>
        public int Left;
    }

    /// <summary>Forgets all references.</summary>
    public void Clear()
    {
        foreach (ref readonly var entry in _entries.Items) _slots[entry.Slot] = 0;
        _entries.Clear();
        _reference = 0;
    }

    /// <summary>Counts the n-grams of one more reference, up to the order; an n-gram's limit is its largest count in one reference.</summary>
    public void AddReference(ReadOnlySpan<int> tokens, int order)
    {
        _reference++;
        for (var start = 0; start < tokens.Length; start++)
        {
            var entry = 0;
            var end = Math.Min(tokens.Length, start + order);
            for (var i = start; i < end; i++) entry = Count(entry, tokens[i]);
        }
    }

    /// <summary>Adds to <paramref name="matches"/>, for each order from 1 on, how many of the prediction's n-grams the references contain.</summary>
    /// <remarks>A matched n-gram is used up: clear the table before the next prediction.</remarks>
    public void Match(ReadOnlySpan<int> tokens, Span<double> matches)
    {
        for (var start = 0; start < tokens.Length; start++)
        {
            var entry = 0;
            var limit = Math.Min(tokens.Length - start, matches.Length);
            for (var n = 0; n < limit; n++)
            {
                entry = Find(entry, tokens[start + n]);
                if (entry == 0) break;
                ref var found = ref _entries[entry - 1];
                if (found.Left == 0) continue;
                found.Left--;
                matches[n]++;
            }
        }
    }

    private static ulong Key(int prefix, int token) => (ulong)(uint)prefix << 32 | (uint)token;

    private static int Slot(ulong key, int mask) => (int)(key * 0x9E3779B97F4A7C15 >> 32) & mask;

    private int Find(int prefix, int token)
    {
        var key = Key(prefix, token);
        var mask = _slots.Length - 1;
        var slot = Slot(key, mask);
        for (int entry; (entry = _slots[slot]) != 0; slot = (slot + 1) & mask)
        {
            if (_entries[entry - 1].Key == key) return entry;
        }

        return 0;
    }

    private int Count(int prefix, int token)
    {
        var key = Key(prefix, token);
        var mask = _slots.Length - 1;
        var slot = Slot(key, mask);
        for (int number; (number = _slots[slot]) != 0; slot = (slot + 1) & mask)
        {
            ref var entry = ref _entries[number - 1];
            if (entry.Key != key) continue;
            if (entry.Reference != _reference)
            {
                entry.Reference = _reference;
                entry.InReference = 0;
            }

            entry.Left = Math.Max(entry.Left, ++entry.InReference);
            return number;
        }

        _entries.Add(new Entry { Key = key, Slot = slot, Reference = _reference, InReference = 1, Left = 1 });
        _slots[slot] = _entries.Count;
        if (_entries.Count > _slots.Length / 2) Grow();
        return _entries.Count;
    }

    private void Grow()
    {
        _slots = new int[_slots.Length * 2];
        var mask = _slots.Length - 1;
        for (var i = 0; i < _entries.Count; i++)
        {
            ref var entry = ref _entries[i];
            var slot = Slot(entry.Key, mask);
            while (_slots[slot] != 0) slot = (slot + 1) & mask;
            _slots[slot] = i + 1;
            entry.Slot = slot;
        }
    }
}
