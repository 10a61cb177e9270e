namespace InstructKit.Pipeline;

/// <summary>A chunk of rows on its way through a pass; passes derive from it to keep what was made of the rows. Used again for chunk after chunk, and owned by
/// one worker at a time.</summary>
/// <param name="columns">Cells per row.</param>
internal class RowChunk(int columns) : IDisposable
{
    public RowBatch Batch { get; } = new(columns);

    /// <summary>Number of the chunk in its input, from 0.</summary>
    public long Ticket { get; set; }

    /// <summary>Ordinal of the first row in the input.</summary>
    public long First { get; set; }

    /// <summary>Why the input ends here, when it cannot be read any further.</summary>
    public Exception? Broken { get; set; }

    /// <summary>Bytes of the batch when it was read, where they are many; otherwise 0.</summary>
    public int Weight { get; set; }

    public void Dispose() => Batch.Dispose();
}
