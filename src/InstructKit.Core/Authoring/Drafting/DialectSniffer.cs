using InstructKit.Cells;
using InstructKit.Diagnostics;
using InstructKit.Sources;
using InstructKit.Sources.Delimited;
using InstructKit.Sources.Files;
using InstructKit.Sources.Formats;

namespace InstructKit.Authoring.Drafting;

/// <summary>
/// Tries the usual ways of reading a delimited file and chooses by what they lose: rows that do not fit, lines that quotes swallow, quotation marks
/// that stay in the data. Without a difference the number of columns and the file's ending decide, and for tabs no quoting, as GLUE's files want it.
/// </summary>
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

    /// <summary>The dialects that give at least two columns, the best first; none when there is none.</summary>
    /// <param name="file">The file.</param>
    /// <param name="survey">What its bytes say.</param>
    /// <exception cref="DiagnosticException">No dialect can read it; the error says why the one that comes nearest cannot.</exception>
    public static IReadOnlyList<DelimitedDialect> Sniff(SourceFile file, TextSurvey survey)
    {
        List<DelimitedDialect> found = [];
        DiagnosticException? failure = null;
        foreach (var (name, format, delimiter, quote, escape) in Candidates)
        {
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

        // Escapes make no other reading where there are none.
        found.RemoveAll(dialect => dialect.Spec.Escape is not null && found.Exists(other => other.Spec.Escape is null && dialect.Name == other.Name.Replace("quotes", "quotes, backslash", StringComparison.Ordinal) && other.Loss <= dialect.Loss));
        var isTsv = file.Name.Contains(".tsv", StringComparison.OrdinalIgnoreCase) || file.Name.Contains(".tab", StringComparison.OrdinalIgnoreCase);
        return
        [
            .. found.OrderBy(dialect => dialect.Share switch { <= 0.05 => 0, <= 0.25 => 1, _ => 2 })
                .ThenByDescending(dialect => dialect.Columns)
                .ThenBy(dialect => dialect.Share)
                .ThenBy(dialect => (dialect.Spec.Format == SourceFormats.Tsv) == isTsv ? 0 : 1)
                .ThenBy(dialect => found.IndexOf(dialect)),
        ];
    }

    private static DelimitedDialect? Try(string name, SourceSpec bare, char delimiter, SourceFile file, TextSurvey survey)
    {
        var sample = DelimitedSample.Read(bare, file, SampleRecords);
        if ((sample.Delimiter is { } named && named != delimiter) || HeaderFinder.Find(sample.Records) is not { } header) return null;

        var spec = bare with { SkipLines = header.SkipLines, Columns = header.Names, Header = header.Names is null ? null : header.HasHeader };
        SourcePart[] parts = [new SourcePart(null, [file])];
        var columns = RowReaders.DiscoverColumns(spec, parts);
        if (columns.Count < 2) return null;

        var isQuoted = spec.Quote is '"' || (spec.Quote is null && spec.Format == SourceFormats.Csv);
        var (rows, faults, lines, marked, lost) = (0L, 0L, 0L, 0L, 0L);
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
                    if (!isQuoted && HasMarks(batch, row)) marked++;
                }
            }
        }
        catch (DiagnosticException exception) when (exception.Diagnostics[0].Code == SourceCodes.BrokenQuoting)
        {
            // An open quote swallows all that follows.
            var line = exception.Diagnostics[0].Span?.Start.Line ?? survey.Lines;
            rows = Math.Max(rows + 1, line - 1);
            faults++;
            lost = Math.Max(0, survey.Lines - line);
        }

        // Quoted words are common in text, so tab-separated values keep their marks unless they are on many rows.
        if (spec.Format == SourceFormats.Tsv && marked * 10 < rows) marked = 0;

        var swallowed = spec.Format == SourceFormats.Tsv ? lines : lines * 0.5;
        return new DelimitedDialect(name, spec, columns.Count, rows, faults, lines) { Loss = faults + marked + lost + swallowed + header.SkipLines, Notes = header.Notes };
    }

    private static bool HasMarks(RowBatch batch, int row)
    {
        foreach (var cell in batch.Row(row))
        {
            if (batch.Bytes(cell) is [(byte)'"', .., (byte)'"']) return true;
        }

        return false;
    }
}
