using InstructKit.Sources;
using InstructKit.Sources.Delimited;
using InstructKit.Sources.Files;
using InstructKit.Sources.Formats;

namespace InstructKit.Authoring.Drafting;

/// <summary>Tries the usual dialects on a delimited file and chooses by what they lose: rows that do not fit, lines swallowed by quotes, quotation marks
/// left in the data. Ties are decided by the number of columns and the file's extension, and for tabs by no quoting, as GLUE's files require.</summary>
internal static class DialectSniffer
{
    private const int MaxRows = 20_000;
    private const int SampleRecords = 200;

    private static readonly (string Name, SourceFormat Format, char Delimiter, char? Quote, char? Escape)[] Candidates =
    [
        ("tab, no quotes", SourceFormats.Tsv, '\t', null, null),
        ("tab, quotes", SourceFormats.Tsv, '\t', '"', null),
        ("comma, quotes", SourceFormats.Csv, ',', null, null),
        ("comma, quotes, backslash", SourceFormats.Csv, ',', null, '\\'),
        ("comma, no quotes", SourceFormats.Csv, ',', '\0', null),
        ("semicolon, quotes", SourceFormats.Csv, ';', null, null),
        ("semicolon, quotes, backslash", SourceFormats.Csv, ';', null, '\\'),
        ("semicolon, no quotes", SourceFormats.Csv, ';', '\0', null),
        ("bar, quotes", SourceFormats.Csv, '|', null, null),
        ("bar, no quotes", SourceFormats.Csv, '|', '\0', null),
    ];

    // Rare, so only tried where fields begin and end with such marks.
    private static readonly (string Name, SourceFormat Format, char Delimiter, char? Quote, char? Escape)[] SingleQuotes =
    [
        ("comma, single quotes", SourceFormats.Csv, ',', '\'', null),
        ("semicolon, single quotes", SourceFormats.Csv, ';', '\'', null),
        ("tab, single quotes", SourceFormats.Tsv, '\t', '\'', null),
    ];

    /// <summary>The dialects that yield at least two columns, best first; empty if there are none.</summary>
    /// <param name="survey">The survey of its bytes.</param>
    /// <exception cref="DiagnosticException">No dialect can read it; the error says why the closest one cannot.</exception>
    public static IReadOnlyList<DelimitedDialect> Sniff(SourceFile file, TextSurvey survey)
    {
        List<DelimitedDialect> found = [];
        DiagnosticException? failure = null;
        foreach (var (name, format, delimiter, quote, escape) in Candidates.Concat(SingleQuotes))
        {
            if (quote == '\'' && !found.Exists(dialect => dialect.HasSingleQuotes)) break;

            var usual = format == SourceFormats.Tsv ? '\t' : ',';
            var spec = new SourceSpec { Format = format, Delimiter = delimiter == usual ? null : delimiter, Quote = quote, Escape = escape, Encoding = survey.Encoding };
            try
            {
                if (Try(survey.Encoding == "utf-8" ? name : $"{name}, {survey.Encoding}", spec, delimiter, file, survey) is { } dialect) found.Add(dialect);
            }
            catch (DiagnosticException exception) when (exception.Diagnostics[0].Code is not (SourceCodes.ReadFailed or SourceCodes.FileMissing))
            {
                failure ??= exception;
            }
        }

        if (found.Count == 0 && failure is not null) throw failure;

        // Without escapes in the file, dialects with an escape make no difference.
        found.RemoveAll(dialect => dialect.Spec.Escape is not null && found.Exists(other => other.Spec.Escape is null && dialect.Name == other.Name.Replace("quotes", "quotes, backslash", StringComparison.Ordinal) && other.Loss <= dialect.Loss));
        var isTsv = file.Name.Contains(".tsv", StringComparison.OrdinalIgnoreCase) || file.Name.Contains(".tab", StringComparison.OrdinalIgnoreCase);
        List<DelimitedDialect> best =
        [
            .. found.OrderBy(dialect => dialect.Share switch { <= 0.05 => 0, <= 0.25 => 1, _ => 2 })
                .ThenByDescending(dialect => dialect.Columns)
                .ThenBy(dialect => dialect.Share)
                .ThenBy(dialect => (dialect.Spec.Format == SourceFormats.Tsv) == isTsv ? 0 : 1)
                .ThenBy(dialect => found.IndexOf(dialect)),
        ];

        // A build may fail on the best dialect before the end of the file.
        return best is [{ Failure: { } broken }, ..] ? throw broken : best;
    }

