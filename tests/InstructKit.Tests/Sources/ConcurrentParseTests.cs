using InstructKit.Sources;
using InstructKit.Sources.Formats;
using Xunit;

namespace InstructKit.Tests.Sources;

public sealed class ConcurrentParseTests : IDisposable
{
    private readonly ReaderFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // Several threads read the same as one thread chunk by chunk: the contract of RowReader.
    [Theory]
    [InlineData("jsonl", null)]
    [InlineData("jsonl", "a[]")]
    [InlineData("json", "*.a[]")]
    [InlineData("tsv", null)]
    [InlineData("csv", null)]
    [InlineData("lines", null)]
    public void Chunks_may_be_parsed_at_once(string format, string? records)
    {
        var text = new StringBuilder(format switch { "json" => "{", "tsv" => "a\tb\n", "csv" => "a,b\n", _ => string.Empty });
        for (var i = 0; i < 2_000; i++)
        {
            text.Append(format switch
            {
                "jsonl" => $"{{\"a\":[{{\"b\":\"\\u00e9{i}\"}},{{\"b\":{i}}}]{(i % 7 == 0 ? string.Empty : ",\"b\":1")}}}\n",
                "json" => $"{(i > 0 ? "," : string.Empty)}\n\"k{i}\":{{\"a\":[{{\"b\":{i}}},{{\"b\":\"\\u00e9\"}}]}}",
                "tsv" => i % 9 == 0 ? "ragged\n" : $"{i}\té{i}\n",
                "csv" => $"{i},\"é\n{i}\"\n",
                _ => $"n{i} é\n",
            });
        }

        text.Append(format == "json" ? "}" : string.Empty);
        SourceSpec spec = new() { Format = SourceFormats.Named(format), Records = records, Pattern = format == "lines" ? "(?<a>\\w)(?<b>[0-9]+)" : null };
        SourcePart[] parts = [new(null, [_folder.Add("in", text.ToString())])];
        string[] columns = ["a", "b", "key", "line"];

        using var reader = RowReaders.Open(spec, parts, columns, 512);
        List<RowBatch> batches = [];
        var batch = new RowBatch(columns.Length);
        while (reader.ReadChunk(batch))
        {
            batches.Add(batch);
            batch = new RowBatch(columns.Length);
        }

        batch.Dispose();
        Assert.InRange(batches.Count, 20, 2_000);
        Parallel.ForEach(batches, new ParallelOptions { MaxDegreeOfParallelism = 4 }, reader.Parse);
        var rows = batches.SelectMany(one => Enumerable.Range(0, one.Count).Select(row => Describe(one, row))).ToList();

        using var second = RowReaders.Open(spec, parts, columns);
        using var whole = new RowBatch(columns.Length);
        Assert.True(second.ReadChunk(whole));
        second.Parse(whole);
        Assert.Equal(Enumerable.Range(0, whole.Count).Select(row => Describe(whole, row)), rows);
        Assert.False(second.ReadChunk(whole));
        batches.ForEach(one => one.Dispose());
    }

    private static string Describe(RowBatch batch, int row)
    {
        var cells = batch.Row(row).ToArray().Select(cell => $"{cell.Kind} {Encoding.UTF8.GetString(batch.Bytes(cell))}");
        var faults = batch.Faults.Where(fault => fault.Row == row).Select(fault => fault.Code);
        return $"{batch.Place(row).Line} {string.Join('|', cells)} {string.Join('|', faults)}";
    }
}
