using InstructKit.Cells;

namespace InstructKit.Building;

/// <summary>A chunk of rows on its way through a task, and what was made of it. Used again for chunk after chunk; belongs to one worker at a time.</summary>
/// <param name="columns">Cells per row.</param>
/// <param name="slices">Number of slices that the split is read for.</param>
internal sealed class RowChunk(int columns, int slices) : IDisposable
{
    /// <summary>The rows.</summary>
    public RowBatch Batch { get; } = new(columns);

    /// <summary>What each slice got of them.</summary>
    public SliceResult[] Results { get; } = [.. Enumerable.Range(0, slices).Select(_ => new SliceResult())];

    /// <summary>Number of the chunk in its split, from 0.</summary>
    public long Ticket { get; set; }

    /// <summary>Ordinal of the first row in the split.</summary>
    public long First { get; set; }

    /// <summary>Why the input ends here, when it cannot be read any further.</summary>
    public Exception? Broken { get; set; }

    /// <summary>Bytes of the batch when it was read, where they are many; otherwise 0.</summary>
    public int Weight { get; set; }

    public void Dispose() => Batch.Dispose();
}
