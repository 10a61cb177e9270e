using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace InstructKit.Sources.Json;

/// <summary>The rules that JSON texts are checked against. Not thread-safe: it holds the keys of the objects that a scanner is in.</summary>
internal sealed class JsonRules
{
    public JsonRules(SourceSpec spec)
        : this(spec.Limits.MaxJsonDepth, spec.Repairs)
    {
    }

    public JsonRules(int maxDepth, RepairChoices repairs)
    {
        MaxDepth = Math.Clamp(maxDepth, 1, SourceLimits.DepthCeiling);
        TakesLastOfDuplicateKeys = repairs.Repairs(InputRepairs.DuplicateKeys);
        ReplacesLoneSurrogates = repairs.Repairs(InputRepairs.LoneSurrogates);
    }

    /// <summary>The deepest nesting.</summary>
    public int MaxDepth { get; }

    /// <summary>False when a duplicate key is an error.</summary>
    public bool TakesLastOfDuplicateKeys { get; }

    /// <summary>False when a lone surrogate is an error.</summary>
    public bool ReplacesLoneSurrogates { get; }

    /// <summary>The keys of the objects being scanned.</summary>
    public ObjectKeys Keys { get; } = new();
}

/// <summary>Finds duplicate keys in nested objects as they are scanned. The first few keys of an object are compared with one another at once, which is all
/// that most objects need; those of a larger one go into a hash table when it closes, so that none costs more than its length.</summary>
internal sealed class ObjectKeys
{
    private const int Few = 12;

    private readonly Stack<int> _objects = new();
    private readonly List<byte[]> _plain = [];
    private (int Start, int Length, int Plain)[] _keys = [];
    private int _count;
    private int _first;

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _objects.Clear();
        _plain.Clear();
        _count = 0;
        _first = 0;
    }

    public void Open()
    {
        _objects.Push(_first);
        _first = _count;
    }

    /// <summary>Adds a key of the innermost object. False when it is a duplicate.</summary>
    /// <param name="start">Start of the key in it, after the quote.</param>
    /// <param name="escaped">True when it has escapes.</param>
    public bool Add(ReadOnlySpan<byte> text, int start, int length, bool escaped)
    {
        if (_count == _keys.Length) Array.Resize(ref _keys, Math.Max(32, 2 * _count));

        _keys[_count++] = (start, length, escaped ? Decode(text.Slice(start, length)) : -1);
        if (_count - _first > Few) return true;

        var key = Key(text, _count - 1);
        for (var i = _first; i < _count - 1; i++)
        {
            if (Key(text, i).SequenceEqual(key)) return false;
        }

        return true;
    }

    /// <summary>Ends the innermost object. Returns the start of its first key that repeats another and was not reported by <see cref="Add"/>, or -1.</summary>
    public int Close(ReadOnlySpan<byte> text)
    {
        var repeated = _count - _first > Few ? FirstRepeated(text) : -1;
        _count = _first;
        _first = _objects.Pop();
        return repeated;
    }

    private int Decode(ReadOnlySpan<byte> key)
    {
        _plain.Add(JsonText.Plain(key).ToArray());
        return _plain.Count - 1;
    }

    private ReadOnlySpan<byte> Key(ReadOnlySpan<byte> text, int index)
    {
        var (start, length, plain) = _keys[index];
        return plain < 0 ? text.Slice(start, length) : _plain[plain];
    }

    private int FirstRepeated(ReadOnlySpan<byte> text)
    {
        // The hash is seeded per process, so that colliding keys cannot be prepared; the result does not depend on it.
        var table = new int[BitOperations.RoundUpToPowerOf2((uint)(_count - _first) * 2)];
        for (var i = _first; i < _count; i++)
        {
            var key = Key(text, i);
            var slot = Utf8Comparer.Instance.GetHashCode(key);
            for (; table[slot &= table.Length - 1] != 0; slot++)
            {
                if (Key(text, table[slot] - 1).SequenceEqual(key)) return _keys[i].Start;
            }

            table[slot] = i + 1;
        }

        return -1;
    }
}

/// <summary>Compares names by their bytes, so that a slice of a buffer can be looked up without a copy.</summary>
internal sealed class Utf8Comparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    public static Utf8Comparer Instance { get; } = new();

    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        // Seeded per process, so that colliding keys cannot be prepared; it only chooses the bucket.
        var hash = default(HashCode);
        hash.AddBytes(alternate);
        return hash.ToHashCode();
    }

    public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode(obj.AsSpan());
}
