using InstructKit.Parquet;
using InstructKit.Parquet.Format;
using InstructKit.Parquet.Reading;
using Xunit;

namespace InstructKit.Tests.Parquet;

public sealed class CellKindTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"instructkit-{Guid.NewGuid():N}.parquet");

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Every_kind_of_value_has_its_cell()
    {
        Write([ParquetField.Text("a"), ParquetField.Integer("b"), ParquetField.Float("c"), ParquetField.Boolean("d"), ParquetField.List("e", ParquetField.Text("x"))], writer =>
        {
            writer.WriteText("ü"u8);
            writer.WriteInteger(long.MinValue);
            writer.WriteFloat(1e16);
            writer.WriteBoolean(true);
            writer.StartList();
            writer.EndList();
        });
        Assert.Equal(["Text ü", "Integer -9223372036854775808", "Float 1e+16", "True ", "Json []", "Missing "], ReadFirstRow("a", "b", "c", "d", "e", "f"));
    }

    // RFC 8259, section 7: quotation mark, reverse solidus and the control characters are escaped.
    [Theory]
    [InlineData("", true)]
    [InlineData(" It's ~fine: {1}/2!", true)]
    [InlineData("say \"so\"", false)]
    [InlineData("back\\slash", false)]
    [InlineData("two\nlines", false)]
    [InlineData("\u007f", true)]
    [InlineData("sixteen letters.", true)]
    [InlineData("and then one more", true)]
    [InlineData("fifteen letters\"", false)]
    [InlineData("\tsixteen letters.", false)]
    [InlineData("a long text of plain letters, and then one that is not: é", false)]
    public void Text_that_JSON_takes_as_it_is_is_told_from_other_text(string text, bool isVerbatim)
    {
        Write([ParquetField.Text("a")], writer => writer.WriteText(Encoding.UTF8.GetBytes(text)));
        Assert.Equal([$"Text{(isVerbatim ? "!" : string.Empty)} {text}"], ReadFirstRow("a"));
    }

    // Every length around the widths in which text is copied, with one letter of another kind in every position.
    [Theory]
    [InlineData('~', true)]
    [InlineData('"', false)]
    [InlineData('\\', false)]
    [InlineData('\u001f', false)]
    [InlineData('\u0000', false)]
    [InlineData('\u00e9', false)]
    public void One_letter_tells_plain_text_from_other_text_wherever_it_stands(char letter, bool isPlain)
    {
        for (var length = 1; length <= 40; length++)
        {
            for (var at = 0; at < length; at++)
            {
                var text = Encoding.UTF8.GetBytes($"{new string('a', at)}{letter}{new string('z', length - at - 1)}");
                var copy = new byte[text.Length];
                Assert.Equal(isPlain, PlainText.Copy(text, copy));
                Assert.Equal(text, copy);
            }
        }
    }

    [Fact]
    public void Text_that_is_not_UTF8_is_flagged()
    {
        Write([ParquetField.Text("a"), ParquetField.List("b", ParquetField.Text("x"))], writer =>
        {
            writer.WriteText([0x61, 0xff]);
            writer.StartList();
            writer.WriteText([0x61, 0xff]);
            writer.WriteText("fine"u8);
            writer.EndList();
        });
        Assert.Equal(["Text a\uFFFD invalid", "Json [\"Yf8=\",\"fine\"] invalid, nested"], ReadFirstRow("a", "b"));
    }

    [Fact]
    public void NaN_and_infinities_are_numbers_of_nested_columns_as_of_flat_ones()
    {
        Write([ParquetField.Float("a"), ParquetField.List("b", ParquetField.Float("x")), ParquetField.List("c", ParquetField.Float("x"))], writer =>
        {
            writer.WriteFloat(double.NaN);
            writer.StartList();
            writer.WriteFloat(double.NegativeInfinity);
            writer.EndList();
            writer.StartList();
            writer.WriteFloat(0.5);
            writer.EndList();
        });
        Assert.Equal(["Float NaN", "Json [-Infinity]", "Json [0.5]"], ReadFirstRow("a", "b", "c"));
    }

    // Made by DuckDB: map {1: true, 2: false} and map {'a': map {date '2024-02-29': [7]}}, with a BLOB beside text.
    [Fact]
    public void Keys_that_are_no_text_become_text_and_binary_becomes_base64() => Assert.Equal(
        ["Json {\"1\":true,\"2\":false}", "Json {\"a\":{\"2024-02-29\":[7]}}", "Text! Yjc="],
        ReadFirstRowOf(RowsAsJson.PathOf("maps-duckdb.parquet"), "m", "n", "raw"));

    private string[] ReadFirstRow(params string[] columns) => ReadFirstRowOf(_path, columns);

    private static string[] ReadFirstRowOf(string path, params string[] columns)
    {
        using var file = ParquetFile.Open(path);
        using var rows = new RowBatch(columns.Length);
        using var reader = file.OpenRowGroup(0, columns);
        Assert.True(reader.Read(rows));
        string[] cells = [.. rows.Row(0).ToArray().Select(cell => $"{cell.Kind}{(cell.IsVerbatim ? "!" : string.Empty)} {Encoding.UTF8.GetString(rows.Bytes(cell))}")];
        foreach (var text in reader.InvalidTexts) cells[text.Column] += text.IsNested ? " invalid, nested" : " invalid";

        Assert.False(reader.Read(rows));
        return cells;
    }

    private void Write(IReadOnlyList<ParquetField> schema, Action<ParquetWriter> row)
    {
        using var stream = File.Create(_path);
        var writer = new ParquetWriter(stream, schema);
        row(writer);
        writer.EndRow();
        writer.Finish();
    }
}
