namespace InstructKit.Parquet.Encodings;

/// <summary>
/// Some consecutive values (without nulls) of a leaf. Numbers and booleans are 64 bits each, floats as their bit patterns; everything else is a
/// slice of an array that belongs to the page, the dictionary or the decoder. The arrays are made when first used: a file may have thousands of columns.
/// </summary>
internal sealed class ValueBatch(int capacity = ValueBatch.MaxCapacity)
{
    /// <summary>Most values that a batch is made for.</summary>
    public const int MaxCapacity = 1024;

    /// <summary>Most values in this batch.</summary>
    public int Capacity => capacity;

    public long[] Numbers => field ??= new long[capacity];

    public Slice[] Slices => field ??= new Slice[capacity];

    /// <summary>What the slices are slices of.</summary>
    public byte[] Bytes { get; set; } = [];
}
