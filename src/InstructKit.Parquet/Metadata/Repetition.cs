namespace InstructKit.Parquet.Metadata;

/// <summary>How often a field stands in its parent; numbers as in parquet.thrift.</summary>
internal enum Repetition
{
    Required = 0,
    Optional = 1,
    Repeated = 2,
}
