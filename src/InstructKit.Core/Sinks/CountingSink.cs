namespace InstructKit.Sinks;

/// <summary>Counts records and writes none.</summary>
internal sealed class CountingSink : IRecordSink
{
    /// <inheritdoc/>
    public long Rows { get; private set; }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> bytes, RecordIndex index, int from, int to) => Rows += to - from;

    /// <inheritdoc/>
    public void Finish()
    {
    }

    /// <inheritdoc/>
    public IReadOnlyList<PublishedFile> Publish() => [];

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
