using System.Text;
using InstructKit.Diagnostics;

namespace InstructKit.Building;

/// <summary>Tells people about a row that cannot be used.</summary>
internal static class BadRow
{
    // Of a row that is longer people see the beginning.
    private const int MaxShown = 4096;

    /// <summary>A finding at the row's first line, which is a source of its own, numbered as in the file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="line">The row's first line, from 1.</param>
    /// <param name="what">What is wrong; it has a fault.</param>
    /// <param name="raw">The row's bytes.</param>
    public static Diagnostic Describe(string file, long line, RowEvent what, ReadOnlySpan<byte> raw)
    {
        var end = raw.IndexOfAny((byte)'\n', (byte)'\r');
        var bytes = end < 0 ? raw : raw[..end];
        var text = Encoding.UTF8.GetString(bytes.Length > MaxShown ? bytes[..MaxShown] : bytes);
        var column = what.Column < 0 ? 0 : Encoding.UTF8.GetCharCount(bytes[..Math.Min(what.Column, Math.Min(bytes.Length, MaxShown))]);
        var source = SourceText.Embedded(file, text, own => new LinePosition((int)Math.Min(int.MaxValue, line - 1), own.Column));
        return new Diagnostic(
            what.Verdict.FaultCode!,
            Severity.Error,
            what.Verdict.Message!,
            new SourceSpan(source, Math.Min(column, text.Length), what.Column < 0 ? text.Length : 0));
    }
}
