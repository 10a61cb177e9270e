using InstructKit.Diagnostics;
using InstructKit.Sources.Columnar;
using InstructKit.Sources.Delimited;
using InstructKit.Sources.Files;
using InstructKit.Sources.Json;
using InstructKit.Sources.Lines;
using InstructKit.Sources.Markup;

namespace InstructKit.Sources;

/// <summary>Where files become rows: finds them, opens the reader of their format, and says what they offer.</summary>
public static class RowReaders
{
    /// <summary>Opens the reader of a source.</summary>
    /// <param name="spec">What the layout says about the format.</param>
    /// <param name="parts">One list of files; for <see cref="SourceFormat.Parallel"/> one for each column.</param>
    /// <param name="columns">The columns to read, in cell order; <c>row</c> is the whole record. One that the files do not have is missing in every row.</param>
    /// <exception cref="DiagnosticException">The layout's words cannot be followed.</exception>
    public static RowReader Open(SourceSpec spec, IReadOnlyList<SourcePart> parts, IReadOnlyList<string> columns) =>
        Open(spec, parts, columns, SourceContext.DefaultChunkBytes);

    /// <summary>
    /// Files below a folder that match a pattern, in ordinal order: <c>*</c>, <c>?</c>, <c>**</c>, and <c>archive!pattern</c> for members. Only what
    /// exists is given out; what editors leave behind is not, unless a name without wildcards asks for it.
    /// </summary>
    /// <exception cref="DiagnosticException">An archive cannot be read.</exception>
    public static IReadOnlyList<SourceFile> Expand(string folder, string glob) => Expand(folder, glob, new SourceLimits());

    /// <inheritdoc cref="Expand(string, string)"/>
    public static IReadOnlyList<SourceFile> Expand(string folder, string glob, SourceLimits limits) => FileGlob.Expand(new FolderView(), folder, glob, limits);

    /// <summary>
    /// The columns that the files offer: those of the header, keys of the first records, levels of <see cref="SourceSpec.Records"/>, groups of the
    /// pattern. For messages and proposals; later records may have more.
    /// </summary>
    /// <exception cref="DiagnosticException">The files cannot be read.</exception>
    public static IReadOnlyList<string> DiscoverColumns(SourceSpec spec, IReadOnlyList<SourcePart> parts) => ColumnDiscovery.Discover(spec, parts);

    /// <summary>How many rows the source has, those that cannot be read included; null where only reading them tells.</summary>
    /// <exception cref="DiagnosticException">The files cannot be read.</exception>
    public static long? CountRows(SourceSpec spec, IReadOnlyList<SourcePart> parts) => RowCounter.Count(spec, parts);

    /// <summary>Opens a reader with chunks of a given size.</summary>
    internal static RowReader Open(SourceSpec spec, IReadOnlyList<SourcePart> parts, IReadOnlyList<string> columns, int chunkBytes)
    {
        IReadOnlyList<SourceFile> files = [.. parts.SelectMany(part => part.Files)];
        var context = new SourceContext(spec, new SourceOpener(spec, files), chunkBytes);
        return spec.Format switch
        {
            SourceFormat.Jsonl => new JsonLinesReader(context, files, columns),
            SourceFormat.Csv when spec.Quote == '\0' && spec.Escape is null => new TsvReader(context, files, columns),
            SourceFormat.Csv => new CsvRowReader(context, files, columns),
            SourceFormat.Tsv when spec.Quote is null or '\0' && spec.Escape is null => new TsvReader(context, files, columns),
            SourceFormat.Tsv => new CsvRowReader(context, files, columns),
            SourceFormat.Lines when spec.Record is { Count: > 0 } record => new RecordLinesReader(context, files, columns, record),
            SourceFormat.Lines => new PlainLinesReader(context, files, columns),
            SourceFormat.Parallel => new ParallelReader(context, parts, columns),
            SourceFormat.Json => new JsonDocumentReader(context, files, columns),
            SourceFormat.Xml => new XmlRowReader(context, files, columns),
            SourceFormat.Files => new WholeFilesReader(context, files, columns),
            SourceFormat.Parquet => new ParquetSource(spec, files, columns),
            _ => throw new System.Diagnostics.UnreachableException($"no reader for {spec.Format}"),
        };
    }
}
