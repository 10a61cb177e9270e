using System.Text.Json;
using InstructKit.Parquet;
using InstructKit.Parquet.Format;
using Xunit;

namespace InstructKit.Tests.Parquet;

/// <summary>Files and expected rows were made by DuckDB 1.5 from the same queries.</summary>
public sealed class ReaderTests
{
    [Theory]
    [InlineData("flat-none.parquet", "flat.jsonl")]
    [InlineData("flat-snappy.parquet", "flat.jsonl")]
    [InlineData("flat-gzip.parquet", "flat.jsonl")]
    [InlineData("flat-zstd.parquet", "flat.jsonl")]
    [InlineData("flat-brotli.parquet", "flat.jsonl")]
    [InlineData("flat-lz4.parquet", "flat.jsonl")]
    [InlineData("flat-delta.parquet", "flat.jsonl")]
    [InlineData("nested-snappy.parquet", "nested.jsonl")]
    [InlineData("nested-v2.parquet", "nested.jsonl")]
    [InlineData("types-duckdb.parquet", "types-duckdb.jsonl")]
    public void Rows_are_those_that_DuckDB_wrote(string file, string expected)
    {
        var rows = RowsAsJson.Read(RowsAsJson.PathOf(file), new ParquetReaderOptions { VerifyChecksums = true });
        var lines = File.ReadAllLines(RowsAsJson.PathOf(expected));
        Assert.Equal(lines.Length, rows.Count);
        for (var i = 0; i < lines.Length; i++)
        {
            // DuckDB prints a time without trailing zeros; ours has all digits of its unit.
            var line = lines[i].Replace("\"10:20:30.5\"", "\"10:20:30.500000\"", StringComparison.Ordinal);
            Assert.True(JsonElement.DeepEquals(JsonElement.Parse(line), JsonElement.Parse(rows[i])), $"row {i}: expected {line}, read {rows[i]}");
        }
    }

    [Fact]
    public void Columns_come_in_the_order_asked_for_and_unknown_ones_are_missing()
    {
        var rows = RowsAsJson.Read(RowsAsJson.PathOf("flat-snappy.parquet"), null, "number", "nowhere", "side");
        Assert.Equal("""{"number":-7,"side":null}""", rows[0]);
        Assert.Equal("""{"number":999996,"side":"south"}""", rows[1]);
    }

    [Fact]
    public void No_column_at_all_still_counts_rows()
    {
        using var file = ParquetFile.Open(RowsAsJson.PathOf("flat-snappy.parquet"));
        Assert.Equal(40, RowsAsJson.ReadGroup(file, 0, []).Count);
    }

    // Reading one row at a time never reads a column at once, so it defines the expected result of reading many.
    [Theory]
    [InlineData(7, 4 << 20)]
    [InlineData(4096, 1)]
    [InlineData(4096, 100)]
    [InlineData(4096, 3000)]
    [InlineData(4096, 4 << 20)]
    public void Batch_sizes_do_not_change_the_rows(int rows, int bytes)
    {
        var files = Directory.GetFiles(Path.GetDirectoryName(RowsAsJson.PathOf("x"))!, "*.parquet");
        Assert.NotEmpty(files);
        Assert.All(files, path => Assert.Equal(
            RowsAsJson.Read(path, new ParquetReaderOptions { BatchRows = 1 }),
            RowsAsJson.Read(path, new ParquetReaderOptions { BatchRows = rows, BatchBytes = bytes })));
    }

    [Fact]
    public void A_row_limit_that_a_block_of_rows_would_pass_holds_for_each_row()
    {
        var path = RowsAsJson.PathOf("groups-duckdb.parquet");
        Assert.Equal(RowsAsJson.Read(path), RowsAsJson.Read(path, new ParquetReaderOptions { MaxRowBytes = 40 }));
        Assert.Equal(ParquetErrorCodes.TooLarge, Assert.Throws<ParquetException>(() => RowsAsJson.Read(path, new ParquetReaderOptions { MaxRowBytes = 6 })).Code);
    }

    [Fact]
    public void Row_groups_are_read_at_once()
    {
        using var file = ParquetFile.Open(RowsAsJson.PathOf("groups-duckdb.parquet"));
        Assert.Equal(3, file.RowGroups.Count);
        Assert.Equal(6000, file.RowCount);
        var groups = new List<string>[12];
        Parallel.For(0, groups.Length, i => groups[i] = RowsAsJson.ReadGroup(file, i % 3, ["id", "text"]));
        for (var i = 0; i < groups.Length; i++)
        {
            var first = file.RowGroups[i % 3].FirstRow;
            Assert.Equal(file.RowGroups[i % 3].RowCount, groups[i].Count);
            Assert.All(groups[i], (row, k) => Assert.Equal($$"""{"id":{{first + k}},"text":"text {{(first + k) % 3}}"}""", row));
        }
    }

    [Fact]
    public void Columns_say_their_types()
    {
        using var file = ParquetFile.Open(RowsAsJson.PathOf("nested-snappy.parquet"));
        Assert.Equal(
            [
                "id: int64",
                "messages: list<struct<role: string, content: string>>",
                "nested: struct<text: list<list<string>>, at: int64>",
                "pairs: map<string, int64>",
                "numbers: list<int64>",
            ],
            file.Columns.Select(column => $"{column.Name}: {column.Type}"));
    }
}
