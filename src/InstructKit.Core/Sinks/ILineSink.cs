namespace InstructKit.Sinks;

/// <summary>Takes lines in order, from one thread at a time.</summary>
public interface ILineSink : IDisposable
{
    /// <summary>Lines taken so far.</summary>
    long Rows { get; }

    /// <summary>Takes lines <paramref name="from"/> to <paramref name="to"/> (exclusive) of a block.</summary>
    void Write(ReadOnlySpan<byte> bytes, LineIndex lines, int from, int to);

    /// <summary>Writes out what is held back and flushes to the disk; files still have temporary names.</summary>
    void Finish();

    /// <summary>Gives the files their final names.</summary>
    IReadOnlyList<PublishedFile> Publish();
}
