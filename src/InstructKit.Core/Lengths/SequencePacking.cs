using System.Numerics;

namespace InstructKit.Lengths;

/// <summary>Packs lengths into sequences of a fixed capacity by first-fit decreasing, which needs at most 11/9 of the fewest sequences possible, plus one.</summary>
public static class SequencePacking
{
    /// <summary>Distributes lengths over sequences.</summary>
    /// <param name="lengths">Tokens of each example, none of them negative or above the capacity.</param>
    /// <param name="capacity">Tokens of a sequence.</param>
    /// <returns>The indexes of the examples of each sequence, ascending; sequences in the order of their first example. Equal inputs give equal results.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A length does not fit.</exception>
    public static IReadOnlyList<IReadOnlyList<int>> Pack(ReadOnlySpan<int> lengths, int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        var order = new int[lengths.Length];
        var keys = new long[lengths.Length];
        for (var i = 0; i < lengths.Length; i++)
        {
            if (lengths[i] < 0 || lengths[i] > capacity)
                throw new ArgumentOutOfRangeException(nameof(lengths), lengths[i], $"a length must be between 0 and the capacity, {capacity}");

            order[i] = i;
            keys[i] = ((long)(capacity - lengths[i]) << 32) | (uint)i;
        }

        Array.Sort(keys, order);

        // A tree of the largest room below each node finds the first sequence with enough room in O(log n).
        var leaves = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, lengths.Length));
        var room = new int[2 * leaves];
        room.AsSpan().Fill(capacity);
        var sequences = new List<List<int>>();
        foreach (var index in order)
        {
            var node = 1;
            while (node < leaves) node = room[2 * node] >= lengths[index] ? 2 * node : (2 * node) + 1;

            if (node - leaves == sequences.Count) sequences.Add([]);

            sequences[node - leaves].Add(index);
            room[node] -= lengths[index];
            for (node /= 2; node >= 1; node /= 2) room[node] = Math.Max(room[2 * node], room[(2 * node) + 1]);
        }

        foreach (var sequence in sequences) sequence.Sort();

        sequences.Sort((left, right) => left[0].CompareTo(right[0]));
        return sequences;
    }
}

/// <summary>How an example that is longer than a packed sequence is handled.</summary>
public enum LongExamples
{
    /// <summary>It is dropped and counted.</summary>
    Drop,

    /// <summary>It is truncated at the end; dropped if nothing trained on would remain.</summary>
    Cut,

    /// <summary>It is an unusable row.</summary>
    Fail,
}

/// <summary>How packed sequences mark trained tokens.</summary>
public enum PackedMask
{
    /// <summary><c>labels</c>: the id of trained tokens, -100 elsewhere, as expected by Hugging Face's models; not shifted.</summary>
    Labels,

    /// <summary><c>loss_mask</c>: 1 for trained tokens, 0 elsewhere; not shifted.</summary>
    LossMask,
}

/// <summary>How the examples of training splits are packed into sequences of token ids.</summary>
public sealed record Packing
{
    /// <summary>Maximum tokens of a sequence; null to not pack.</summary>
    public int? Length { get; init; }

    /// <summary>How longer examples are handled.</summary>
    public LongExamples OnLong { get; init; }

    /// <summary>How sequences mark trained tokens.</summary>
    public PackedMask Mask { get; init; }

    /// <summary>Number of examples among which first-fit decreasing chooses; the memory needed grows with it.</summary>
    public int Window { get; init; } = 16_384;

    /// <summary>Pads sequences to <see cref="Length"/>: an id, or the text of a special token. Null for no padding.</summary>
    public Tasks.LocatedName? Pad { get; init; }

    /// <summary>True to also write the sequences as Megatron's <c>.bin</c> and <c>.idx</c>.</summary>
    public bool Megatron { get; init; }
}
