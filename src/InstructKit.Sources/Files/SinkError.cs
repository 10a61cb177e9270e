namespace InstructKit.Sources.Files;

/// <summary>Creates the exception for a failed write.</summary>
internal static class SinkError
{
    /// <summary>True for exceptions that the file system throws.</summary>
    public static bool IsRefusal(Exception exception) => exception is IOException or UnauthorizedAccessException || IsTooLarge(exception);

    // .NET reports EFBIG (ulimit -f, or the file system's largest file) as a wrong argument. Its messages are not translated.
    private static bool IsTooLarge(Exception exception) =>
        exception is ArgumentOutOfRangeException { ParamName: "value" } && exception.Message.StartsWith("Specified file length was too large", StringComparison.Ordinal);

    /// <summary>The failure as an <see cref="IOException"/>; other exceptions unchanged.</summary>
    public static Exception AsRefusal(Exception exception) => IsTooLarge(exception) ? new IOException(TooLarge, exception) : exception;

    private const string TooLarge = "the file would be larger than the system allows (ulimit -f)";

    /// <summary>The exception for a file that cannot be written (IK4001).</summary>
    /// <param name="path">The file, under the name shown to users.</param>
    /// <param name="failure">The file system's exception.</param>
    public static DiagnosticException Refused(string path, Exception failure)
    {
        var (why, hint) = Directory.Exists(path)
            ? ("it is a folder", "Move it away, or name another folder with --out.")
            : failure is UnauthorizedAccessException
                ? ("permission is denied", "Give yourself the right to write there, or name another folder with --out.")
                : (SourceError.Sentence(AsRefusal(failure).Message), "Make room on the disk, or name another folder with --out.");
        return new(new Diagnostic(SinkCodes.WriteFailed, Severity.Error, $"'{path}' cannot be written: {why}.") { Hint = hint }, failure);
    }

    /// <summary>Performs an operation on a file.</summary>
    /// <exception cref="DiagnosticException">The operation failed (IK4001).</exception>
    public static void Guard(string path, Action write)
    {
        try
        {
            write();
        }
        catch (Exception failure) when (IsRefusal(failure))
        {
            throw Refused(path, failure);
        }
    }
}
