namespace InstructKit.Parquet.Writing;

/// <summary>A finished page: its header and compressed body, and what the indexes say about it.</summary>
internal sealed record WrittenPage(byte[] Bytes, int UncompressedBytes, long FirstRow)
{
    public long NullCount { get; init; }

    public bool HasValues { get; init; }

    public byte[] Lower { get; init; } = [];

    public byte[] Upper { get; init; } = [];
}
