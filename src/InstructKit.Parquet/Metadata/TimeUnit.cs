namespace InstructKit.Parquet.Metadata;

/// <summary>Unit of a time; numbers as in the thrift union <c>TimeUnit</c>.</summary>
internal enum TimeUnit
{
    Millis = 1,
    Micros = 2,
    Nanos = 3,
}
