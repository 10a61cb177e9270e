using InstructKit.Sources.Columnar;
using InstructKit.Sources.Delimited;
using InstructKit.Sources.Json;
using InstructKit.Sources.Lines;
using InstructKit.Sources.Markup;

namespace InstructKit.Sources.Formats;

/// <summary>The table of formats.</summary>
internal static class SourceFormats
{
    /// <summary>JSON Lines: one JSON value per line.</summary>
    public static SourceFormat Jsonl => JsonLinesReader.Format;

    /// <summary>Whole JSON documents: arrays, objects of objects, deeper paths, several objects one after another.</summary>
    public static SourceFormat Json => JsonDocumentReader.Format;

    /// <summary>Comma-separated values according to RFC 4180.</summary>
    public static SourceFormat Csv => DelimitedFormats.Csv;

    /// <summary>Tab-separated values without any quoting, as in GLUE.</summary>
    public static SourceFormat Tsv => DelimitedFormats.Tsv;

    /// <summary>Plain lines; one or several of them per record.</summary>
    public static SourceFormat Lines => PlainLinesReader.Format;

    /// <summary>Files whose n-th lines belong together; each file is a column.</summary>
    public static SourceFormat Parallel => ParallelReader.Format;

    /// <summary>Every file is one row.</summary>
    public static SourceFormat Files => WholeFilesReader.Format;

    /// <summary>XML documents.</summary>
    public static SourceFormat Xml => XmlRowReader.Format;

    /// <summary>Apache Parquet.</summary>
    public static SourceFormat Parquet { get; } = new(
        "parquet",
        input => input.Spec.Records is null ? new ParquetSource(input) : new ParquetRecords(input),
        input => input.Spec.Records is null ? input.Files.Take(1).SelectMany(ParquetSource.ColumnsOf) : JsonColumns.Of(input))
    {
        Extensions = [".parquet"],
        Count = input => input.Spec.Records is null ? input.Files.Sum(ParquetSource.RowsOf) : null,
    };

    public static IReadOnlyList<SourceFormat> All { get; } = [Jsonl, Json, Csv, Tsv, Lines, Parallel, Files, Xml, Parquet];

    public static IReadOnlyList<string> Names { get; } = [.. All.Select(format => format.Name)];

    /// <summary>The format with this name.</summary>
    /// <exception cref="ArgumentException">No such format exists.</exception>
    public static SourceFormat Named(string name) => All.FirstOrDefault(format => format.Name == name) ?? throw new ArgumentException($"'{name}' is not a format.", nameof(name));
}
