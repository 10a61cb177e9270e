using InstructKit.Cells;
using InstructKit.Sources.Columnar;
using InstructKit.Sources.Files;
using InstructKit.Sources.Lines;

namespace InstructKit.Sources;

/// <summary>Counts rows without making them, where a format allows.</summary>
internal static class RowCounter
{
    /// <summary>Counts the rows of a source, faulty ones included; null where they have to be read for it.</summary>
    public static long? Count(SourceSpec spec, IReadOnlyList<SourcePart> parts)
    {
        if (spec is { Format: SourceFormat.Jsonl, Records: null }) return CountLines(spec, [.. parts.SelectMany(part => part.Files)]);

        if (spec.Format == SourceFormat.Files) return parts.Sum(part => (long)part.Files.Count);

        if (spec.Format == SourceFormat.Parquet) return parts.SelectMany(part => part.Files).Sum(ParquetSource.RowsOf);

return null;
    }

    private static long CountLines(SourceSpec spec, IReadOnlyList<SourceFile> files)
    {
        using var opener = new SourceOpener(spec, files);
        using var cutter = new LineCutter(new SourceContext(spec, opener, SourceContext.DefaultChunkBytes), files);
        using var batch = new RowBatch(0);
        var rows = 0L;
        while (cutter.Read(batch))
        {
            foreach (var line in batch.Buffer.AsSpan(0, batch.Used).Split((byte)'\n'))
                rows += batch.Buffer.AsSpan(0, batch.Used)[line].ContainsAnyExcept(" \t\r"u8) ? 1 : 0;
        }

        return rows;
    }
}
