using System.Buffers.Binary;
using InstructKit.Parquet;
using InstructKit.Parquet.Format;
using Xunit;

namespace InstructKit.Tests.Parquet;

/// <summary>Files as from older writers and with unusual schemas, one page each, built byte by byte from the format's specification.</summary>
public sealed class HubFileTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"instructkit-{Guid.NewGuid():N}.parquet");

    public void Dispose() => File.Delete(_path);

    // ConvertedType of parquet.thrift, physical type, width, plain bytes of the value.
    [Theory]
    [InlineData(0, 6, 0, "02000000 c3a9", "\"\u00e9\"")] // UTF8
    [InlineData(4, 6, 0, "01000000 41", "\"A\"")] // ENUM
    [InlineData(19, 6, 0, "02000000 7b7d", "\"{}\"")] // JSON
    [InlineData(20, 6, 0, "03000000 000102", "\"AAEC\"")] // BSON
    [InlineData(6, 1, 0, "01000000", "\"1970-01-02\"")] // DATE
    [InlineData(7, 1, 0, "01000000", "\"00:00:00.001\"")] // TIME_MILLIS
    [InlineData(8, 2, 0, "0100000000000000", "\"00:00:00.000001\"")] // TIME_MICROS
    [InlineData(9, 2, 0, "0100000000000000", "\"1970-01-01T00:00:00.001Z\"")] // TIMESTAMP_MILLIS
    [InlineData(10, 2, 0, "ffffffffffffffff", "\"1969-12-31T23:59:59.999999Z\"")] // TIMESTAMP_MICROS
    [InlineData(11, 1, 0, "ff000000", "255")] // UINT_8
    [InlineData(12, 1, 0, "ffff0000", "65535")] // UINT_16
    [InlineData(13, 1, 0, "ffffffff", "4294967295")] // UINT_32
    [InlineData(14, 2, 0, "ffffffffffffffff", "18446744073709551615")] // UINT_64
    [InlineData(15, 1, 0, "ffffffff", "-1")] // INT_8
    [InlineData(18, 2, 0, "ffffffffffffffff", "-1")] // INT_64
    [InlineData(21, 7, 12, "010000000200000003000000", "\"P1M2DT0.003S\"")] // INTERVAL
    public void Legacy_annotations_are_followed(int converted, int type, int width, string page, string expected) =>
        Assert.Equal($"{{\"c0\":{expected}}}", Row(new PageFile { Rows = 1, Converted = converted, Type = type, TypeLength = width, Page = Bytes(page) }));

    [Theory]
    [InlineData(1, 0, "39300000", "123.45")]
    [InlineData(2, 0, "c7cfffffffffffff", "-123.45")]
    [InlineData(6, 0, "02000000 3039", "123.45")]
    [InlineData(6, 0, "00000000", "0.00")]
    [InlineData(7, 5, "ffffffcfc7", "-123.45")]
    [InlineData(7, 16, "00000000000000000000000000003039", "123.45")]
    public void Decimals_are_stored_in_four_ways(int type, int width, string page, string expected) =>
        Assert.Equal($"{{\"c0\":{expected}}}", Row(new PageFile { Rows = 1, Converted = 5, Scale = 2, Precision = 9, Type = type, TypeLength = width, Page = Bytes(page) }));

    [Theory]
    [InlineData(14, 7, 16, "00112233445566778899aabbccddeeff", "\"00112233-4455-6677-8899-aabbccddeeff\"")] // UUID
    [InlineData(15, 7, 2, "003e", "1.5")] // FLOAT16
    [InlineData(17, 6, 0, "02000000 0102", "\"AQI=\"")] // GEOMETRY: its bytes
    public void Newer_annotations_are_followed(int logical, int type, int width, string page, string expected) =>
        Assert.Equal($"{{\"c0\":{expected}}}", Row(new PageFile { Rows = 1, Logical = logical, Type = type, TypeLength = width, Page = Bytes(page) }));

    [Fact]
    public void Impala_and_Spark_write_timestamps_of_twelve_bytes()
    {
        var page = new byte[12];
        BinaryPrimitives.WriteInt64LittleEndian(page, 1_000_000_000);
        BinaryPrimitives.WriteInt32LittleEndian(page.AsSpan(8), 2_440_588); // the Julian day of 1970-01-01
        Assert.Equal("""{"c0":"1970-01-01T00:00:01.000000000"}""", Row(new PageFile { Rows = 1, Type = 3, Page = page }));
    }

    [Fact]
    public void A_column_of_type_null_has_nothing_but_nulls() =>
        Assert.Equal("""{"c0":null}""", Row(new PageFile { Rows = 1, Logical = 11, Type = 1, Repetition = 1, Page = Bytes("02000000 0200") }));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_dictionary_is_found_where_the_footer_does_not_tell_of_it(bool tells) => Assert.Equal(
        ["""{"c0":"bb"}""", """{"c0":"bb"}""", """{"c0":"a"}"""],
        Rows(new PageFile
        {
            Rows = 3,
            Converted = 0,
            Encoding = 8,
            Page = [1, 4, 1, 2, 0],
            TellsDictionary = tells,
            Dictionary = Bytes("01000000 61 02000000 6262"),
            DictionaryBytes = 11,
            DictionaryValues = 2,
        }));

    // Bloom filters, column and offset indexes are where no page offset points.
    [Fact]
    public void What_lies_between_columns_is_passed_over() => Assert.Equal(
        ["""{"c0":7,"c1":7,"c2":7}"""],
        Rows(new PageFile { Rows = 1, Columns = 3, Type = 1, Page = Bytes("07000000"), Between = new byte[3_000] }));

    [Theory]
    [InlineData(ParquetCodec.Gzip)]
    [InlineData(ParquetCodec.Snappy)]
    [InlineData(ParquetCodec.Zstd)]
    public void A_page_of_version_2_may_say_that_it_is_not_compressed(ParquetCodec codec) => Assert.Equal(
        ["""{"c0":"a"}"""],
        Rows(new PageFile { Rows = 1, Repetition = 1, Converted = 0, Codec = codec, Page = Bytes("0201 01000000 61"), V2Levels = 2, IsV2Compressed = false }));

    [Fact]
    public void A_page_of_version_2_without_values_needs_no_compressed_bytes() => Assert.Equal(
        ["""{"c0":null}""", """{"c0":null}"""],
        Rows(new PageFile { Rows = 2, Repetition = 1, Converted = 0, Codec = ParquetCodec.Snappy, Page = Bytes("0400"), V2Levels = 2 }));

    [Fact]
    public void Booleans_may_be_runs() => Assert.Equal(
        ["""{"c0":true}""", """{"c0":true}""", """{"c0":true}"""],
        Rows(new PageFile { Rows = 3, Type = 0, Encoding = 3, Page = Bytes("02000000 0601"), V2Levels = 0 }));

    [Fact]
    public void Pages_without_values_are_passed_over_whatever_their_size()
    {
        Assert.Empty(Rows(new PageFile { Rows = 0, Pages = 3, Values = 0, Type = 1, Page = new byte[2_000] }));
        Assert.Empty(Rows(new PageFile { Rows = 0, Pages = 0, Values = 0, Type = 1, Page = [] }));
    }

    [Fact]
    public void A_root_may_have_a_type() =>
        Assert.Equal("""{"c0":7}""", Row(new PageFile { Rows = 1, RootType = 0, Type = 1, Page = Bytes("07000000") }));

    [Fact]
    public void A_variant_is_refused_by_name_and_other_columns_are_not()
    {
        File.WriteAllBytes(_path, new PageFile { Rows = 1, Columns = 2, Group = 16, Names = ["metadata", "value"], Page = Bytes("01000000 00") }.ToBytes());
        using var file = ParquetFile.Open(_path);
        Assert.Equal("variant", file.Columns[0].Type);
        using var other = file.OpenRowGroup(0, ["nothing"]);
        var problem = Assert.Throws<ParquetException>(() => file.OpenRowGroup(0, ["g"]));
        Assert.Equal(ParquetErrorCodes.Unsupported, problem.Code);
        Assert.Equal("g", problem.Column);
        Assert.Contains("VARIANT", problem.Message, StringComparison.Ordinal);
    }

    // JSON objects have unique keys: a struct with a duplicate name has no JSON.
    [Fact]
    public void A_struct_with_two_fields_of_one_name_is_refused()
    {
        File.WriteAllBytes(_path, new PageFile { Rows = 1, Columns = 2, Group = 1, Type = 1, Names = ["x", "x"], Page = Bytes("07000000") }.ToBytes());
        using var file = ParquetFile.Open(_path);
        Assert.Contains("'x'", Assert.Throws<ParquetException>(() => file.OpenRowGroup(0, ["g"])).Message, StringComparison.Ordinal);
    }

    // One in a separate column, two in a list (levels: the second continues the list, both are present).
    [Theory]
    [InlineData(0, null, "39300000", "123.45")]
    [InlineData(2, 2, "02000000 0302 02000000 0401 39300000 ffffffff", "[123.45,-0.01]")]
    public void Decimals_come_as_numbers_or_as_text_with_all_digits(int repetition, int? values, string page, string expected)
    {
        File.WriteAllBytes(_path, new PageFile { Rows = 1, Repetition = repetition, Values = values, Converted = 5, Scale = 2, Precision = 9, Type = 1, Page = Bytes(page) }.ToBytes());
        Assert.Equal([$"{{\"c0\":{expected}}}"], RowsAsJson.Read(_path));
        var text = expected.Replace("-0.01", "\"-0.01\"", StringComparison.Ordinal).Replace("123.45", "\"123.45\"", StringComparison.Ordinal);
        Assert.Equal([$"{{\"c0\":{text}}}"], RowsAsJson.Read(_path, new ParquetReaderOptions { DecimalsAsText = true }));
    }

    [Fact]
    public void Names_may_have_dots_and_of_two_equal_ones_none_is_meant()
    {
        File.WriteAllBytes(_path, new PageFile { Rows = 1, Columns = 3, Type = 1, Names = ["a.b", "x", "x"], Page = Bytes("07000000") }.ToBytes());
        using var file = ParquetFile.Open(_path);
        Assert.Equal(["a.b", "x", "x"], file.Columns.Select(column => column.Name));
        Assert.Equal("x", Assert.Throws<ParquetException>(() => file.OpenRowGroup(0, ["a.b", "x"])).Column);
        using var reader = file.OpenRowGroup(0, ["a.b"]);
        using var rows = new RowBatch(1);
        Assert.True(reader.Read(rows));
        Assert.Equal(["7"], rows.Row(0).ToArray().Select(cell => Encoding.UTF8.GetString(rows.Bytes(cell))));
    }

    // Only the pages of requested columns are read: all others may be broken.
    [Fact]
    public void Columns_that_are_not_asked_for_are_not_touched()
    {
        var bytes = new PageFile { Rows = 1, Columns = 1_000, Type = 1, Page = Bytes("07000000") }.ToBytes();
        bytes.AsSpan(4, 20).Fill(0xff); // the page of c0
        File.WriteAllBytes(_path, bytes);
        using var file = ParquetFile.Open(_path);
        using var rows = new RowBatch(3);
        var before = GC.GetAllocatedBytesForCurrentThread();
        using var reader = file.OpenRowGroup(0, ["c3", "c500", "c999"]);
        Assert.True(reader.Read(rows));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
        Assert.Equal(1, rows.Count);
        using var broken = file.OpenRowGroup(0, ["c0"]);
        using var one = new RowBatch(1);
        Assert.Throws<ParquetException>(() => broken.Read(one));
        Assert.Throws<ArgumentException>(() => broken.Read(rows));
    }

    private string Row(PageFile file) => Assert.Single(Rows(file));

    private List<string> Rows(PageFile file)
    {
        File.WriteAllBytes(_path, file.ToBytes());
        return [.. RowsAsJson.Read(_path)];
    }

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", string.Empty, StringComparison.Ordinal));
}
