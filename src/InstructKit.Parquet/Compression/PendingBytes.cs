namespace InstructKit.Parquet.Compression;

/// <summary>
/// A snappy page that is decompressed little by little, in step with the reading of its values: pages may be as large as a row group, and what was just
/// written is still in the processor's cache when it is read.
/// </summary>
/// <param name="source">The compressed bytes, which must stay as they are.</param>
/// <param name="target">Where the page goes, from the start.</param>
/// <param name="length">Length of the page.</param>
internal sealed class PendingBytes(ReadOnlyMemory<byte> source, byte[] target, int length)
{
    private const int Step = 32 << 10;

    private SnappyPlace _at = SnappyDecoder.Start(source.Span, length);

    /// <summary>Bytes from the start of the page that may be read.</summary>
    public int Ready => _at.Written;

    /// <summary>Sees to it that the first <paramref name="end"/> bytes of the page may be read, and tells how many may.</summary>
    public int Require(int end)
    {
        if (end > _at.Written)
        {
            SnappyDecoder.DecodeTo(source.Span, target.AsSpan(0, length), ref _at, Math.Min(length, Math.Max(end, _at.Written + Step)));
        }

        return _at.Written;
    }

    /// <summary>Decompresses the rest, so that a page that is broken behind its last value is not passed over.</summary>
    public void Finish() => Require(length);
}
