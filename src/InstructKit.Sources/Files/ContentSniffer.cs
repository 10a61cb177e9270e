namespace InstructKit.Sources.Files;

/// <summary>Detects from its first bytes a file that is not what its name says, and rejects it with a helpful message.</summary>
internal static class ContentSniffer
{
    /// <summary>Rejects what no reader of a text format can read.</summary>
    /// <exception cref="Diagnostics.DiagnosticException">The bytes are of another kind of file.</exception>
    public static void Refuse(ReadOnlySpan<byte> prefix, string name, bool refusesWebPages)
    {
        if (prefix.StartsWith("version https://git-lfs.github.com/spec/"u8))
            throw SourceError.InFile(SourceCodes.LfsPointer, name, "this is a git-LFS pointer and not the file itself; run `git lfs pull` where it came from");

        if (Kind(prefix) is { } kind)
        {
            var isNested = name.Contains('!', StringComparison.Ordinal) && kind.Contains("archive!", StringComparison.Ordinal);
            throw SourceError.InFile(SourceCodes.UnsupportedArchive, name, isNested ? "an archive inside an archive is not read; unpack the outer one first" : kind);
        }

        if (refusesWebPages && IsWebPage(prefix))
            throw SourceError.InFile(SourceCodes.WebPage, name, "this is a web page and not data; perhaps a login or error page was saved in its place");
    }

    /// <summary>Rejects compressed data, archives and UTF-16 in a stream that has no file name.</summary>
    /// <exception cref="Diagnostics.DiagnosticException">The bytes are not UTF-8 text.</exception>
    public static void RefuseForLines(ReadOnlySpan<byte> prefix, string name)
    {
        RefuseUtf16(prefix, name);
        if (UnpackedContent.IsPacked(prefix))
            throw SourceError.InFile(SourceCodes.UnsupportedArchive, name, "this is compressed; give the file's name, or decompress it, as zcat does");

        Refuse(prefix, name, refusesWebPages: false);
    }

    /// <summary>Rejects UTF-16 and UTF-32, detected by their byte-order mark.</summary>
    /// <exception cref="Diagnostics.DiagnosticException">The bytes begin with such a mark.</exception>
    public static void RefuseUtf16(ReadOnlySpan<byte> prefix, string name)
    {
        ReadOnlySpan<byte> little = [0xFF, 0xFE];
        ReadOnlySpan<byte> big = [0xFE, 0xFF];
        if (prefix.StartsWith(little) || prefix.StartsWith(big))
        {
            var encoding = prefix.StartsWith(big) ? "UTF-16 (big-endian)" : prefix.Length >= 4 && prefix[2] == 0 && prefix[3] == 0 ? "UTF-32" : "UTF-16 (little-endian)";
            throw SourceError.InFile(SourceCodes.UnsupportedEncoding, name, $"the byte-order mark says {encoding}; convert the file to UTF-8, for example with iconv");
        }
    }

    private static string? Kind(ReadOnlySpan<byte> prefix)
    {
        ReadOnlySpan<byte> oldOffice = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
        ReadOnlySpan<byte> xz = [0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0];
        return prefix.StartsWith("PK\u0003\u0004"u8) || prefix.StartsWith("PK\u0005\u0006"u8) ? Spreadsheet(prefix) ?? "this is a zip archive; name the members to read, as archive!pattern"
            : prefix.StartsWith(oldOffice) ? "this is a document of an office program; save it as CSV"
            : prefix.StartsWith(xz) ? "xz compression is not read; unpack the file first"
            : prefix.StartsWith("BZh"u8) && prefix.Length > 9 && prefix[4..].StartsWith("1AY&SY"u8) ? "bzip2 compression is not read; unpack the file first"
            : prefix.StartsWith("PAR1"u8) ? "this is a Parquet file; the layout's format should be parquet"
            : prefix.Length > 262 && prefix[257..].StartsWith("ustar"u8) ? "this is a tar archive; name the members to read, as archive!pattern"
            : null;
    }

    // Office programs store the list of contents or the media type first.
    private static string? Spreadsheet(ReadOnlySpan<byte> prefix) =>
        prefix.Length > 30 && (prefix[30..].StartsWith("[Content_Types].xml"u8) || prefix[30..].StartsWith("_rels/"u8) || prefix[30..].StartsWith("mimetypeapplication/vnd.oasis"u8))
            ? "this is a document of an office program; save it as CSV"
            : null;

    private static bool IsWebPage(ReadOnlySpan<byte> prefix)
    {
        var text = Encoding.Latin1.GetString(prefix).TrimStart();
        return text.StartsWith("<!doctype html", StringComparison.OrdinalIgnoreCase) || text.StartsWith("<html", StringComparison.OrdinalIgnoreCase);
    }
}
