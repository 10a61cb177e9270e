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
