namespace InstructKit.Sources;

/// <summary>Creates the exceptions that abort reading an input.</summary>
internal static class SourceError
{
    /// <summary>An error about a whole file.</summary>
    public static DiagnosticException InFile(string code, string file, string message, Exception? inner = null) =>
        new(new Diagnostic(code, Severity.Error, $"{VisibleText.Of(file)}: {message}"), inner);

    /// <summary>The error for a file that was written to while it was read.</summary>
    public static DiagnosticException Changed(string file) =>
        new(new Diagnostic(SourceCodes.SourceChanged, Severity.Error, $"{VisibleText.Of(file)}: the file changed while it was read") { Hint = "Start again when nothing writes to it any more." });

    /// <summary>The error for a file that the operating system fails to open or read.</summary>
    public static DiagnosticException Refused(SourceFile file, Exception failure) => failure switch
    {
        FileNotFoundException or DirectoryNotFoundException => InFile(SourceCodes.FileMissing, file.Name, "no such file", failure),
        _ when Directory.Exists(file.Path) => InFile(SourceCodes.ReadFailed, file.Name, "cannot be read: it is a folder, expected a file", failure),
        UnauthorizedAccessException => InFile(SourceCodes.ReadFailed, file.Name, "cannot be read: permission denied; check the rights of the file", failure),
        _ => InFile(SourceCodes.ReadFailed, file.Name, $"cannot be read: {Sentence(failure.Message)}; check the disk or network it is on", failure),
    };

    /// <summary>An error at a position; the line is one-based, the column zero-based and in UTF-16 units.</summary>
    public static DiagnosticException At(string code, string file, long line, long column, string message, Exception? inner = null)
    {
        var place = new LinePosition((int)Math.Min(line - 1, int.MaxValue), (int)Math.Min(column, int.MaxValue));
        return new(new Diagnostic(code, Severity.Error, message, new SourceSpan(SourceText.Embedded(VisibleText.Of(file), string.Empty, _ => place), 0, 0)), inner);
    }

    /// <summary>An error in a layout's settings of its format.</summary>
    public static DiagnosticException InSpec(string message, string? hint = null) =>
        new(new Diagnostic(SourceCodes.BadSpec, Severity.Error, message) { Hint = hint });

    /// <summary>What the system says, without the path at its end, which is said already.</summary>
    public static string Sentence(string message)
    {
        var end = message.IndexOf(": '", StringComparison.Ordinal);
        return (end < 0 ? message : message[..end]).TrimEnd(' ', '.');
    }
}
