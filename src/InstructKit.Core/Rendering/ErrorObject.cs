using System.Globalization;
using System.Text;
using InstructKit.Diagnostics;
using InstructKit.Text;

namespace InstructKit.Rendering;

/// <summary>Writes what a row gives that failed.</summary>
internal static class ErrorObject
{
    /// <summary>Appends the object for a diagnostic; line and column are those of its own place, or of the input when it has none.</summary>
    public static void Write(Diagnostic diagnostic, long inputLine, Utf8Output output)
    {
        var place = diagnostic.Span?.Start;
        Write(
            diagnostic.Code,
            diagnostic.Hint is null ? diagnostic.Message : $"{diagnostic.Message} {diagnostic.Hint}",
            place?.Line + 1 ?? inputLine,
            place?.Column + 1 ?? 1,
            output);
    }

    /// <summary>Appends the object; line and column are one-based.</summary>
    public static void Write(string code, string message, long line, long column, Utf8Output output)
    {
        output.AppendRaw("{\"error\": {\"code\": \""u8);
        output.AppendText(code);
        output.AppendRaw("\", \"message\": \""u8);
        output.AppendText(message);
        output.AppendRaw(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\", \"line\": {line}, \"column\": {column}}}}}")));
    }
}
