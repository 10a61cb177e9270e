namespace InstructKit.Sources;

/// <summary>Codes of input errors. Codes never change; the wording of messages may.</summary>
internal static class SourceCodes
{
    /// <summary>A named file does not exist, or a pattern matches none.</summary>
    public const string FileMissing = "IK3001";

    /// <summary>A record is not valid JSON.</summary>
    public const string InvalidJson = "IK3002";

    /// <summary>A key occurs twice in one object.</summary>
    public const string DuplicateKey = "IK3003";

    /// <summary>Bytes that are not UTF-8.</summary>
    public const string InvalidEncoding = "IK3004";

    /// <summary>A value has another type than the format requires, such as a line that is not an object.</summary>
    public const string UnexpectedType = "IK3005";

    /// <summary>A record has more or fewer fields than the header.</summary>
    public const string RaggedRow = "IK3006";

    /// <summary>A quote that is never closed, or text after a closing quote.</summary>
    public const string BrokenQuoting = "IK3007";

    /// <summary>A header with an empty or repeated name, or a missing required one.</summary>
    public const string BadHeader = "IK3008";

    /// <summary>A line or file that the pattern does not match.</summary>
    public const string PatternMismatch = "IK3009";

    /// <summary>A truncated record of several lines.</summary>
    public const string IncompleteRecord = "IK3010";

    /// <summary>Parallel files of different lengths.</summary>
    public const string LineCountMismatch = "IK3011";

    /// <summary>A record is too large, too deep or too wide; the message names the limit.</summary>
    public const string LimitExceeded = "IK3012";

    /// <summary>The input is in an unsupported encoding.</summary>
    public const string UnsupportedEncoding = "IK3013";

    /// <summary>A git-LFS pointer instead of the file.</summary>
    public const string LfsPointer = "IK3014";

    /// <summary>A web page instead of data.</summary>
    public const string WebPage = "IK3015";

    /// <summary>Compressed data or an archive is damaged.</summary>
    public const string DamagedArchive = "IK3016";

    /// <summary>An unsupported archive or compression: encrypted, split, nested, of an unknown method.</summary>
    public const string UnsupportedArchive = "IK3017";

    /// <summary>The layout's settings of the format contradict each other or cannot be understood.</summary>
    public const string BadSpec = "IK3018";

    /// <summary>A document is not well-formed XML.</summary>
    public const string InvalidXml = "IK3019";

    /// <summary>There is no reader for the format.</summary>
    public const string UnsupportedFormat = "IK3020";

    /// <summary>The operating system fails to read a file, or to store decompressed content temporarily.</summary>
    public const string ReadFailed = "IK3021";

    /// <summary>A file of 0 bytes, which no format reads as a source without rows.</summary>
    public const string EmptyFile = "IK3022";

    /// <summary>A pattern matches a file and its compressed copy, or one file twice.</summary>
    public const string DoubledFile = "IK3023";

    /// <summary>A file changed while it was read.</summary>
    public const string SourceChanged = "IK3024";
}
