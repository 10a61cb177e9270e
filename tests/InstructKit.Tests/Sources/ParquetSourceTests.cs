using InstructKit.Diagnostics;
using InstructKit.Parquet;
using InstructKit.Rows;
using InstructKit.Sources;
using InstructKit.Templating;
using InstructKit.Tests.Parquet;
using Xunit;

namespace InstructKit.Tests.Sources;

public sealed class ParquetSourceTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // Named as the plan names it, once; the reader itself would name the path that it opened.
    [Fact]
    public void A_broken_file_is_named_once_with_the_place()
    {
        var path = Path.Combine(_folder.Root, "f.parquet");
        File.WriteAllBytes(path, new OneColumnFile { Encoding = 7 }.ToBytes());
        using var reader = SourceCatalog.Open(new SourceSpec { Format = SourceFormat.Parquet }, [new SourcePart(null, [new SourceFile(path, "data/f.parquet")])], ["n"]);
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
        var spec = new SourceSpec { Format = SourceFormat.Parquet };
        Assert.Equal(["0:1 'good'|i7", "0:2 !IK3004@-1 The column 'x' holds text that is not UTF-8."], ScratchFolder.Read(spec, parts, "x", "n").Rows);
        var read = ScratchFolder.Read(spec with { Leniency = new() { InvalidUtf8 = BadCharacters.Replace } }, parts, "x", "n");
        Assert.Equal(["0:1 'good'|i7", "0:2 'a\uFFFD\uFFFDb'|i7"], read.Rows);
        Assert.Equal(["0:2 InvalidUtf8"], read.Mended);
        Assert.Equal(
            ["0:1 {\"x\":\"good\",\"n\":7}", "0:2 {\"x\":\"a\uFFFD\uFFFDb\",\"n\":7}"],
            ScratchFolder.Read(spec with { Leniency = new() { InvalidUtf8 = BadCharacters.Replace } }, parts, "row").Rows);
    }

    // Parquet has words for them, JSON has none: they are values here, printed as Python prints them.
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

        using var reader = SourceCatalog.Open(new SourceSpec { Format = SourceFormat.Parquet }, [new SourcePart(null, [new SourceFile(path, "f.parquet")])], ["x"]);
        using var batch = new RowBatch(1);
        Assert.True(reader.ReadChunk(batch));
        reader.Parse(batch);
        Assert.Empty(batch.Faults);
        Assert.Equal(["nan", "inf", "-inf", "0.5"], Enumerable.Range(0, 4).Select(row => Value.FromCell(batch.Buffer, batch.Row(row)[0]).ToString()));
    }
}
