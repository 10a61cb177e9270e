namespace InstructKit.Parquet.Encodings;

/// <summary>A part of an array, with the guarantee that <see cref="Compression.PageBuffer.Slack"/> bytes behind it may be read.</summary>
/// <param name="Bytes">The array.</param>
/// <param name="Start">First byte.</param>
/// <param name="End">One behind the last byte.</param>
internal readonly record struct ByteRange(byte[] Bytes, int Start, int End)
{
    public int Length => End - Start;

    public ReadOnlySpan<byte> Span => Bytes.AsSpan(Start, Length);

    /// <summary>The range without its first bytes.</summary>
    public ByteRange Skip(int count) => count >= 0 && count <= Length ? this with { Start = Start + count } : throw ParquetException.Corrupt("a page ends too early");

    /// <summary>The first bytes of the range.</summary>
    public ByteRange Take(int count) => count >= 0 && count <= Length ? this with { End = Start + count } : throw ParquetException.Corrupt("a page ends too early");
}
