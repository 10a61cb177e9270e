using InstructKit.Sources.Files;
using InstructKit.Sources.Json;

namespace InstructKit.Sources.Formats;

/// <summary>Entry point for reading rows: finds files, opens the reader of their format, and lists their columns.</summary>
internal static class RowReaders
{
    private const int DiscoveryChunkBytes = 1 << 16;

    /// <summary>Opens the reader of a source.</summary>
    /// <param name="spec">The layout's settings.</param>
    /// <param name="parts">One list of files; for <see cref="SourceFormats.Parallel"/> one for each column.</param>
    /// <param name="columns">The columns to read, in cell order; <c>row</c> is the whole record. A column absent from the files is missing in every row.</param>
    /// <param name="chunkBytes">Approximate size of a chunk in bytes. Rows do not depend on it.</param>
    /// <exception cref="DiagnosticException">The layout's settings contradict each other.</exception>
    public static RowReader Open(SourceSpec spec, IReadOnlyList<SourcePart> parts, IReadOnlyList<string> columns, int chunkBytes = SourceInput.DefaultChunkBytes) =>
        spec.SkipLines == 0 || spec.Format.HasLines
            ? spec.Format.Open(new SourceInput(spec, parts, columns, chunkBytes))
            : throw SourceError.InSpec($"`skip_lines:` is for formats whose records are lines, not for {spec.Format}");

    /// <summary>Files below a folder that match a pattern, in ordinal order: <c>*</c>, <c>?</c>, <c>**</c>, and <c>archive!pattern</c> for members. Files that
    /// editors leave are omitted unless a name without wildcards asks for them.</summary>
    /// <exception cref="DiagnosticException">An archive cannot be read.</exception>
    public static IReadOnlyList<SourceFile> Expand(string folder, string glob, SourceLimits? limits = null) => FileGlob.Expand(new FolderView(), folder, glob, limits ?? new SourceLimits());

    /// <summary>The columns of the files: those of the header, keys of the first records, levels of <see cref="SourceSpec.Records"/>, groups of the
    /// pattern. For messages and proposals; later records may have more.</summary>
    /// <exception cref="DiagnosticException">The files cannot be read.</exception>
    public static IReadOnlyList<string> DiscoverColumns(SourceSpec spec, IReadOnlyList<SourcePart> parts) =>
        [.. spec.Format.Columns(new SourceInput(spec, parts, [], DiscoveryChunkBytes)).Distinct(StringComparer.Ordinal)];

    /// <summary>Like <see cref="DiscoverColumns"/>, but with the keys of all records.</summary>
    /// <exception cref="DiagnosticException">The files cannot be read.</exception>
    internal static IReadOnlyList<string> AllColumns(SourceSpec spec, IReadOnlyList<SourcePart> parts) => spec.Format != SourceFormats.Jsonl && spec.Format != SourceFormats.Json
        ? DiscoverColumns(spec, parts)
        : [.. JsonColumns.Of(new SourceInput(spec, parts, [], SourceInput.DefaultChunkBytes), isWhole: true).Distinct(StringComparer.Ordinal)];

    /// <summary>Number of rows of the source, including unreadable ones.</summary>
    /// <exception cref="DiagnosticException">The files cannot be read.</exception>
    public static long CountRows(SourceSpec spec, IReadOnlyList<SourcePart> parts) =>
        KnownRows(spec, parts) ?? Count(new SourceInput(spec, parts, [], SourceInput.DefaultChunkBytes));

    /// <summary>Number of rows if the files state it; null if they would have to be read.</summary>
    /// <exception cref="DiagnosticException">The files cannot be read.</exception>
    internal static long? KnownRows(SourceSpec spec, IReadOnlyList<SourcePart> parts) =>
        spec.Format.Count(new SourceInput(spec, parts, [], SourceInput.DefaultChunkBytes));

    private static long Count(SourceInput input)
    {
        using var reader = input.Open([], input.ChunkBytes);
        using var batch = new RowBatch(0);
        var rows = 0L;
        while (reader.ReadChunk(batch))
        {
            reader.Parse(batch);
            rows += batch.Count;
        }

        return rows;
    }
}
