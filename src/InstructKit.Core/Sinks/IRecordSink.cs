namespace InstructKit.Sinks;

/// <summary>Receives encoded records in order, from one thread at a time.</summary>
public interface IRecordSink : IDisposable
{
    /// <summary>Number of records received so far.</summary>
    long Rows { get; }

    /// <summary>Adds records <paramref name="from"/> to <paramref name="to"/> (exclusive) of a block.</summary>
    void Write(ReadOnlySpan<byte> bytes, RecordIndex index, int from, int to);

    /// <summary>Writes buffered records, flushes them to the disk and closes the files, which still have temporary names.</summary>
    void Finish();

    /// <summary>Gives the files their final names; the caller flushes their folder.</summary>
    IReadOnlyList<PublishedFile> Publish();
}

/// <summary>A file written by a build.</summary>
/// <param name="Path">Path below the output folder, with <c>/</c>.</param>
/// <param name="Rows">Rows in it.</param>
/// <param name="Bytes">Its size in bytes.</param>
/// <param name="Sha256">Its SHA-256, lower-case hex.</param>
/// <param name="ContentSha256">SHA-256 of the uncompressed content, lower-case hex; null if the container does not compress the file as a whole.</param>
public sealed record PublishedFile(string Path, long Rows, long Bytes, string Sha256, string? ContentSha256 = null)
{
    /// <summary>Its split; null for a file without examples.</summary>
    public string? Split { get; init; }

    /// <summary>True when its rows are sequences of packed examples.</summary>
    public bool IsPacked { get; init; }

    /// <summary>Rows that the container could not store unchanged.</summary>
    public long Altered { get; init; }
}

/// <summary>Only counts records.</summary>
internal sealed class CountingSink : IRecordSink
{
    public long Rows { get; private set; }

    public void Write(ReadOnlySpan<byte> bytes, RecordIndex index, int from, int to) => Rows += to - from;

    public void Finish()
    {
        // Nothing is buffered.
    }

    public IReadOnlyList<PublishedFile> Publish() => [];

    public void Dispose()
    {
        // Nothing is open.
    }
}
