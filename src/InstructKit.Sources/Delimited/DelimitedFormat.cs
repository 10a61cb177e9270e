using CsvHelper;
using InstructKit.Sources.Files;

namespace InstructKit.Sources.Delimited;

/// <summary>A layout's settings of a delimited format, completed.</summary>
/// <param name="Delimiter">What separates fields.</param>
/// <param name="Quote">The quote character; null when there is none.</param>
/// <param name="Escape">What makes a quote literal; null when there is none.</param>
/// <param name="HasHeader">Whether files begin with a header line.</param>
/// <param name="Names">Column names from the layout; null to use those of the header.</param>
/// <param name="IsDelimiterGiven">True when the layout sets the delimiter.</param>
internal sealed record DelimitedFormat(byte Delimiter, byte? Quote, byte? Escape, bool HasHeader, IReadOnlyList<string>? Names, bool IsDelimiterGiven)
{
    /// <summary>Checks and completes the layout's settings.</summary>
    /// <exception cref="DiagnosticException">They contradict each other.</exception>
    public static DelimitedFormat Create(SourceSpec spec)
    {
        var isCsv = spec.Format == DelimitedFormats.Csv;
        var quote = spec.Quote ?? (isCsv ? '"' : '\0');
        var format = new DelimitedFormat(
            Ascii(spec.Delimiter ?? (isCsv ? ',' : '\t'), "delimiter"), quote == '\0' ? null : Ascii(quote, "quote"),
            spec.Escape is { } escape ? Ascii(escape, "escape") : null, spec.Header ?? spec.Columns is null, spec.Columns, spec.Delimiter is not null);
        if (format.Names is null && !format.HasHeader)
            throw SourceError.InSpec("a file without a header line needs `columns:`, the names of its fields in order");

        if (format.Delimiter == format.Quote || format.Delimiter == format.Escape) throw SourceError.InSpec("delimiter, quote and escape must differ");

        return format;
    }

    /// <summary>The delimiter of a file: that of its line <c>sep=…</c> unless the layout sets another.</summary>
    /// <exception cref="DiagnosticException">The two differ.</exception>
    public byte DelimiterOf(SourceStart start, string file) => start.Delimiter is not { } own || own == Delimiter ? Delimiter
        : !IsDelimiterGiven && own != Quote && own != Escape ? own
        : throw SourceError.At(
            SourceCodes.BadSpec, file, start.Line - 1, 0, $"the line `sep={(char)own}` names another delimiter than the layout, which says '{(char)Delimiter}'; change `delimiter:`, or skip the line with `skip_lines:`");

    /// <summary>Reads the records of a file through CsvHelper.</summary>
    /// <param name="stream">The file; ownership is taken.</param>
    /// <param name="delimiter">Its delimiter.</param>
    /// <param name="malformed">Called for a record with malformed quoting.</param>
    /// <param name="rewritten">The intermediate stream, if escapes are rewritten to doubled quotes.</param>
    public CsvReader Read(Stream stream, byte delimiter, SourceLimits limits, int bufferBytes, Action malformed, out EscapedQuoteStream? rewritten)
    {
        rewritten = Quote is { } quote && Escape is { } escape && quote != escape ? new EscapedQuoteStream(stream, quote, escape) : null;
        return CsvReader.Create(
            rewritten ?? stream,
            new CsvReaderOptions
            {
                HasHeader = false,
                Separator = (char)delimiter,
                Quote = (char)(Quote ?? (byte)'"'),
                Escape = (char)(Escape ?? (byte)'\\'),
                Mode = Quote is not null ? CsvMode.Rfc4180 : Escape is not null ? CsvMode.Escape : CsvMode.NoEscape,
                TrackLineNumbers = true,
                SkipEmptyLines = false,
                DetectSeparatorHint = false,
                TrimWhitespace = false,
                MaxRecordSize = limits.MaxLineBytes,
                BufferSize = bufferBytes,
                OnMalformedRecord = _ => malformed(),
            },
            leaveOpen: false);
    }

    private static byte Ascii(char c, string what) => c is > '\0' and < '\x80' and not ('\r' or '\n')
        ? (byte)c
        : throw SourceError.InSpec($"the {what} must be one ASCII character other than a line end");
}

/// <summary>The two formats of delimited text.</summary>
internal static class DelimitedFormats
{
    /// <summary>Comma-separated values according to RFC 4180.</summary>
    public static SourceFormat Csv { get; } = Make("csv", spec => spec.Quote == '\0' && spec.Escape is null);

    /// <summary>Tab-separated values without quoting.</summary>
    public static SourceFormat Tsv { get; } = Make("tsv", spec => spec.Quote is null or '\0' && spec.Escape is null);

    private static SourceFormat Make(string name, Func<SourceSpec, bool> isUnquoted) => new(
        name,
        input => isUnquoted(input.Spec)
            ? new TsvReader(input)
            : new CsvRowReader(input),
        Header)
    { Extensions = ["." + name], RefusesWebPages = true, HasLines = true, IsDelimited = true };

    private static IReadOnlyList<string> Header(SourceInput input)
    {
        using var reader = input.Open([], input.ChunkBytes);
        using var batch = new RowBatch(0);
        reader.ReadChunk(batch);
        var header = reader is CsvRowReader csv ? csv.Header : ((TsvReader)reader).Header(0);
        return header?.Names ?? [];
    }
}

/// <summary>Examines a record whose quoting CsvHelper rejected: it reports only the first error, and a stray quote is harmless.</summary>
internal static class CsvQuoting
{
    /// <summary>The message for text after a closing quote.</summary>
    public const string TextBehindQuote = "text after a closing quote, expected the delimiter or the end of the line; a quote inside a quoted field is written twice";

    /// <summary>Offset of the unclosed quote, or -1; <paramref name="behindQuote"/> is the offset of the first text after a closing quote,
    /// or -1.</summary>
    public static int Check(ReadOnlySpan<byte> record, byte delimiter, byte quote, out int behindQuote)
    {
        behindQuote = -1;
        var i = 0;
        while (i < record.Length)
        {
            if (record[i] == quote)
            {
                var open = i++;
                while (true)
                {
                    var next = record[i..].IndexOf(quote);
                    if (next < 0) return open;

                    i += next + 1;
                    if (i >= record.Length || record[i] != quote) break;

                    i++;
                }

                if (i < record.Length && record[i] != delimiter && behindQuote < 0) behindQuote = i;
            }

            var end = record[i..].IndexOf(delimiter);
            if (end < 0) return -1;

            i += end + 1;
        }

        return -1;
    }
}
