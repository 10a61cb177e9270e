namespace InstructKit.Parquet.Encodings;

/// <summary>
/// Some consecutive values (without nulls) of a leaf. Numbers and booleans are 64 bits each, floats as their bit patterns; everything else is a
/// slice of an array that belongs to the page, the dictionary or the decoder. The arrays are made when first used: a file may have thousands of columns.
/// </summary>
internal sealed class ValueBatch
{
    /// <summary>Most values in a batch.</summary>
    public const int Capacity = 1024;

    public long[] Numbers => field ??= new long[Capacity];

    public Slice[] Slices => field ??= new Slice[Capacity];

    /// <summary>What the slices are slices of.</summary>
    public byte[] Bytes { get; set; } = [];
}
