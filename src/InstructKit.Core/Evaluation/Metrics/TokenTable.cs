using System.Runtime.InteropServices;

namespace InstructKit.Evaluation.Metrics;

/// <summary>Numbers the distinct tokens of one row, 0, 1, 2, …, so that metrics compare integers. Tokens are compared byte by byte; the hash only selects the
/// slot. Cleared for every row, so memory is bounded by the longest row.</summary>
internal sealed class TokenTable
{
    private readonly GrowableBuffer<byte> _bytes = new();
    private readonly GrowableBuffer<Entry> _entries = new();
    private int[] _slots = new int[256];

    private record struct Entry(ulong Hash, int Start, int Length, int Slot);

    /// <summary>Number of distinct tokens.</summary>
    public int Count => _entries.Count;

    /// <summary>The bytes of a token; valid until the next token is added.</summary>
    public ReadOnlySpan<byte> this[int id] => _bytes.Items.Slice(_entries[id].Start, _entries[id].Length);

    public void Clear()
    {
        foreach (ref readonly var entry in _entries.Items) _slots[entry.Slot] = 0;
        _entries.Clear();
        _bytes.Clear();
    }

    /// <summary>The number of a token, assigned if it is new.</summary>
    public int Add(ReadOnlySpan<byte> token)
    {
        var hash = Hash(token);
        var mask = _slots.Length - 1;
        var slot = (int)hash & mask;
        for (int id; (id = _slots[slot]) != 0; slot = (slot + 1) & mask)
        {
            ref readonly var entry = ref _entries[id - 1];
            if (entry.Hash == hash && token.SequenceEqual(_bytes.Items.Slice(entry.Start, entry.Length))) return id - 1;
        }

        _entries.Add(new Entry(hash, _bytes.Count, token.Length, slot));
        _bytes.AddRange(token);
        _slots[slot] = _entries.Count;
        if (_entries.Count > _slots.Length / 2) Grow();
        return _entries.Count - 1;
    }

    /// <summary>Splits the text on white space, like Python's <c>split()</c>, and appends the numbers of its tokens.</summary>
    public void AddWords(ReadOnlySpan<byte> text, GrowableBuffer<int> tokens)
    {
        var start = -1;
        for (var i = 0; i < text.Length;)
        {
            var space = text[i] is > 0x20 and < 0x80 ? 0 : PythonCharacters.SpaceLength(text[i..]);
            if (space == 0)
            {
                if (start < 0) start = i;
                i++;
                continue;
            }

            if (start >= 0) tokens.Add(Add(text[start..i]));
            start = -1;
            i += space;
        }

        if (start >= 0) tokens.Add(Add(text[start..]));
    }

    private static ulong Hash(ReadOnlySpan<byte> token)
    {
        const ulong multiplier = 0x9E3779B97F4A7C15;
        var hash = (ulong)token.Length * multiplier;
        for (; token.Length >= 8; token = token[8..]) hash = (hash ^ MemoryMarshal.Read<ulong>(token)) * multiplier ^ (hash >> 29);
        ulong rest = 0;
        foreach (var value in token) rest = rest << 8 | value;
        hash = (hash ^ rest) * multiplier;
        return hash ^ (hash >> 32);
    }

    private void Grow()
    {
        _slots = new int[_slots.Length * 2];
        var mask = _slots.Length - 1;
        for (var i = 0; i < _entries.Count; i++)
        {
            ref var entry = ref _entries[i];
            var slot = (int)entry.Hash & mask;
            while (_slots[slot] != 0) slot = (slot + 1) & mask;
            _slots[slot] = i + 1;
            entry.Slot = slot;
        }
    }
}
