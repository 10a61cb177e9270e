namespace InstructKit.Parquet.Format;

/// <summary>The codes that a <see cref="ParquetException"/> carries. Codes never change; the wording of messages may.</summary>
public static class ParquetErrorCodes
{
    /// <summary>The file is not Parquet: magic bytes or footer length are wrong.</summary>
    public const string NotParquet = "IK7001";

    /// <summary>The file contradicts itself or the format.</summary>
    public const string Corrupt = "IK7002";

    /// <summary>Valid, but not supported by this reader or writer.</summary>
    public const string Unsupported = "IK7003";

    /// <summary>The file or a column is encrypted.</summary>
    public const string Encrypted = "IK7004";

    /// <summary>A size exceeds one of the <see cref="ParquetReaderOptions"/>.</summary>
    public const string TooLarge = "IK7005";

    /// <summary>The checksum of a page is wrong; only with <see cref="ParquetReaderOptions.VerifyChecksums"/>.</summary>
    public const string Checksum = "IK7007";
}

/// <summary>A Parquet file that cannot be read, or rows that cannot be written. The message is one line: <c>file: row group 2, column 'x': reason</c>. Nothing
/// else is thrown for bad content; failures of the operating system remain <see cref="IOException"/>.</summary>
public sealed class ParquetException : Exception
{
    // A broken file's names may be as long as its footer; a message must stay one line.
    private const int MaxNameShown = 300;

    /// <summary>Creates an exception without a location; the reader adds it further up.</summary>
    internal ParquetException(string code, string reason, Exception? inner = null)
        : this(code, reason, null, null, null, null, inner)
    {
    }

    private ParquetException(string code, string reason, string? limit, string? file, int? rowGroup, string? column, Exception? inner)
        : base(Describe(reason, file, rowGroup, column), inner)
    {
        Code = code;
        Reason = reason;
        Limit = limit;
        File = file;
        RowGroup = rowGroup;
        Column = column;
    }

    /// <summary>Stable code, one of <see cref="ParquetErrorCodes"/>.</summary>
    public string Code { get; }

    /// <summary>What is wrong and what was expected, without the location.</summary>
    public string Reason { get; }

    /// <summary>Name of the member of <see cref="ParquetReaderOptions"/> that is exceeded, if it is one that can be raised.</summary>
    public string? Limit { get; }

    /// <summary>The file, as named by the caller.</summary>
    public string? File { get; }

    /// <summary>Zero-based row group, when one is to blame.</summary>
    public int? RowGroup { get; }

    /// <summary>Dotted path of the column, when one is to blame.</summary>
    public string? Column { get; }

    /// <summary>The message without the file, for callers that use another name for it.</summary>
    public string MessageInFile => Describe(Reason, null, RowGroup, Column);

    internal static ParquetException Corrupt(string reason, Exception? inner = null) => new(ParquetErrorCodes.Corrupt, reason, inner);

    internal static ParquetException Unsupported(string reason) => new(ParquetErrorCodes.Unsupported, reason);

    internal static ParquetException TooLarge(string reason, string? limit = null) => new(ParquetErrorCodes.TooLarge, reason, limit, null, null, null, null);

    /// <summary>The same error with the parts of its place that it lacks.</summary>
    internal ParquetException At(string? file, int? rowGroup = null, string? column = null) =>
        new(Code, Reason, Limit, File ?? file, RowGroup ?? rowGroup, Column ?? column, InnerException);

    private static string Describe(string reason, string? file, int? rowGroup, string? column)
    {
        List<string> place = [];
        if (rowGroup is { } group) place.Add(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"row group {group}"));

        if (column is not null) place.Add($"column '{(column.Length <= MaxNameShown ? column : $"{column[..MaxNameShown]}…")}'");

        var where = place.Count == 0 ? string.Empty : string.Join(", ", place) + ": ";
        return file is null ? where + reason : $"{file}: {where}{reason}";
    }
}
