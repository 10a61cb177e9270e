namespace InstructKit.Parquet.Encodings;

/// <summary>Where the bytes of a value lie in <see cref="ValueBatch.Bytes"/>.</summary>
internal readonly record struct Slice(int Offset, int Length);
