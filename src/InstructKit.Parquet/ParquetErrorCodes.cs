namespace InstructKit.Parquet;

/// <summary>The codes that a <see cref="ParquetException"/> carries. They do not change; wording may.</summary>
public static class ParquetErrorCodes
{
    /// <summary>The file is not Parquet: magic bytes or footer length are wrong.</summary>
    public const string NotParquet = "IK7001";

    /// <summary>The file contradicts itself or the format.</summary>
    public const string Corrupt = "IK7002";

    /// <summary>Legal, but not something that this reader or writer does.</summary>
    public const string Unsupported = "IK7003";

    /// <summary>The file or a column is encrypted.</summary>
    public const string Encrypted = "IK7004";

    /// <summary>A size is beyond one of the <see cref="ParquetReaderOptions"/>.</summary>
    public const string TooLarge = "IK7005";

    /// <summary>Zstandard is needed and the system has no libzstd.</summary>
    public const string NoZstandard = "IK7006";

    /// <summary>The checksum of a page is wrong; only with <see cref="ParquetReaderOptions.VerifyChecksums"/>.</summary>
    public const string Checksum = "IK7007";
}
