using System.Globalization;
using System.Text;
using System.Text.Unicode;
using InstructKit.Diagnostics;

namespace InstructKit.Sources.Files;

/// <summary>Reads what people write: task files, plans, templates. UTF-8, or what a byte-order mark says; nothing is replaced in silence.</summary>
public static class TextFile
{
    /// <summary>Reads a file.</summary>
    /// <exception cref="DiagnosticException">Bytes that are not UTF-8 (IK2016).</exception>
    /// <exception cref="DiagnosticException">The file cannot be read (IK2017).</exception>
    public static SourceText Load(string path) => Decode(path, Bytes(path));

    /// <summary>The bytes of a file.</summary>
    /// <exception cref="DiagnosticException">The file cannot be read (IK2017).</exception>
    public static byte[] Bytes(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
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

    /// <summary>True for what <see cref="Bytes"/> throws: nothing is known of the file, so it is no finding about what it says.</summary>
    public static bool IsUnreadable(DiagnosticException exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return exception.Diagnostics is [{ Code: TextFileCodes.Unreadable }];
    }

    /// <summary>The text of a file's bytes.</summary>
    /// <param name="name">Name of the file.</param>
    /// <param name="content">Its bytes.</param>
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
            TextFileCodes.BadEncoding,
            Severity.Error,
            string.Create(CultureInfo.InvariantCulture, $"The byte 0x{content[valid]:x2} is not valid UTF-8 here; write the file in UTF-8."),
            new SourceSpan(source, at, 1)));
    }
}

/// <summary>Codes of files of text that cannot be read.</summary>
public static class TextFileCodes
{
    /// <summary>A file with bytes that are not UTF-8.</summary>
    public const string BadEncoding = "IK2016";

    /// <summary>The operating system refuses to read a task file, plan or template.</summary>
    public const string Unreadable = "IK2017";
}
