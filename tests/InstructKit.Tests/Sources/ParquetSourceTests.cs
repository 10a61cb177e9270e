using System.Buffers.Binary;
using InstructKit.Parquet;
using InstructKit.Parquet.Format;
using InstructKit.Sources;
using InstructKit.Sources.Columnar;
using InstructKit.Sources.Formats;
using InstructKit.Templating.Values;
using InstructKit.Tests.Parquet;
using Xunit;

namespace InstructKit.Tests.Sources;

public sealed class ParquetSourceTests : IDisposable
{
    private readonly ReaderFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // Named as in the plan, once; the reader itself would name the opened path.
    [Fact]
    public void A_broken_file_is_named_once_with_the_place()
    {
        var path = Path.Combine(_folder.Root, "f.parquet");
        File.WriteAllBytes(path, new OneColumnFile { Encoding = 7 }.ToBytes());
        using var reader = RowReaders.Open(new SourceSpec { Format = SourceFormats.Parquet }, [new SourcePart(null, [new SourceFile(path, "data/f.parquet")])], ["n"]);
        using var batch = new RowBatch(1);
        var problem = Assert.Throws<DiagnosticException>(() => reader.ReadChunk(batch));
        Assert.Equal("data/f.parquet: row group 0, column 'n': the encoding DeltaByteArray is not supported for values of type Int64", problem.Diagnostics[0].Message);
    }

    [Fact]
    public void Text_that_is_not_UTF8_rejects_the_row_or_is_replaced()
    {
        var path = Path.Combine(_folder.Root, "f.parquet");
        using (var stream = File.Create(path))
        {
            var writer = new ParquetWriter(stream, [ParquetField.Text("x"), ParquetField.Integer("n")]);
            foreach (var value in (byte[][])[[.. "good"u8], [0x61, 0xFF, 0xE2, 0x82, 0x62]])
            {
                writer.WriteText(value);
                writer.WriteInteger(7);
                writer.EndRow();
            }

            writer.Finish();
        }

        SourcePart[] parts = [new SourcePart(null, [new SourceFile(path, "f.parquet")])];
        var spec = new SourceSpec { Format = SourceFormats.Parquet };
        Assert.Equal(["0:1 'good'|i7", "0:2 !IK3004@-1 The column 'x' holds text that is not UTF-8."], ReaderFolder.Read(spec, parts, "x", "n").Rows);
        var read = ReaderFolder.Read(spec with { Repairs = new(InputRepairs.InvalidUtf8) }, parts, "x", "n");
        Assert.Equal(["0:1 'good'|i7", "0:2 'a\uFFFD\uFFFDb'|i7"], read.Rows);
        Assert.Equal(["0:2 InvalidUtf8"], read.Repaired);
        Assert.Equal(
            ["0:1 {\"x\":\"good\",\"n\":7}", "0:2 {\"x\":\"a\uFFFD\uFFFDb\",\"n\":7}"],
            ReaderFolder.Read(spec with { Repairs = new(InputRepairs.InvalidUtf8) }, parts, "row").Rows);
    }

    // As in an export of the rows as JSON Lines; an unreadable row is one fault.
    [Fact]
    public void Records_lie_in_the_lists_of_rows()
    {
        var path = Path.Combine(_folder.Root, "f.parquet");
        using (var stream = File.Create(path))
        {
            var writer = new ParquetWriter(stream, [ParquetField.Text("row"), ParquetField.List("q", ParquetField.Text("element"))]);
            foreach (var (text, questions) in (ReadOnlySpan<(byte[], string[])>)[([.. "a"u8], ["x", "y\"é"]), ([0xFF], ["z"]), ([.. "b"u8], []), ([.. "c"u8], ["w"])])
            {
                writer.WriteText(text);
                writer.StartList();
                foreach (var question in questions) writer.WriteText(Encoding.UTF8.GetBytes(question));
                writer.EndList();
                writer.EndRow();
            }

            writer.Finish();
        }

        SourcePart[] parts = [new SourcePart(null, [new SourceFile(path, "f.parquet")])];
        var spec = new SourceSpec { Format = SourceFormats.Parquet, Records = "q[]" };
        Assert.Equal(
            ["0:1 'x'|i0|{\"row\":\"a\",\"q\":[\"x\",\"y\\\"é\"]}", "0:1 e'y\\\"é'|i1|{\"row\":\"a\",\"q\":[\"x\",\"y\\\"é\"]}", "0:2 !IK3004@-1 The column 'row' holds text that is not UTF-8.", "0:4 'w'|i0|{\"row\":\"c\",\"q\":[\"w\"]}"],
            ReaderFolder.Read(spec, parts, "q", "q_index", "root").Rows);
        var repaired = ReaderFolder.Read(spec with { Repairs = new(InputRepairs.InvalidUtf8) }, parts, "q");
        Assert.Equal(["0:1 'x'", "0:1 e'y\\\"é'", "0:2 'z'", "0:4 'w'"], repaired.Rows);
        Assert.Equal(["0:2 InvalidUtf8"], repaired.Repaired);
        Assert.Equal(4, RowReaders.CountRows(spec, parts));
        Assert.Equal(["q"], RowReaders.DiscoverColumns(spec, parts));
    }

