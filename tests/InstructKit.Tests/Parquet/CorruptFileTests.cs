using System.Diagnostics;
using FsCheck;
using FsCheck.Fluent;
using InstructKit.Parquet;
using InstructKit.Parquet.Format;
using Xunit;

namespace InstructKit.Tests.Parquet;

public sealed class CorruptFileTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5); // One second is the requirement; the rest allows for a busy machine.

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"instructkit-{Guid.NewGuid():N}.parquet");

    public void Dispose() => File.Delete(_path);

    [Theory]
    [InlineData("flat-snappy.parquet")]
    [InlineData("flat-delta.parquet")]
    [InlineData("flat-gzip.parquet")]
    [InlineData("nested-v2.parquet")]
    [InlineData("types-duckdb.parquet")]
    [InlineData("written.parquet")]
    public void Changed_bytes_end_in_rows_or_in_a_ParquetException(string file)
    {
        var bytes = File.ReadAllBytes(RowsAsJson.PathOf(file));
        var change = from at in Gen.Choose(0, bytes.Length - 1) from mask in Gen.Choose(1, 255) select (at, mask);
        Prop.ForAll(change.NonEmptyListOf().ToArbitrary(), changes =>
        {
            var changed = (byte[])bytes.Clone();
            foreach (var (at, mask) in changes.Take(4)) changed[at] ^= (byte)mask;

            return EndsWell(changed);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(400));
    }

    [Theory]
    [InlineData("flat-snappy.parquet")]
    [InlineData("nested-v2.parquet")]
    public void A_file_that_is_cut_is_refused(string file)
    {
        var bytes = File.ReadAllBytes(RowsAsJson.PathOf(file));
        Prop.ForAll(Gen.Choose(0, bytes.Length - 1).ToArbitrary(), length => Refusal(bytes[..length]).Code == ParquetErrorCodes.NotParquet)
            .Check(Config.QuickThrowOnFailure);
    }

    [Fact]
    public void The_file_that_the_lies_are_made_of_is_sound()
    {
        File.WriteAllBytes(_path, new OneColumnFile().ToBytes());
        Assert.Equal(["""{"n":1}""", """{"n":2}""", """{"n":3}"""], RowsAsJson.Read(_path));
    }

    [Fact]
    public void Files_of_another_kind_are_named_so()
    {
        Assert.Equal(ParquetErrorCodes.NotParquet, Refusal([]).Code);
        Assert.Equal(ParquetErrorCodes.NotParquet, Refusal([.. "PAR1"u8, .. "PAR1"u8]).Code);
        Assert.Equal(ParquetErrorCodes.NotParquet, Refusal([.. "PAR1"u8, 0, 0, 0, 0x7f, .. "PAR1"u8]).Code);
        Assert.Equal(ParquetErrorCodes.NotParquet, Refusal([.. "{\"text\": \"a line of JSON\"}\n"u8]).Code);
        Assert.Equal(ParquetErrorCodes.Encrypted, Refusal([.. "PARE"u8, .. new byte[20], .. "PARE"u8]).Code);
    }

    [Fact]
    public void What_is_not_supported_is_named()
    {
        Assert.Contains("LZO", Unsupported(new OneColumnFile { Codec = 3 }), StringComparison.Ordinal);
        Assert.Contains("codec 42", Unsupported(new OneColumnFile { Codec = 42 }), StringComparison.Ordinal);
        Assert.Contains("another file", Unsupported(new OneColumnFile { OtherFile = "part-0.parquet" }), StringComparison.Ordinal);
        Assert.Contains("DeltaByteArray", Unsupported(new OneColumnFile { Encoding = 7 }), StringComparison.Ordinal);
        Assert.Equal(ParquetErrorCodes.Encrypted, Refusal(new OneColumnFile { IsEncrypted = true }.ToBytes()).Code);
    }

    [Fact]
    public void Sizes_that_cannot_be_are_refused_before_room_is_made()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(ParquetErrorCodes.TooLarge, Refusal(new OneColumnFile { Rows = 1L << 40, Values = 1L << 40 }.ToBytes()).Code);
        Assert.Equal(ParquetErrorCodes.Corrupt, Refusal(new OneColumnFile { Rows = -1, Values = -1 }.ToBytes()).Code);
        Assert.Equal(ParquetErrorCodes.Corrupt, Refusal(new OneColumnFile { Values = 1L << 40 }.ToBytes()).Code);
        Assert.Equal(ParquetErrorCodes.TooLarge, Refusal(new OneColumnFile { PageValues = int.MaxValue }.ToBytes()).Code);
        Assert.Equal(ParquetErrorCodes.Corrupt, Refusal(new OneColumnFile { UncompressedBytes = int.MaxValue }.ToBytes()).Code);
        Assert.Equal(ParquetErrorCodes.TooLarge, Refusal(new OneColumnFile { UncompressedBytes = int.MaxValue, Encoding = 5 }.ToBytes()).Code);
        Assert.Equal(ParquetErrorCodes.Corrupt, Refusal(new OneColumnFile { CompressedBytes = int.MaxValue }.ToBytes()).Code);
        Assert.Equal(ParquetErrorCodes.Corrupt, Refusal(new OneColumnFile { CompressedBytes = -1 }.ToBytes()).Code);
        Assert.Equal(ParquetErrorCodes.Corrupt, Refusal(new OneColumnFile { Offset = 1L << 50 }.ToBytes()).Code);
        for (var codec = 1; codec <= 7; codec++)
        {
            if (codec != 3) Refusal(new OneColumnFile { Codec = codec, UncompressedBytes = 100_000_000 }.ToBytes());
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 << 20);
    }

    [Fact]
    public void Rows_and_pages_have_limits_with_names()
    {
        var page = Assert.Throws<ParquetException>(() => RowsAsJson.Read(RowsAsJson.PathOf("flat-gzip.parquet"), new ParquetReaderOptions { MaxPageBytes = 100 }));
        Assert.Contains("MaxPageBytes = 100", page.Message, StringComparison.Ordinal);
        var row = Assert.Throws<ParquetException>(() => RowsAsJson.Read(RowsAsJson.PathOf("nested-v2.parquet"), new ParquetReaderOptions { MaxRowBytes = 100 }));
        Assert.Contains("MaxRowBytes = 100", row.Message, StringComparison.Ordinal);
        Assert.Equal((ParquetErrorCodes.TooLarge, 0), (row.Code, row.RowGroup));
    }

    [Fact]
    public void A_wrong_checksum_is_told_when_asked_for_with_its_place()
    {
        var bytes = File.ReadAllBytes(RowsAsJson.PathOf("written.parquet"));
        bytes[FirstBody(bytes)] ^= 1;
        File.WriteAllBytes(_path, bytes);
        var problem = Assert.Throws<ParquetException>(() => RowsAsJson.Read(_path, new ParquetReaderOptions { VerifyChecksums = true }));
        Assert.Equal(ParquetErrorCodes.Checksum, problem.Code);
        Assert.Equal($"{_path}: row group 0, column 'text': the checksum of a page is wrong", problem.Message);
    }

    // After the magic bytes and the first page's header, which the reader can measure.
    private static int FirstBody(byte[] bytes)
    {
        InstructKit.Parquet.Metadata.PageHeader.Read(bytes.AsSpan(4), out var length);
        return 4 + length;
    }

    private string Unsupported(OneColumnFile file)
    {
        var problem = Refusal(file.ToBytes());
        Assert.Equal(ParquetErrorCodes.Unsupported, problem.Code);
        Assert.Equal("n", problem.Column);
        return problem.Message;
    }

    private ParquetException Refusal(byte[] bytes)
    {
        File.WriteAllBytes(_path, bytes);
        return Assert.Throws<ParquetException>(() => RowsAsJson.Read(_path));
    }

    // Any other exception fails the test.
    private bool EndsWell(byte[] bytes)
    {
        File.WriteAllBytes(_path, bytes);
        var watch = Stopwatch.StartNew();
        try
        {
            using var file = ParquetFile.Open(_path);
            using var rows = new RowBatch(file.Columns.Count);
            foreach (var group in file.RowGroups)
            {
                using var reader = file.OpenRowGroup(group.Index, [.. file.Columns.Select(column => column.Name)]);
                while (reader.Read(rows))
                {
                }
            }
        }
        catch (ParquetException problem)
        {
            return problem.Code.StartsWith("IK70", StringComparison.Ordinal) && problem.File == _path && watch.Elapsed < Patience;
        }

        return watch.Elapsed < Patience;
    }
}
