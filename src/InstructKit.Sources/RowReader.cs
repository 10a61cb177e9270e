namespace InstructKit.Sources;

/// <summary>Reads the rows of one split in order. Work is divided so that several workers can share one reader: <see cref="ReadChunk"/> is called by one worker
/// at a time and is cheap (it cuts bytes at record boundaries, or does everything where a format cannot be cut); <see cref="Parse"/> is called by any worker on
/// its own batch, several at once.</summary>
internal abstract class RowReader : IDisposable
{
    /// <summary>Names of the files that are read, as displayed (an archive member as <c>a.zip!member</c>).</summary>
    public abstract IReadOnlyList<string> Files { get; }

    /// <summary>Columns that every row has, in cell order: those that were requested.</summary>
    public abstract IReadOnlyList<string> Columns { get; }

    /// <summary>Resets the batch and fills it with the next chunk. False at the end of the last file. Not thread-safe.</summary>
    /// <exception cref="InstructKit.Diagnostics.DiagnosticException">The input cannot be read any further, or the operating system fails (codes <c>IK3xxx</c>).</exception>
    public abstract bool ReadChunk(RowBatch batch);

    /// <summary>Turns the bytes of a chunk into rows and faults. Thread-safe; touches nothing but the batch.</summary>
    public abstract void Parse(RowBatch batch);

    /// <summary>Closes the files.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases the reader's resources.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }
}

/// <summary>Looks names up in a list of columns.</summary>
internal static class ColumnNames
{
    public static int IndexOf(IReadOnlyList<string> columns, string name)
    {
        for (var i = 0; i < columns.Count; i++)
        {
            if (string.Equals(columns[i], name, StringComparison.Ordinal)) return i;
        }

        return -1;
    }
}
