namespace InstructKit.Parquet.Metadata;

/// <summary>An annotation with its parameters; those that its kind does not have are zero.</summary>
/// <param name="Kind">Which annotation.</param>
/// <param name="Unit">Unit of times and timestamps.</param>
/// <param name="IsUtc">Whether a time or timestamp is adjusted to UTC.</param>
/// <param name="BitWidth">Width of an integer.</param>
/// <param name="IsSigned">Whether an integer is signed.</param>
/// <param name="Scale">Digits behind the point of a decimal.</param>
/// <param name="Precision">Digits of a decimal.</param>
internal readonly record struct LogicalType(
    LogicalKind Kind,
    TimeUnit Unit = default,
    bool IsUtc = false,
    int BitWidth = 0,
    bool IsSigned = false,
    int Scale = 0,
    int Precision = 0);
