using InstructKit.Diagnostics;

namespace InstructKit.Sources.Delimited;

/// <summary>A layout's words about a delimited format, made whole.</summary>
/// <param name="Delimiter">What separates fields.</param>
/// <param name="Quote">What quotes fields; null when nothing does.</param>
/// <param name="Escape">What makes a quote literal; null when nothing does.</param>
/// <param name="HasHeader">Whether files begin with a header line.</param>
/// <param name="Names">Column names that the layout gives; null to take those of the header.</param>
internal sealed record DelimitedFormat(byte Delimiter, byte? Quote, byte? Escape, bool HasHeader, IReadOnlyList<string>? Names)
{
    /// <summary>Checks and completes the layout's words.</summary>
    /// <exception cref="DiagnosticException">They contradict each other.</exception>
    public static DelimitedFormat Create(SourceSpec spec)
    {
        var isCsv = spec.Format == SourceFormat.Csv;
        var quote = spec.Quote ?? (isCsv ? '"' : '\0');
        var format = new DelimitedFormat(
            Ascii(spec.Delimiter ?? (isCsv ? ',' : '\t'), "delimiter"),
            quote == '\0' ? null : Ascii(quote, "quote"),
            spec.Escape is { } escape ? Ascii(escape, "escape") : null,
            spec.Header ?? spec.Columns is null,
            spec.Columns);
        if (format.Names is null && !format.HasHeader)
            throw SourceError.InSpec("a file without a header line needs `columns:`, the names of its fields in order");

        if (format.Delimiter == format.Quote || format.Delimiter == format.Escape) throw SourceError.InSpec("delimiter, quote and escape must differ");

        return format;
    }

    private static byte Ascii(char c, string what) => c is > '\0' and < '\x80' and not ('\r' or '\n')
        ? (byte)c
        : throw SourceError.InSpec($"the {what} must be one ASCII character other than a line end");
}
