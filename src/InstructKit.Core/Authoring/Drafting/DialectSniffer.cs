using InstructKit.Cells;
using InstructKit.Diagnostics;
using InstructKit.Sources;
using InstructKit.Sources.Formats;

namespace InstructKit.Authoring.Drafting;

/// <summary>
/// Tries the usual ways of reading a delimited file and chooses by what they lose: first by rows that do not fit, then by lines that quotes swallow,
/// then by the number of columns. Without a difference the file's ending decides, and for tabs no quoting, as GLUE's files want it.
/// </summary>
internal static class DialectSniffer
{
    private const int MaxRows = 20_000;

    private static readonly (string Name, SourceFormat Format, char Delimiter, char? Quote)[] Candidates =
    [
        ("tab, no quotes", SourceFormats.Tsv, '\t', null),
        ("tab, quotes", SourceFormats.Tsv, '\t', '"'),
        ("comma, quotes", SourceFormats.Csv, ',', null),
        ("comma, no quotes", SourceFormats.Csv, ',', '\0'),
        ("semicolon, quotes", SourceFormats.Csv, ';', null),
        ("bar, quotes", SourceFormats.Csv, '|', null),
    ];

    /// <summary>The dialects that give at least two columns, the best first; none when there is none.</summary>
    public static IReadOnlyList<DelimitedDialect> Sniff(SourceFile file)
    {
        List<DelimitedDialect> found = [];
        foreach (var (name, format, delimiter, quote) in Candidates)
        {
            foreach (var encoding in (ReadOnlySpan<string>)["utf-8", "latin-1"])
            {
                var usual = format == SourceFormats.Tsv ? '\t' : ',';
                var spec = new SourceSpec { Format = format, Delimiter = delimiter == usual ? null : delimiter, Quote = quote, Encoding = encoding };
                if (Try(encoding == "utf-8" ? name : $"{name}, latin-1", spec, file, out var isUtf8) is { } dialect) found.Add(dialect);

                if (isUtf8) break;
            }
        }

        var isTsv = file.Name.Contains(".tsv", StringComparison.OrdinalIgnoreCase) || file.Name.Contains(".tab", StringComparison.OrdinalIgnoreCase);
        return
        [
            .. found.OrderBy(dialect => dialect.Rows == 0 ? 1.0 : (double)dialect.Faults / dialect.Rows)
                .ThenBy(dialect => dialect.Spec.Format == SourceFormats.Tsv && dialect.Spec.Quote == '"' ? dialect.Lines : 0)
                .ThenByDescending(dialect => dialect.Columns)
                .ThenBy(dialect => (dialect.Spec.Format == SourceFormats.Tsv) == isTsv ? 0 : 1)
                .ThenBy(dialect => found.IndexOf(dialect)),
        ];
    }

    private static DelimitedDialect? Try(string name, SourceSpec spec, SourceFile file, out bool isUtf8)
    {
        isUtf8 = true;
        try
        {
            SourcePart[] parts = [new SourcePart(null, [file])];
            var columns = RowReaders.DiscoverColumns(spec, parts);
            if (columns.Count < 2) return null;

            using var reader = RowReaders.Open(spec, parts, columns);
            using var batch = new RowBatch(columns.Count);
            var (rows, faults, lines) = (0L, 0L, 0L);
            while (rows < MaxRows && reader.ReadChunk(batch))
            {
                reader.Parse(batch);
                rows += batch.Count;
                faults += batch.Faults.Count;
                isUtf8 &= batch.Faults.All(fault => fault.Code != SourceCodes.InvalidEncoding);
                for (var row = 0; row < batch.Count; row++) lines += batch.Raw(row).TrimEnd("\r\n"u8).Count((byte)'\n');
            }

            return new DelimitedDialect(name, spec, columns.Count, rows, faults, lines);
        }
        catch (DiagnosticException exception) when (exception.Diagnostics[0].Code != SourceCodes.ReadFailed)
        {
            isUtf8 = exception.Diagnostics[0].Code != SourceCodes.InvalidEncoding;
            return null;
        }
    }
}
