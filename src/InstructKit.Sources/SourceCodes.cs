namespace InstructKit.Sources;

/// <summary>Codes of everything that can be wrong with an input. Codes do not change; wording may.</summary>
internal static class SourceCodes
{
    /// <summary>A file that was named does not exist, or a pattern matches none.</summary>
    public const string FileMissing = "IK3001";

    /// <summary>A record is not valid JSON.</summary>
    public const string InvalidJson = "IK3002";

    /// <summary>A key occurs twice in one object.</summary>
    public const string DuplicateKey = "IK3003";

    /// <summary>Bytes that are not UTF-8.</summary>
    public const string InvalidEncoding = "IK3004";

    /// <summary>A value is of another type than the format needs, such as a line that is not an object.</summary>
    public const string UnexpectedType = "IK3005";

    /// <summary>A record has more or fewer fields than the header.</summary>
    public const string RaggedRow = "IK3006";

    /// <summary>A quote that is never closed, or text after a closing quote.</summary>
    public const string BrokenQuoting = "IK3007";

    /// <summary>A header with an empty or repeated name, or none where one is needed.</summary>
    public const string BadHeader = "IK3008";

    /// <summary>A line or file that the pattern does not match.</summary>
    public const string PatternMismatch = "IK3009";

    /// <summary>A record of several lines that is cut short.</summary>
    public const string IncompleteRecord = "IK3010";

    /// <summary>Parallel files of different lengths.</summary>
    public const string LineCountMismatch = "IK3011";

    /// <summary>A record is too large, too deep or too wide; the message names the limit.</summary>
    public const string LimitExceeded = "IK3012";

    /// <summary>The input is in an encoding that is not read.</summary>
    public const string UnsupportedEncoding = "IK3013";

    /// <summary>A git-LFS pointer lies where the file should be.</summary>
    public const string LfsPointer = "IK3014";

    /// <summary>A web page lies where data should be.</summary>
    public const string WebPage = "IK3015";

    /// <summary>Compressed data or an archive is damaged.</summary>
    public const string DamagedArchive = "IK3016";

    /// <summary>An archive or a compression that is not read: encrypted, split, nested, of an unknown method.</summary>
    public const string UnsupportedArchive = "IK3017";

    /// <summary>The layout's settings of the format contradict each other or cannot be understood.</summary>
    public const string BadSpec = "IK3018";

    /// <summary>A document is not well-formed XML.</summary>
    public const string InvalidXml = "IK3019";

    /// <summary>There is no reader for the format.</summary>
    public const string UnsupportedFormat = "IK3020";

    /// <summary>The operating system refuses to read a file, or to put unpacked content aside.</summary>
    public const string ReadFailed = "IK3021";

    /// <summary>A file of 0 bytes, which no format reads as a source without rows.</summary>
    public const string EmptyFile = "IK3022";

    /// <summary>A pattern matches a file and its compressed copy, or one file twice.</summary>
    public const string DoubledFile = "IK3023";

    /// <summary>A file changed while it was read.</summary>
    public const string SourceChanged = "IK3024";
}
