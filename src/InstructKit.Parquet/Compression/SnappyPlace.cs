namespace InstructKit.Parquet.Compression;

/// <summary>How far a snappy block has been decoded.</summary>
/// <param name="Read">Bytes of the block behind which the next element stands.</param>
/// <param name="Written">Bytes that the elements before it made.</param>
internal readonly record struct SnappyPlace(int Read, int Written);
