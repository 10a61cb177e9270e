using BenchmarkDotNet.Attributes;
using InstructKit.Sources.Formats;

namespace InstructKit.Benchmarks;

/// <summary>Reading a file of rows from its bytes to cells; figures are per row.</summary>
public class RowReading
{
    private static readonly string[] Plain = ["premise", "hypothesis", "label", "idx"];
    private static readonly string[] One = ["idx"];

    private string _json = null!;
    private string _csv = null!;
    private string _parquet = null!;

    [GlobalSetup]
    public void WriteFiles()
    {
        _json = SampleRows.Save(SampleRows.JsonLines(), ".jsonl");
        _csv = SampleRows.Save(SampleRows.Csv(), ".csv");
        _parquet = SampleRows.Save(SampleRows.Parquet(), ".parquet");
    }

    [GlobalCleanup]
    public void DeleteFiles()
    {
        File.Delete(_json);
        File.Delete(_csv);
        File.Delete(_parquet);
    }

    [Benchmark(OperationsPerInvoke = SampleRows.Count)]
    public int JsonLines() => SampleRows.ReadAll(_json, SourceFormats.Jsonl, Plain);

    [Benchmark(OperationsPerInvoke = SampleRows.Count)]
    public int JsonLinesOneColumn() => SampleRows.ReadAll(_json, SourceFormats.Jsonl, One);

    [Benchmark(OperationsPerInvoke = SampleRows.Count)]
    public int Csv() => SampleRows.ReadAll(_csv, SourceFormats.Csv, Plain);

    [Benchmark(OperationsPerInvoke = SampleRows.Count)]
    public int Parquet() => SampleRows.ReadAll(_parquet, SourceFormats.Parquet, Plain);
}
