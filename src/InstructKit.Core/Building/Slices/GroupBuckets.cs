using System.IO.Hashing;
using InstructKit.Pipeline;
using InstructKit.Sources;
using InstructKit.Templates;
using InstructKit.Templating.Settings;

namespace InstructKit.Building.Slices;

/// <summary>The order of the rows of a split whose groups stay whole: groups are ordered by the keyed hash of their text, so a group has one position in every
/// file. The hashes are counted in buckets by their top bits; a slice begins and ends between two buckets, and so never within a group. Memory does
/// not grow with the number of groups; a slice may miss its bound by half a bucket, which for fewer than 65,000 groups is usually one group.</summary>
internal sealed class GroupBuckets
{
    private const int MaxBits = 18;

    private readonly long[] _rowsBefore;

    private GroupBuckets(long[] rowsBefore) => _rowsBefore = rowsBefore;

    /// <summary>Rows of the split.</summary>
    public long Count => _rowsBefore[^1];

    /// <summary>Counts the rows of a split by group.</summary>
    /// <param name="task">The task, compiled for the layout.</param>
    /// <param name="seed">Seed of the order.</param>
    /// <param name="jobs">Worker threads.</param>
    /// <exception cref="Diagnostics.DiagnosticException">The input cannot be read.</exception>
    public static GroupBuckets Of(CompiledTask task, RowReader reader, long seed, int jobs, CancellationToken cancel)
    {
        var counts = new long[1 << MaxBits];
        new RowPass<GroupChunk>(reader, new Counting(task, seed, counts, cancel), new PassOptions(jobs, cancel)).Run();
        var before = new long[counts.Length + 1];
        for (var i = 0; i < counts.Length; i++) before[i + 1] = before[i] + counts[i];

        return new GroupBuckets(before);
    }

    /// <summary>The position of the rows of a bucket: the number of rows in the buckets before.</summary>
    public long PositionOf(ulong hash) => _rowsBefore[hash >> (64 - MaxBits)];

    /// <summary>The boundary between two buckets that is nearest to a position, avoiding the ends if possible.</summary>
    public long Snap(long position)
    {
        if (position <= 0 || position >= Count) return position;

        var (below, above) = (Below(position), Above(position));
        if (below == 0) return above;

        return above == Count || position - below <= above - position ? below : above;
    }

    /// <summary>The last boundary between two buckets that is not after a position.</summary>
    public long Below(long position)
    {
        var found = Array.BinarySearch(_rowsBefore, position);
        return found >= 0 ? position : _rowsBefore[~found - 1];
    }

    /// <summary>The first boundary between two buckets that is not before a position.</summary>
    public long Above(long position)
    {
        var found = Array.BinarySearch(_rowsBefore, position);
        return found >= 0 ? position : _rowsBefore[~found];
    }

    /// <summary>Counts the rows of each bucket.</summary>
    private sealed class Counting(CompiledTask task, long seed, long[] counts, CancellationToken cancel) : IPassBody<GroupChunk>
    {
        public GroupChunk MakeChunk() => new(task.SourceColumns.Count);

        public Func<GroupChunk, bool> MakeWorker(RowPass<GroupChunk> pass)
        {
            var evaluator = new RowEvaluator(task, new RenderLimits()) { Cancellation = cancel };
            var hashes = new GroupHash(seed);
            return chunk =>
            {
                chunk.Buckets.Clear();
                var error = 0;
                for (var row = 0; row < chunk.Batch.Count; row++) chunk.Buckets.Add((int)(hashes.Of(evaluator, chunk.Batch, row, chunk.First + row, ref error) >> (64 - MaxBits)));

                return true;
            };
        }

        public bool Commit(GroupChunk chunk)
        {
            foreach (var bucket in chunk.Buckets) counts[bucket]++;

            return true;
        }
    }

    private sealed class GroupChunk(int columns) : RowChunk(columns)
    {
        public List<int> Buckets { get; } = [];
    }
}

/// <summary>The keyed hash of a row's group; a row without one forms its own group.</summary>
/// <param name="seed">Seed of the order.</param>
internal readonly struct GroupHash(long seed)
{
    private readonly KeyedHash _groups = new(seed, "order", "group");
    private readonly KeyedHash _rows = new(seed, "order", "row");

    /// <summary>The hash of a row.</summary>
    /// <param name="evaluator">Loads the group.</param>
    /// <param name="row">Index of the row.</param>
    /// <param name="ordinal">Its number in the split.</param>
    /// <param name="nextError">See <see cref="RowBatch.ErrorOf"/>.</param>
    public ulong Of(RowEvaluator evaluator, RowBatch batch, int row, long ordinal, ref int nextError)
    {
        var isFaulty = batch.FaultCount > 0 && batch.ErrorOf(row, ref nextError) is not null;
        return !isFaulty && evaluator.TryLoadGroup(batch, row) ? _groups[(long)XxHash3.HashToUInt64(evaluator.Group)] : _rows[ordinal];
    }
}
