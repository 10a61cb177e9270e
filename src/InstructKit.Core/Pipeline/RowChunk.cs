namespace InstructKit.Pipeline;

/// <summary>A chunk of rows on its way through a pass; passes derive from it to keep the results for the rows. Reused for further chunks, and owned by
/// one worker at a time.</summary>
/// <param name="columns">Cells per row.</param>
internal class RowChunk(int columns) : IDisposable
{
    public RowBatch Batch { get; } = new(columns);

    /// <summary>Number of the chunk in its input, from 0.</summary>
    public long Ticket { get; set; }

    /// <summary>Ordinal of the first row in the input.</summary>
    public long First { get; set; }

    /// <summary>The error that ends the input here, if it cannot be read further.</summary>
    public Exception? Broken { get; set; }

    /// <summary>Bytes of the batch when it was read, if it is large; otherwise 0.</summary>
    public int Weight { get; set; }

    public void Dispose() => Batch.Dispose();
}
