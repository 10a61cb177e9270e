using System.Text.Unicode;

namespace InstructKit.Sources.Files;

/// <summary>Reads task files, plans and templates: UTF-8, or the encoding that a byte-order mark indicates; invalid bytes are an error.</summary>
internal static class TextFile
{
    /// <summary>Parses a file.</summary>
    /// <exception cref="DiagnosticException">Bytes that are not UTF-8 (IK2016).</exception>
    /// <exception cref="DiagnosticException">The file cannot be read (IK2017).</exception>
    public static SourceText Load(string path) => Decode(path, Bytes(path));

    /// <summary>Default of <see cref="MaxBytes"/>.</summary>
    public const long DefaultMaxBytes = 16 << 20;

    /// <summary>Largest file that is read, in bytes (<c>--max-text-bytes</c>). Set once, before anything is read.</summary>
    public static long MaxBytes { get; set; } = DefaultMaxBytes;

    /// <summary>The bytes of a file of at most <see cref="MaxBytes"/>.</summary>
    /// <exception cref="DiagnosticException">The file cannot be read (IK2017), is a device or too large (IK2018).</exception>
    public static byte[] Bytes(string path) => Bytes(path, MaxBytes);

    /// <summary>The bytes of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="limit">Its maximum size in bytes.</param>
    /// <exception cref="DiagnosticException">The file cannot be read (IK2017), is a device or too large (IK2018).</exception>
    public static byte[] Bytes(string path, long limit)
    {
        try
        {
            // Pipes are allowed: a shell may pass a plan through one.
            if (FileStamp.SpecialKind(path) is { } kind and not "a pipe") throw Refused($"'{path}' cannot be read: it is {kind}, expected a file.", null);

            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 0, FileOptions.SequentialScan);
            var length = file.CanSeek ? file.Length : 0;
            if (length > limit) throw TooLarge(path, limit);

            // A pipe has no length, and a file may have grown after its length was read.
            using var content = new MemoryStream((int)length);
            Span<byte> buffer = stackalloc byte[1 << 13];
            while (file.Read(buffer) is > 0 and var read)
            {
                content.Write(buffer[..read]);
                if (content.Length > limit) throw TooLarge(path, limit);
            }

            return content.Length == content.Capacity ? content.GetBuffer() : content.ToArray();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            var (why, hint) = failure switch
            {
                FileNotFoundException or DirectoryNotFoundException => ("there is no such file", null),
                _ when Directory.Exists(path) => ("it is a folder", null),
                UnauthorizedAccessException => ("permission is denied", "Give yourself the right to read it."),
                _ => (failure.Message.TrimEnd('.'), null),
            };
            throw new DiagnosticException(new Diagnostic(TextFileCodes.Unreadable, Severity.Error, $"'{path}' cannot be read: {why}.") { Hint = hint }, failure);
        }
    }

    private static DiagnosticException TooLarge(string path, long limit) =>
        Refused(string.Create(CultureInfo.InvariantCulture, $"'{path}' is larger than {limit} bytes."), "Raise --max-text-bytes if that is right.");

    private static DiagnosticException Refused(string message, string? hint) => new(new Diagnostic(TextFileCodes.Refused, Severity.Error, message) { Hint = hint });

    /// <summary>True for what <see cref="Bytes(string)"/> throws: the file could not be read at all, so it is not a finding about its content.</summary>
    public static bool IsUnreadable(DiagnosticException exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return exception.Diagnostics is [{ Code: TextFileCodes.Unreadable }];
    }

    /// <summary>The text of a file's bytes.</summary>
    /// <param name="name">Name of the file.</param>
    /// <exception cref="DiagnosticException">Bytes that are not UTF-8 (IK2016).</exception>
    public static SourceText Decode(string name, byte[] content)
    {
        // Every byte order mark begins with one of these.
        if (content is not [0x00 or 0xEF or 0xFE or 0xFF, ..] && Utf8.IsValid(content)) return SourceText.FromText(name, Encoding.UTF8.GetString(content));

        using var reader = new StreamReader(new MemoryStream(content));
        var source = SourceText.FromText(name, reader.ReadToEnd());
        if (reader.CurrentEncoding is not UTF8Encoding || Utf8.IsValid(content)) return source;

        var valid = Encoding.UTF8.Preamble.SequenceEqual(content.AsSpan(0, Math.Min(3, content.Length))) ? 3 : 0;
        var at = 0;
        while (Rune.DecodeFromUtf8(content.AsSpan(valid), out var letter, out var length) == System.Buffers.OperationStatus.Done)
        {
            valid += length;
            at += letter.Utf16SequenceLength;
        }

        throw new DiagnosticException(new Diagnostic(
            TextFileCodes.BadEncoding, Severity.Error,
            string.Create(CultureInfo.InvariantCulture, $"The byte 0x{content[valid]:x2} is not valid UTF-8 here; write the file in UTF-8."),
            new SourceSpan(source, at, 1)));
    }
}

/// <summary>Codes of text files that cannot be read.</summary>
internal static class TextFileCodes
{
    /// <summary>A file with bytes that are not UTF-8.</summary>
    public const string BadEncoding = "IK2016";

    /// <summary>The operating system fails to read a task file, plan or template.</summary>
    public const string Unreadable = "IK2017";

    /// <summary>A task file, plan, template or lock that is a device or larger than <see cref="TextFile.MaxBytes"/>.</summary>
    public const string Refused = "IK2018";
}