    private static DelimitedDialect? Try(string name, SourceSpec bare, char delimiter, SourceFile file, TextSurvey survey)
    {
        var sample = DelimitedSample.Read(bare, file, SampleRecords);
        if ((sample.Delimiter is { } named && named != delimiter) || HeaderFinder.Find(sample.Records) is not { } header) return null;

        var spec = bare with { SkipLines = header.SkipLines, Columns = header.Names, Header = header.Names is null ? null : header.HasHeader };
        SourcePart[] parts = [new SourcePart(null, [file])];
        var columns = ColumnsOf(spec, parts, sample, header);
        if (columns.Count < 2) return null;

        var isQuoted = spec.Quote is '"' or '\'' || (spec.Quote is null && spec.Format == SourceFormats.Csv);
        var (rows, faults, lines, marked, single, lost) = (0L, 0L, 0L, 0L, 0L, 0L);
        DiagnosticException? failure = null;
        try
        {
            using var reader = RowReaders.Open(spec, parts, columns);
            using var batch = new RowBatch(columns.Count);
            while (rows < MaxRows && reader.ReadChunk(batch))
            {
                reader.Parse(batch);
                rows += batch.Count;
                faults += batch.Faults.Count;
                for (var row = 0; row < batch.Count; row++)
                {
                    lines += batch.Raw(row).TrimEnd("\r\n"u8).Count((byte)'\n');
                    if (!isQuoted && HasMarks(batch, row, (byte)'"')) marked++;
                    if (spec.Quote != '\'' && HasMarks(batch, row, (byte)'\'')) single++;
                }
            }
        }
        catch (DiagnosticException exception) when (exception.Diagnostics[0].Code == SourceCodes.BrokenQuoting)
        {
            // An open quote swallows everything after it.
            failure = exception;
            var line = exception.Diagnostics[0].Span?.Start.Line ?? survey.Lines;
            rows = Math.Max(rows + 1, line - 1);
            faults++;
            lost = Math.Max(0, survey.Lines - line);
        }

        // Quoted words are common in text, so tab-separated values keep their quotes unless they are in many rows.
        if (spec.Format == SourceFormats.Tsv && marked * 10 < rows) marked = 0;

        // Apostrophes also occur in text, unless whole fields are in single quotes.
        if (single * 2 < rows) single = 0;

        var swallowed = spec.Format == SourceFormats.Tsv ? lines : lines * 0.5;
        return new DelimitedDialect(name, spec, columns.Count, rows, faults, lines)
        {
            Loss = faults + marked + single + lost + swallowed + header.SkipLines,
            HasSingleQuotes = single > 0,
            Failure = failure,
            Notes = header.Notes,
        };
    }

    // Use the names of the first record if a quote swallows the rest of the file.
    private static IReadOnlyList<string> ColumnsOf(SourceSpec spec, SourcePart[] parts, DelimitedSample sample, FoundHeader header)
    {
        try
        {
            return RowReaders.DiscoverColumns(spec, parts);
        }
        catch (DiagnosticException exception) when (exception.Diagnostics[0].Code == SourceCodes.BrokenQuoting)
        {
            return header.Names ?? sample.Records.First(record => record.Line > header.SkipLines).Fields;
        }
    }

    // A field between marks, or split into several by delimiters between them.
    private static bool HasMarks(RowBatch batch, int row, byte mark)
    {
        var isOpen = false;
        foreach (var cell in batch.Row(row))
        {
            var bytes = batch.Bytes(cell);
            if (bytes.Length > 1 && bytes[0] == mark && bytes[^1] == mark) return true;

            if (mark == (byte)'"') continue;

            isOpen |= bytes.Length > 0 && bytes[0] == mark;
            if (isOpen && bytes.Length > 0 && bytes[^1] == mark) return true;
        }

        return false;
    }
}