    // Parquet can represent them, JSON cannot: they are values here, printed as in Python.
    [Fact]
    public void NaN_and_infinities_of_a_float_column_are_values()
    {
        var path = Path.Combine(_folder.Root, "f.parquet");
        using (var stream = File.Create(path))
        {
            var writer = new ParquetWriter(stream, [ParquetField.Float("x")]);
            foreach (var value in (ReadOnlySpan<double>)[double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0.5])
            {
                writer.WriteFloat(value);
                writer.EndRow();
            }

            writer.Finish();
        }

        using var reader = RowReaders.Open(new SourceSpec { Format = SourceFormats.Parquet }, [new SourcePart(null, [new SourceFile(path, "f.parquet")])], ["x"]);
        using var batch = new RowBatch(1);
        Assert.True(reader.ReadChunk(batch));
        reader.Parse(batch);
        Assert.Empty(batch.Faults);
        Assert.Equal(["nan", "inf", "-inf", "0.5"], Enumerable.Range(0, 4).Select(row => Value.FromCell(batch.Buffer, batch.Row(row)[0]).ToString()));
    }

    // Nested columns behave like flat ones.
    [Fact]
    public void NaN_and_infinities_of_a_nested_column_are_values()
    {
        var path = Path.Combine(_folder.Root, "f.parquet");
        using (var stream = File.Create(path))
        {
            var writer = new ParquetWriter(stream, [ParquetField.List("x", ParquetField.Float("item"))]);
            writer.StartList();
            writer.WriteFloat(double.NaN);
            writer.WriteFloat(double.NegativeInfinity);
            writer.WriteFloat(0.5);
            writer.EndList();
            writer.EndRow();
            writer.Finish();
        }

        foreach (var (column, expected) in ((string, string)[])[("x", "[nan, -inf, 0.5]"), ("row", "{'x': [nan, -inf, 0.5]}")])
        {
            using var reader = Open(path, new SourceLimits(), column);
            using var batch = new RowBatch(1);
            Assert.True(reader.ReadChunk(batch));
            Assert.Empty(batch.Faults);
            Assert.Equal(expected, Value.FromCell(batch.Buffer, batch.Row(0)[0]).ToString());
        }
    }

    [Fact]
    public void Shards_may_have_their_columns_in_another_order_and_lack_some()
    {
        WriteTexts("1.parquet", ["a", "b"], ["a1", "b1"]);
        WriteTexts("2.parquet", ["extra", "b", "a"], ["e2", "b2", "a2"]);
        WriteTexts("3.parquet", ["b"], ["b3"]);
        SourceFile[] files = [.. Enumerable.Range(1, 3).Select(n => new SourceFile(Path.Combine(_folder.Root, $"{n}.parquet"), $"{n}.parquet"))];
        using var reader = RowReaders.Open(new SourceSpec { Format = SourceFormats.Parquet }, [new SourcePart(null, files)], ["a", "b"]);
        using var batch = new RowBatch(2);
        List<string> rows = [];
        while (reader.ReadChunk(batch))
            rows.Add(string.Join(' ', batch.Row(0).ToArray().Select(cell => cell.Kind == CellKind.Missing ? "-" : Encoding.UTF8.GetString(batch.Bytes(cell)))));

        Assert.Equal(["a1 b1", "a2 b2", "- b3"], rows);
    }

    [Fact]
    public void Limits_are_named_with_their_options()
    {
        WriteTexts("f.parquet", ["a"], [new string('x', 5_000)]);
        var path = Path.Combine(_folder.Root, "f.parquet");
        Assert.EndsWith("(--max-line-bytes)", Problem(new SourceLimits { MaxLineBytes = 1_000 }), StringComparison.Ordinal);
        Assert.EndsWith("(--max-buffer-bytes)", Problem(new SourceLimits { MaxBufferBytes = 1_000 }), StringComparison.Ordinal);
        Assert.EndsWith("(--max-unpacked-bytes)", Problem(new SourceLimits { MaxUnpackedBytes = 1_000 }), StringComparison.Ordinal);

        string Problem(SourceLimits limits)
        {
            using var reader = Open(path, limits, "a");
            using var batch = new RowBatch(1);
            return Assert.Throws<DiagnosticException>(() => reader.ReadChunk(batch)).Diagnostics[0].Message;
        }
    }

    [Fact]
    public void Two_columns_of_one_name_are_an_error()
    {
        var path = Path.Combine(_folder.Root, "f.parquet");
        File.WriteAllBytes(path, new PageFile { Rows = 1, Columns = 3, Type = 1, Names = ["x", "y", "x"], Page = [7, 0, 0, 0] }.ToBytes());
        foreach (var column in (string[])["y", "row"])
        {
            using var reader = Open(path, new SourceLimits(), column);
            using var batch = new RowBatch(1);
            var problem = Assert.Throws<DiagnosticException>(() => reader.ReadChunk(batch)).Diagnostics[0];
            Assert.Equal("error IK3008: f.parquet: columns 1 and 3 are both named 'x'.", problem.ToString());
        }

        Assert.Throws<DiagnosticException>(() => RowReaders.DiscoverColumns(new SourceSpec { Format = SourceFormats.Parquet }, [new SourcePart(null, [new SourceFile(path, "f.parquet")])]));
    }

