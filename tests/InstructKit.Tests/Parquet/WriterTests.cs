using FsCheck;
using FsCheck.Fluent;
using InstructKit.Parquet;
using InstructKit.Parquet.Format;
using Xunit;

namespace InstructKit.Tests.Parquet;

public sealed class WriterTests : IDisposable
{
    private static readonly ParquetField[] Schema =
    [
        ParquetField.Text("text"),
        ParquetField.Integer("label"),
        ParquetField.Float("score"),
        ParquetField.Boolean("flag"),
        ParquetField.List("options", ParquetField.Text("element")),
        ParquetField.List("messages", ParquetField.Struct("element", ParquetField.Text("role"), ParquetField.Text("content"))),
        ParquetField.Struct("meta", ParquetField.List("path", ParquetField.List("element", ParquetField.Integer("element"))), ParquetField.Text("task")),
    ];

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"instructkit-{Guid.NewGuid():N}.parquet");

    public void Dispose() => File.Delete(_path);

    [Theory]
    [InlineData(ParquetCodec.Uncompressed)]
    [InlineData(ParquetCodec.Snappy)]
    [InlineData(ParquetCodec.Zstd)]
    public void Random_rows_come_back(ParquetCodec codec)
    {
        Prop.ForAll(RandomRow.Of(Schema).ListOf().ToArbitrary(), Gen.Choose(0, 3).ToArbitrary(), (rows, size) =>
        {
            // Tiny pages, dictionaries and row groups make the rare paths common.
            var options = new ParquetWriterOptions
            {
                Codec = codec,
                PageBytes = size == 0 ? 1 << 20 : 40,
                DictionaryBytes = size switch { 1 => 0, 2 => 20, _ => 1 << 20 },
                RowGroupBytes = size == 0 ? 1 << 20 : 300,
            };
            File.WriteAllBytes(_path, Write(rows, options));
            return rows.Select(row => row.Json).SequenceEqual(RowsAsJson.Read(_path, new ParquetReaderOptions { VerifyChecksums = true }));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(150));
    }

    [Fact]
    public void Many_rows_make_pages_dictionaries_and_row_groups()
    {
        ParquetField[] schema = [ParquetField.Text("kind"), ParquetField.Text("text"), ParquetField.Integer("n")];
        var options = new ParquetWriterOptions { PageBytes = 10_000, DictionaryBytes = 3_000, RowGroupBytes = 400_000 };
        using (var stream = File.Create(_path))
        {
            var writer = new ParquetWriter(stream, schema, options);
            for (var i = 0; i < 20_000; i++)
            {
                // The text repeats for a while and then never again, so that its dictionary fills up.
                writer.WriteText(Encoding.UTF8.GetBytes($"kind {i % 3}"));
                writer.WriteText(Encoding.UTF8.GetBytes(i % 5_000 < 2_000 ? $"text {i % 10}" : $"text {i}"));
                writer.WriteInteger(i);
                writer.EndRow();
            }

            writer.Finish();
            Assert.Equal(stream.Length, writer.Position);
        }

        using var file = ParquetFile.Open(_path);
        Assert.InRange(file.RowGroups.Count, 2, 4);
        Assert.Equal(20_000, file.RowCount);
        var rows = RowsAsJson.Read(_path);
        Assert.All(rows, (row, i) => Assert.Equal(
            $$"""{"kind":"kind {{i % 3}}","text":"text {{(i % 5_000 < 2_000 ? i % 10 : i)}}","n":{{i}}}""", row));
    }

    [Fact]
    public void The_same_rows_give_the_same_bytes()
    {
        // The file in Golden was compared row by row in DuckDB 1.5, hyparquet 1 and parquet-rs (parquet-wasm) when it was made.
        var bytes = Write(GoldenRows(), new ParquetWriterOptions { PageBytes = 200, RowGroupBytes = 2_000, Metadata = [new("plan", "golden")] });
        Assert.Equal(File.ReadAllBytes(RowsAsJson.PathOf("written.parquet")), bytes);
    }

    [Fact]
    public void A_file_without_rows_has_columns()
    {
        File.WriteAllBytes(_path, Write([], ParquetWriterOptions.Default));
        using var file = ParquetFile.Open(_path);
        Assert.Equal(0, file.RowCount);
        Assert.Equal("list<struct<role: string, content: string>>", file.Columns[5].Type);
        Assert.Equal("instructkit", file.CreatedBy);
    }

    [Fact]
    public void Mistakes_of_the_caller_are_told_at_once()
    {
        var writer = new ParquetWriter(Stream.Null, Schema);
        Assert.Throws<InvalidOperationException>(() => writer.WriteInteger(1));
        writer = new ParquetWriter(Stream.Null, Schema);
        writer.WriteText("x"u8);
        Assert.Throws<InvalidOperationException>(writer.EndRow);
        Assert.Throws<InvalidOperationException>(writer.EndList);
        Assert.Throws<InvalidOperationException>(writer.Finish);
        Assert.Throws<ArgumentOutOfRangeException>(() => new ParquetWriterOptions { Codec = ParquetCodec.Brotli });
    }

    // Typical columns of training data, with a null wherever one is allowed; written without naming the omitted fields.
    [Fact]
    public void Every_kind_of_column_of_training_data_comes_back()
    {
        ParquetField[] schema =
        [
            ParquetField.Text("text"),
            ParquetField.List("texts", ParquetField.Text("element")),
            ParquetField.Integer("integer"),
            ParquetField.List("integers", ParquetField.Integer("element")),
            ParquetField.Float("number"),
            ParquetField.Boolean("flag"),
            ParquetField.Json("json"),
            ParquetField.List("messages", ParquetField.Struct("element", ParquetField.Text("role"), ParquetField.Text("content"), ParquetField.Text("name"), ParquetField.Json("calls"))),
        ];
        using (var stream = File.Create(_path))
        {
            var writer = new ParquetWriter(stream, schema);
            writer.WriteText("a \"b\" \n ü"u8);
            writer.StartList();
            writer.WriteText("x"u8);
            writer.WriteNull();
            writer.EndList();
            writer.WriteInteger(-7);
            writer.StartList();
            writer.WriteInteger(1);
            writer.WriteInteger(2);
            writer.EndList();
            writer.WriteFloat(0.25);
            writer.WriteBoolean(true);
            writer.WriteJson("""{"a":[1,null]}"""u8);
            writer.StartList();
            writer.StartStruct();
            writer.WriteText("user"u8);
            writer.WriteText("Hi"u8);
            writer.SkipTo(4);
            writer.EndStruct();
            writer.StartStruct();
            writer.SkipTo(1);
            writer.WriteText("Hello"u8);
            writer.SkipTo(3);
            writer.WriteJson("[]"u8);
            writer.EndStruct();
            writer.WriteNull();
            writer.EndList();
            writer.EndRow();
            writer.SkipTo(8);
            writer.EndRow();
            writer.Finish();
        }

        Assert.Equal(
            [
                """{"text":"a \"b\" \n ü","texts":["x",null],"integer":-7,"integers":[1,2],"number":0.25,"flag":true,"json":"{\"a\":[1,null]}","messages":[{"role":"user","content":"Hi","name":null,"calls":null},{"role":null,"content":"Hello","name":null,"calls":[]},null]}""",
                """{"text":null,"texts":null,"integer":null,"integers":null,"number":null,"flag":null,"json":null,"messages":null}""",
            ],
            RowsAsJson.Read(_path, new ParquetReaderOptions { VerifyChecksums = true }));
    }

    [Fact]
    public void Fields_are_skipped_forwards_only()
    {
        var writer = new ParquetWriter(Stream.Null, Schema);
        writer.SkipTo(2);
        Assert.Throws<InvalidOperationException>(() => writer.SkipTo(1));
        Assert.Throws<InvalidOperationException>(() => writer.SkipTo(Schema.Length + 1));
        writer.SkipTo(4);
        writer.StartList();
        Assert.Throws<InvalidOperationException>(() => writer.SkipTo(1));
    }

    internal static IEnumerable<RandomRow> GoldenRows()
    {
        for (var i = 0; i < 60; i++)
        {
            yield return new RandomRow(
                i % 7 == 0 ? null : $"Row {i}: \"über\" 日本 {new string('x', i)}", i % 5 == 0 ? null : (long)(i % 3), i % 6 == 0 ? null : i / 8.0,
                i % 4 == 0 ? null : i % 2 == 0, i % 8 == 0 ? null : Enumerable.Range(0, i % 3).Select(k => k == 1 ? null : (object?)$"option {k}").ToArray(),
                i % 9 == 0 ? null : Enumerable.Range(0, i % 4).Select(k => k == 3 ? null : (object?)new object?[] { k % 2 == 0 ? "user" : "assistant", k == 2 ? null : $"turn {k}" }).ToArray(),
                i % 10 == 0 ? null : new object?[] { new object?[] { new object?[] { (long)i, null }, null, Array.Empty<object?>() }, "task" })
            { Schema = Schema };
        }
    }

    private static byte[] Write(IEnumerable<RandomRow> rows, ParquetWriterOptions options)
    {
        using var stream = new MemoryStream();
        var writer = new ParquetWriter(stream, Schema, options);
        foreach (var row in rows) row.Write(writer);

        writer.Finish();
        return stream.ToArray();
    }
}
