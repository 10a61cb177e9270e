using InstructKit.Diagnostics;

namespace InstructKit.Building;

/// <summary>What is told when a row ends a build.</summary>
internal static class BadRow
{
    private const int ShownBytes = 4096;

    /// <summary>The failure: the record's first line as a source of its own, numbered as in the file.</summary>
    public static DiagnosticException Failure(string file, long line, RowEvent what, ReadOnlySpan<byte> raw, string hint)
    {
        var end = raw.IndexOfAny((byte)'\n', (byte)'\r');
        var bytes = end < 0 ? raw : raw[..end];
        var text = System.Text.Encoding.UTF8.GetString(bytes.Length > ShownBytes ? bytes[..ShownBytes] : bytes);
        var column = what.Column < 0 ? 0 : System.Text.Encoding.UTF8.GetCharCount(bytes[..Math.Min(what.Column, Math.Min(bytes.Length, ShownBytes))]);
        var source = SourceText.Embedded(file, text, own => new LinePosition((int)Math.Min(int.MaxValue, line - 1), own.Column));
        return new DiagnosticException(new Diagnostic(
            what.Verdict.FaultCode!, // a row without a fault ends no build
            Severity.Error,
            what.Verdict.Message!,
            new SourceSpan(source, Math.Min(column, text.Length), what.Column < 0 ? text.Length : 0))
        {
            Hint = hint,
        });
    }

    /// <summary>For a column that the row lacks: the column of the file that it may be, or all that there are.</summary>
    public static string NearestColumn(RowEvent what, IReadOnlyList<string> offered) =>
        NearestName.Hint(MissingName(what.Verdict.Message!), offered) ?? $"The file has {string.Join(", ", offered.Take(12))}.";

    private static string MissingName(string message) => message.Split('\'') is [_, var name, ..] ? name : string.Empty;
}