    // 17 digits are more than a double can hold.
    [Fact]
    public void Decimals_are_text_digit_for_digit()
    {
        var path = Path.Combine(_folder.Root, "f.parquet");
        var page = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(page, 999_999_999_999_999_910);
        File.WriteAllBytes(path, new PageFile { Rows = 1, Type = 2, Converted = 5, Scale = 2, Precision = 18, Page = page }.ToBytes());
        Assert.Equal(["0:1 '9999999999999999.10'"], ReaderFolder.Read(new SourceSpec { Format = SourceFormats.Parquet }, [new SourcePart(null, [new SourceFile(path, "f")])], "c0").Rows);
        Assert.Equal(["0:1 {\"c0\":\"9999999999999999.10\"}"], ReaderFolder.Read(new SourceSpec { Format = SourceFormats.Parquet }, [new SourcePart(null, [new SourceFile(path, "f")])], "row").Rows);
    }

    // As written by Hive, Spark and DuckDB: percent escapes, a word for null; the file's own column of that name wins.
    [Fact]
    public void Folders_name_columns_with_their_values()
    {
        WriteTexts("f.parquet", ["text"], ["t"]);
        WriteTexts("g.parquet", ["text", "code"], ["u", "own"]);
        var f = Path.Combine(_folder.Root, "f.parquet");
        SourceFile[] files =
        [
            new(f, "hv/code=01001/lang=de/f.parquet"), new(f, "hv/code=a%2Fb%3Dc/f.parquet"), new(f, "hv/code=__HIVE_DEFAULT_PARTITION__/f.parquet"),
            new(Path.Combine(_folder.Root, "g.parquet"), "hv/code=2/g=h.parquet"), new(f, "hv/plain/f.parquet"),
        ];
        SourcePart[] parts = [new SourcePart(null, files)];
        var spec = new SourceSpec { Format = SourceFormats.Parquet };
        Assert.Equal(["text", "code", "lang"], RowReaders.DiscoverColumns(spec, parts));
        Assert.Equal(["0:1 't'|'01001'", "1:1 't'|'a/b=c'", "2:1 't'|null", "3:1 'u'|'own'", "4:1 't'|-"], ReaderFolder.Read(spec, parts, "text", "code").Rows);
        Assert.Equal("0:1 {\"text\":\"t\",\"code\":\"01001\",\"lang\":\"de\"}", ReaderFolder.Read(spec, parts, "row").Rows[0]);
    }

    [Fact]
    public void Names_of_labels_are_in_the_metadata()
    {
        const string Features = """
            {"info": {"features": {"text": {"dtype": "string", "_type": "Value"}, "label": {"names": ["neutral", "entailment"], "_type": "ClassLabel"},
            "tags": {"feature": {"names": ["x"], "_type": "ClassLabel"}, "_type": "Sequence"}}}}
            """;
        var labels = Labels(Features);
        Assert.Equal(["label"], labels.Keys);
        Assert.Equal(["neutral", "entailment"], labels["label"]);
        foreach (var other in (string[])["{", "[]", "{\"info\": {\"features\": []}}", "{\"info\": {\"features\": {\"x\": {\"names\": [1], \"_type\": \"ClassLabel\"}}}}", "{\"info\": {\"features\": {\"x\": {\"names\": [\"\\ud800\"], \"_type\": \"ClassLabel\"}}}}"])
            Assert.Empty(Labels(other));
    }

    private IReadOnlyDictionary<string, IReadOnlyList<string>> Labels(string metadata)
    {
        var path = Path.Combine(_folder.Root, "labels.parquet");
        using (var stream = File.Create(path))
            new ParquetWriter(stream, [ParquetField.Text("text")], new ParquetWriterOptions { Metadata = [new("other", "x"), new("huggingface", metadata)] }).Finish();

        using (var file = ParquetFile.Open(path)) Assert.Equal([new("other", "x"), new("huggingface", metadata)], file.Metadata);

        return ParquetSource.ClassLabelsOf(new SourceFile(path, "labels.parquet"));
    }

    private static RowReader Open(string path, SourceLimits limits, string column) => RowReaders.Open(
        new SourceSpec { Format = SourceFormats.Parquet, Limits = limits }, [new SourcePart(null, [new SourceFile(path, "f.parquet")])], [column]);

    private void WriteTexts(string name, string[] columns, string[] row)
    {
        using var stream = File.Create(Path.Combine(_folder.Root, name));
        var writer = new ParquetWriter(stream, [.. columns.Select(column => ParquetField.Text(column))]);
        foreach (var text in row) writer.WriteText(Encoding.UTF8.GetBytes(text));

        writer.EndRow();
        writer.Finish();
    }
}
