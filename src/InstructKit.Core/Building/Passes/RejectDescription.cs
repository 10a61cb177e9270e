using InstructKit.Building.Plans;

namespace InstructKit.Building.Passes;

/// <summary>Tells people about a row that cannot be used.</summary>
internal static class RejectDescription
{
    // Of a row that is longer people see the beginning.
    private const int MaxShown = 4096;

    /// <summary>A finding at the row's first line, which is a source of its own, numbered as in the file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="place">Where the row stands.</param>
    /// <param name="what">What is wrong; it has a fault.</param>
    /// <param name="raw">The row's bytes.</param>
    public static Diagnostic Describe(string file, RowLocation place, RowOutcome what, ReadOnlySpan<byte> raw)
    {
        var end = raw.IndexOfAny((byte)'\n', (byte)'\r');
        var bytes = end < 0 ? raw : raw[..end];
        var text = Encoding.UTF8.GetString(bytes.Length > MaxShown ? bytes[..MaxShown] : bytes);
        var column = what.Column < 0 ? 0 : Encoding.UTF8.GetCharCount(bytes[..Math.Clamp(what.Column - place.Indent, 0, Math.Min(bytes.Length, MaxShown))]);
        var source = SourceText.Embedded(file, text, own => new LinePosition((int)Math.Min(int.MaxValue, place.Line - 1), own.Column + place.Indent));
        return new Diagnostic(
            what.Verdict.ErrorCode!,
            Severity.Error,
            what.Verdict.Message!,
            new SourceSpan(source, Math.Min(column, text.Length), what.Column < 0 ? text.Length : 0));
    }

    /// <summary>The finding about a row that is one more than the plan allows to skip.</summary>
    /// <param name="most">How many the plan allows.</param>
    /// <param name="last">The finding about the row itself.</param>
    public static Diagnostic OneTooMany(long? most, Diagnostic last) => last with
    {
        Code = BuildCodes.TooManyRejects,
        Message = string.Create(CultureInfo.InvariantCulture, $"More than {most} row{(most == 1 ? string.Empty : "s")} cannot be used; of this one {last.Code} says: {last.Message}"),
        Hint = "Raise --max-rejects, or mend the data.",
    };

    /// <summary>For a column that the row lacks: the column of the file that may be meant, or all that there are.</summary>
    public static string NearestColumn(RowOutcome what, IReadOnlyList<string> offered) =>
        NearestName.Hint(MissingName(what.Verdict.Message!), offered) ?? $"The file has {string.Join(", ", offered.Take(12))}.";

    private static string MissingName(string message) => message.Split('\'') is [_, var name, ..] ? name : string.Empty;
}
