using System.Buffers;

namespace InstructKit.Lengths;

/// <summary>Byte-pair merging of one piece: the neighbours of lowest rank merge first, the leftmost on ties. Short pieces scan for the lowest rank; long
/// ones keep the ranks in a heap over linked parts, O(n log n), so a megabyte without a boundary costs no more per byte than a word.</summary>
internal static class PieceMerger
{
    private const int ScanBytes = 64;

    /// <summary>Merges a piece and writes its ids; returns their number.</summary>
    /// <param name="piece">The bytes, at least one.</param>
    /// <param name="vocabulary">Has every single byte.</param>
    /// <param name="merges">Defines which neighbours merge.</param>
    /// <param name="ids">Room for one id per byte.</param>
    public static int Merge<T>(ReadOnlySpan<byte> piece, TokenVocabulary vocabulary, T merges, Span<int> ids)
        where T : struct, IMergeTable =>
        piece.Length <= ScanBytes ? Scan(piece, vocabulary, merges, ids) : new Heap<T>(piece, merges).Run(vocabulary, ids);

    private static int Scan<T>(ReadOnlySpan<byte> piece, TokenVocabulary vocabulary, T merges, Span<int> ids)
        where T : struct, IMergeTable
    {
        Span<int> starts = stackalloc int[ScanBytes + 1];
        Span<int> ranks = stackalloc int[ScanBytes];
        Span<int> merged = stackalloc int[ScanBytes];
        var count = piece.Length;
        for (var i = 0; i < count; i++)
        {
            starts[i] = i;
            ids[i] = vocabulary.OfByte(piece[i]);
        }

        starts[count] = count;
        for (var i = 0; i + 1 < count; i++) ranks[i] = merges.Rank(piece, i, i + 2, ids[i], ids[i + 1], out merged[i]);

        while (count > 1)
        {
            var (best, rank) = (-1, int.MaxValue);
            for (var i = 0; i + 1 < count; i++)
            {
                if (ranks[i] < rank) (best, rank) = (i, ranks[i]);
            }

            if (best < 0) break;

            ids[best] = merged[best];
            Remove(starts[..(count + 1)], best + 1);
            Remove(ids[..count], best + 1);
            Remove(ranks[..count], best);
            Remove(merged[..count], best);
            count--;
            if (best + 1 < count) ranks[best] = merges.Rank(piece, starts[best], starts[best + 2], ids[best], ids[best + 1], out merged[best]);

            if (best > 0) ranks[best - 1] = merges.Rank(piece, starts[best - 1], starts[best + 1], ids[best - 1], ids[best], out merged[best - 1]);
        }

        return count;
    }

    private static void Remove(Span<int> values, int at) => values[(at + 1)..].CopyTo(values[at..]);

    // Parts are identified by their start. A heap entry is rank and part; one whose rank is no longer that of the part is stale.
    private ref struct Heap<T>(ReadOnlySpan<byte> piece, T merges)
        where T : struct, IMergeTable
    {
        private readonly ReadOnlySpan<byte> _piece = piece;
        private readonly T _merges = merges;
        private readonly Part[] _parts = ArrayPool<Part>.Shared.Rent(piece.Length);
        private ulong[] _heap = ArrayPool<ulong>.Shared.Rent(piece.Length * 2);
        private int _count;

        public int Run(TokenVocabulary vocabulary, Span<int> ids)
        {
            var length = _piece.Length;
            for (var i = 0; i < length; i++) _parts[i] = new Part { Id = vocabulary.OfByte(_piece[i]), Previous = i - 1, Next = i + 1 };

            for (var i = 0; i < length; i++) Update(i);

            while (_count > 0)
            {
                var entry = Pop();
                var at = (int)(uint)entry;
                ref var part = ref _parts[at];
                if (part.Rank != (int)(entry >> 32)) continue;

                ref var right = ref _parts[part.Next];
                part.Id = part.Merged;
                part.Next = right.Next;
                right.Rank = int.MaxValue;
                if (part.Next < length) _parts[part.Next].Previous = at;

                Update(at);
                if (part.Previous >= 0) Update(part.Previous);
            }

            var written = 0;
            for (var i = 0; i < length; i = _parts[i].Next) ids[written++] = _parts[i].Id;

            ArrayPool<Part>.Shared.Return(_parts);
            ArrayPool<ulong>.Shared.Return(_heap);
            return written;
        }

        private void Update(int at)
        {
            ref var part = ref _parts[at];
            part.Rank = int.MaxValue;
            if (part.Next >= _piece.Length) return;

            ref var right = ref _parts[part.Next];
            part.Rank = _merges.Rank(_piece, at, right.Next, part.Id, right.Id, out part.Merged);
            if (part.Rank != int.MaxValue) Push(((ulong)part.Rank << 32) | (uint)at);
        }

        private void Push(ulong entry)
        {
            if (_count == _heap.Length)
            {
                var larger = ArrayPool<ulong>.Shared.Rent(_count * 2);
                _heap.AsSpan(0, _count).CopyTo(larger);
                ArrayPool<ulong>.Shared.Return(_heap);
                _heap = larger;
            }

            var at = _count++;
            while (at > 0 && _heap[(at - 1) / 2] > entry)
            {
                _heap[at] = _heap[(at - 1) / 2];
                at = (at - 1) / 2;
            }

            _heap[at] = entry;
        }

        private ulong Pop()
        {
            var least = _heap[0];
            var moved = _heap[--_count];
            var at = 0;
            while (true)
            {
                var child = (2 * at) + 1;
                if (child >= _count) break;

                if (child + 1 < _count && _heap[child + 1] < _heap[child]) child++;

                if (_heap[child] >= moved) break;

                _heap[at] = _heap[child];
                at = child;
            }

            _heap[at] = moved;
            return least;
        }

        private struct Part
        {
            public int Id;
            public int Previous;
            public int Next;
            public int Rank;
            public int Merged;
        }
    }
}
