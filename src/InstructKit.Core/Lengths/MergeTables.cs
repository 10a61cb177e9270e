using System.Numerics;

namespace InstructKit.Lengths;

/// <summary>Defines which neighbours merge, and in which order.</summary>
internal interface IMergeTable
{
    /// <summary>True when the text itself is looked up before it is merged: a piece that is a token is that token, whatever its merges give.</summary>
    bool TakesWholePieces { get; }

    /// <summary>The rank of merging two neighbours, lowest first, and the resulting id; <see cref="int.MaxValue"/> if they do not merge.</summary>
    /// <param name="start">Where the left part begins in it.</param>
    /// <param name="end">Where the right part ends.</param>
    /// <param name="left">Id of the left part.</param>
    /// <param name="right">Id of the right part.</param>
    /// <param name="id">The merged token.</param>
    int Rank(ReadOnlySpan<byte> piece, int start, int end, int left, int right, out int id);
}

/// <summary>The rule of tiktoken: neighbours merge when their bytes together are a token, and the token's id is the rank.</summary>
internal readonly struct RankMerges(TokenVocabulary vocabulary) : IMergeTable
{
    public bool TakesWholePieces => true;

    public int Rank(ReadOnlySpan<byte> piece, int start, int end, int left, int right, out int id)
    {
        id = vocabulary.Find(piece, start, end - start);
        return id < 0 ? int.MaxValue : id;
    }
}

/// <summary>The rule of Hugging Face's BPE: a list of pairs, in the order in which they merge.</summary>
internal readonly struct PairMerges(PairTable pairs, bool takesWholePieces) : IMergeTable
{
    public bool TakesWholePieces => takesWholePieces;

    public int Rank(ReadOnlySpan<byte> piece, int start, int end, int left, int right, out int id) => pairs.Find(left, right, out id);
}

/// <summary>Pairs of ids to the rank and the result of their merge: an open hash table, immutable once filled.</summary>
internal sealed class PairTable
{
    private readonly Slot[] _slots;
    private readonly int _shift;

    /// <summary>Creates an empty table.</summary>
    /// <param name="capacity">Maximum number of pairs.</param>
    public PairTable(int capacity)
    {
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(512, capacity * 2L));
        _slots = new Slot[size];
        _shift = 64 - BitOperations.Log2((uint)size);
    }

    /// <summary>Adds a pair; for duplicates the first wins.</summary>
    public void Add(int left, int right, int rank, int id)
    {
        var key = Key(left, right);
        var at = Index(key);
        while (_slots[at].Key != 0)
        {
            if (_slots[at].Key == key) return;

            at = (at + 1) & (_slots.Length - 1);
        }

        _slots[at] = new Slot(key, rank, id);
    }

    /// <summary>The rank of a pair and the id of its merge; <see cref="int.MaxValue"/> if it is not in the table.</summary>
    public int Find(int left, int right, out int id)
    {
        var key = Key(left, right);
        for (var at = Index(key); ; at = (at + 1) & (_slots.Length - 1))
        {
            ref var slot = ref _slots[at];
            if (slot.Key == key)
            {
                id = slot.Id;
                return slot.Rank;
            }

            if (slot.Key == 0)
            {
                id = -1;
                return int.MaxValue;
            }
        }
    }

    // Never zero, which marks an empty slot.
    private static ulong Key(int left, int right) => ((ulong)(uint)left << 32 | (uint)right) + 1;

    private int Index(ulong key) => (int)(TokenVocabulary.Mix(key, 0) >> _shift);

    private readonly record struct Slot(ulong Key, int Rank, int Id);
}
