using CsvHelper;
using InstructKit.Sources.Files;

namespace InstructKit.Sources.Delimited;

/// <summary>A record of a delimited file whose header is not known yet.</summary>
/// <param name="Line">One-based line on which it begins.</param>
internal readonly record struct SampleRecord(long Line, IReadOnlyList<string> Fields);

/// <summary>The first records of a delimited file, of any kind: titles, comments, the header, rows.</summary>
/// <param name="Delimiter">The delimiter set by the file's own line <c>sep=;</c>; null without such a line.</param>
/// <param name="Records">The records that are not blank lines.</param>
internal sealed record DelimitedSample(char? Delimiter, IReadOnlyList<SampleRecord> Records)
{
    private const int BufferBytes = 1 << 16;

    /// <summary>Reads the first records.</summary>
    /// <param name="spec">Delimiter, quote, escape and encoding; the delimiter of a line <c>sep=;</c> takes precedence.</param>
    /// <param name="count">Maximum number of records to read.</param>
    /// <exception cref="Diagnostics.DiagnosticException">The file cannot be read.</exception>
    public static DelimitedSample Read(SourceSpec spec, SourceFile file, int count)
    {
        var format = DelimitedFormat.Create(spec with { Columns = null, Header = null });
        using var opener = new SourceOpener(spec, [file]);
        var stream = opener.Open(file, out var start);
        using var csv = format.Read(stream, start.Delimiter ?? format.Delimiter, spec.Limits, BufferBytes, () => { }, out _);
        List<SampleRecord> records = [];
        try
        {
            while (records.Count < count && csv.Read())
            {
                if (csv.RawRecord.Length == 0) continue;

                var fields = new string[csv.FieldCount];
                for (var i = 0; i < fields.Length; i++) fields[i] = Encoding.UTF8.GetString(csv.GetSpan(i));

                records.Add(new SampleRecord(csv.LineNumber + start.Line - 1, fields));
            }
        }
        catch (CsvFormatException)
        {
            // The row reader reports it with its position.
        }

        return new DelimitedSample((char?)start.Delimiter, records);
    }
}
