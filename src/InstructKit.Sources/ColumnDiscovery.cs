using System.Text;
using System.Text.RegularExpressions;
using InstructKit.Cells;
using InstructKit.Sources.Columnar;
using InstructKit.Sources.Delimited;
using InstructKit.Sources.Json;
using InstructKit.Sources.Lines;
using InstructKit.Sources.Records;

namespace InstructKit.Sources;

/// <summary>Finds out what columns files offer.</summary>
internal static class ColumnDiscovery
{
    private const int MaxRows = 100;
    private const int ChunkBytes = 1 << 16;

    /// <summary>The columns, in the order in which they are met.</summary>
    public static IReadOnlyList<string> Discover(SourceSpec spec, IReadOnlyList<SourcePart> parts) => spec.Format switch
    {
        SourceFormat.Parallel => [.. parts.Select(part => part.Column ?? string.Empty)],
        SourceFormat.Files => [.. WholeFilesReader.OwnColumns, .. Groups(spec, RegexOptions.Singleline)],
        SourceFormat.Lines when spec.Record is { Count: > 0 } record => [.. record.Where(name => name != "_").Distinct(StringComparer.Ordinal)],
        SourceFormat.Lines => [PlainLinesReader.LineColumn, .. Groups(spec, RegexOptions.None)],
        SourceFormat.Parquet => [.. parts.SelectMany(part => part.Files).Take(1).SelectMany(ParquetSource.ColumnsOf)],
        SourceFormat.Csv or SourceFormat.Tsv => Header(spec, parts),
        _ => [.. Keys(spec, parts).Concat(Levels(spec)).Distinct(StringComparer.Ordinal)],
    };

    private static IEnumerable<string> Groups(SourceSpec spec, RegexOptions options) =>
        spec.Pattern is { } pattern ? new PatternColumns(pattern, options, []).Names : [];

    private static string[] Levels(SourceSpec spec)
    {
        if (spec.Records is null) return [];

        var path = RecordPath.Parse(spec.Records);
        return path.Steps.Any(step => step.Kind == RecordStepKind.Values) ? [.. path.Levels, "key"] : [.. path.Levels];
    }

    private static IReadOnlyList<string> Header(SourceSpec spec, IReadOnlyList<SourcePart> parts)
    {
        using var reader = RowReaders.Open(spec, parts, [], ChunkBytes);
        using var batch = new RowBatch(0);
        reader.ReadChunk(batch);
        var header = reader switch
        {
            CsvRowReader csv => csv.Header,
            TsvReader tsv => tsv.Header(0),
            _ => null,
        };
        return header?.Names ?? [];
    }

    private static List<string> Keys(SourceSpec spec, IReadOnlyList<SourcePart> parts)
    {
        using var reader = RowReaders.Open(spec, parts, ["row"], ChunkBytes);
        using var batch = new RowBatch(1);
        var rules = new JsonRules(spec);
        List<string> names = [];
        HashSet<string> seen = new(StringComparer.Ordinal);
        for (var rows = 0; rows < MaxRows && reader.ReadChunk(batch); rows += batch.Count)
        {
            reader.Parse(batch);
            for (var i = 0; i < Math.Min(batch.Count, MaxRows - rows); i++)
            {
                if (batch.Row(i)[0] is { Kind: CellKind.Json } cell) AddKeys(batch.Bytes(cell), rules, spec.Limits.MaxColumns, seen, names);
            }
        }

        return names;
    }

    private static void AddKeys(ReadOnlySpan<byte> json, JsonRules rules, int maxColumns, HashSet<string> seen, List<string> names)
    {
        var scanner = new JsonScanner(json, rules, checksKeys: false);
        if (!scanner.TryPass((byte)'{')) return;

        scanner.SkipSpace();
        while (scanner.Peek == '"' && names.Count < maxColumns)
        {
            var start = scanner.Position + 1;
            scanner.String(out _, out _);
            var key = json[start..(scanner.Position - 1)];
            var plain = new byte[key.Length];
            var name = Encoding.UTF8.GetString(plain, 0, JsonText.Decode(key, plain, escape: false, out _));
            if (seen.Add(name)) names.Add(name);

            scanner.Colon();
            scanner.Value(out _, out _, out _, out _, 1);
            scanner.SkipSpace();
            scanner.TryPass((byte)',');
            scanner.SkipSpace();
        }
    }
}
