using FsCheck;
using FsCheck.Fluent;
using InstructKit.Parquet.Compression;
using InstructKit.Parquet.Encodings;
using InstructKit.Parquet.Format;
using InstructKit.Parquet.Metadata;
using InstructKit.Parquet.Writing;
using Xunit;

namespace InstructKit.Tests.Parquet;

/// <summary>Byte strings are the examples of the format's Encodings.md, or were derived by hand from it.</summary>
public sealed class EncodingTests
{
    [Fact]
    public void A_bit_packed_run_decodes()
    {
        var values = new int[8];
        new HybridDecoder(Range("03 88 c6 fa"), 3).Read(values);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7], values);
    }

    [Fact]
    public void Runs_of_both_kinds_follow_each_other()
    {
        var values = new int[12];
        new HybridDecoder(Range("08 05 03 88 c6 fa"), 3).Read(values);
        Assert.Equal([5, 5, 5, 5, 0, 1, 2, 3, 4, 5, 6, 7], values);
    }

    [Theory]
    [InlineData("", 3)]
    [InlineData("08", 3)]
    [InlineData("03", 3)]
    [InlineData("ff ff ff ff ff ff", 3)]
    [InlineData("08 05", 33)]
    public void Broken_runs_are_refused(string bytes, int width) =>
        Assert.Throws<ParquetException>(() => new HybridDecoder(Range(bytes), width).Read(new int[100]));

    [Fact]
    public void The_old_level_encoding_packs_the_highest_bit_first()
    {
        var levels = new int[8];
        new LevelDecoder(Range("05 39 77"), 7, PageEncoding.BitPacked).Read(levels);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7], levels);
    }

    [Fact]
    public void A_level_beyond_the_largest_is_refused() =>
        Assert.Throws<ParquetException>(() => new LevelDecoder(Range("08 03"), 2, PageEncoding.Rle).Read(new int[4]));

    [Fact]
    public void A_dictionary_has_a_limit()
    {
        const int Most = 1 << 23;
        var page = new ByteRange(new byte[Most + 17], 0, Most + 1);
        Assert.Equal(Most, ValueDictionary.Read(page, PhysicalType.FixedLenByteArray, 1, Most).Count);
        var problem = Assert.Throws<ParquetException>(() => ValueDictionary.Read(page, PhysicalType.FixedLenByteArray, 1, Most + 1));
        Assert.Equal(ParquetErrorCodes.TooLarge, problem.Code);
    }

    // Levels of one bit, although the byte repeated by a run could hold more.
    [Theory]
    [InlineData(1, "08 02")]
    [InlineData(3, "08 ff")]
    public void A_run_of_a_level_beyond_the_largest_is_refused(int maxLevel, string bytes) =>
        Assert.Throws<ParquetException>(() => new LevelDecoder(Range(bytes), maxLevel, PageEncoding.Rle).Read(new int[4]));

    // 7, 5, 3, 1, 2, 3, 4, 5: differences -2 -2 -2 1 1 1 1, so a minimum of -2 and 0 0 0 3 3 3 3 in two bits each.
    [Fact]
    public void Differences_decode()
    {
        var values = new long[8];
        new DeltaBinaryPackedDecoder(Range("08 01 08 0e 03 02 c0 3f"), true).Read(values);
        Assert.Equal([7, 5, 3, 1, 2, 3, 4, 5], values);
    }

    // Lengths 2, 1 and 3 in the same encoding (minimum -1, then 0 and 3 in two bits), then the bytes.
    [Fact]
    public void Lengths_stand_in_front_of_all_bytes()
    {
        var batch = new ValueBatch();
        var count = new DeltaLengthDecoder(Range("08 01 03 04 01 02 0c 00 61 62 63 64 65 66"), 3).Read(batch, 3);
        Assert.Equal(["ab", "c", "def"], Texts(batch, count));
    }

    // The example of Encodings.md: prefixes 0 2 0 3 (differences 2 -2 3: minimum -2, then 4 0 5 in three bits) and suffixes 4 2 6 5 (-2 4 -1: then 0 6 1).
    [Fact]
    public void Prefixes_are_kept_from_the_value_before()
    {
        var batch = new ValueBatch();
        var bytes = $"08 01 04 00 03 03 44 01 00  08 01 04 08 03 03 70 00 00  {Hex("axis")} {Hex("le")} {Hex("babble")} {Hex("yhood")}";
        var count = new DeltaByteArrayDecoder(Range(bytes), new PageBuffer(new PageMemory(1 << 20)), 0, 4, 100).Read(batch, 4);
        Assert.Equal(["axis", "axle", "babble", "babyhood"], Texts(batch, count));
    }

    [Fact]
    public void Split_streams_are_joined()
    {
        var batch = new ValueBatch();
        var count = new ByteStreamSplitDecoder(Range("01 04 02 05 03 06 00 80"), 4, true).Read(batch, 2);
        Assert.Equal([0x00030201L, unchecked((int)0x80060504)], batch.Numbers[..count]);
    }

    [Theory]
    [InlineData("00 01 08 0e 00 00")]
    [InlineData("08 00 08 0e 00 00")]
    [InlineData("08 03 08 0e 00 00")]
    [InlineData("08 01 08 0e 03 41 00 00")]
    [InlineData("08 01 08 0e 03")]
    [InlineData("08 01 02 0e 03 02")]
    [InlineData("80 80 80 80 80 80 80 80 80 80 80")]
    public void Broken_differences_are_refused(string bytes) =>
        Assert.Throws<ParquetException>(() => new DeltaBinaryPackedDecoder(Range(bytes), true).Read(new long[8]));

    [Fact]
    public void What_the_writer_packs_the_reader_unpacks() => Prop.ForAll(Runs.ToArbitrary(), input =>
    {
        var bytes = new Utf8Output();
        HybridEncoder.Append(bytes, input.Values, input.Width);
        var read = new int[input.Values.Length];
        new HybridDecoder(new ByteRange([.. bytes.Written, .. new byte[16]], 0, bytes.Length), input.Width).Read(read);
        return input.Values.AsSpan().SequenceEqual(read);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    private static Gen<(int Width, int[] Values)> Runs =>
        from width in Gen.Choose(1, 31)
        from runs in Gen.Choose(0, (1 << Math.Min(width, 30)) - 1).Two().ListOf()
        select (width, runs.SelectMany(run => Enumerable.Repeat(run.Item1, 1 + (run.Item2 % 20))).ToArray());

    private static ByteRange Range(string hex)
    {
        var bytes = Convert.FromHexString(hex.Replace(" ", string.Empty, StringComparison.Ordinal));
        return new ByteRange([.. bytes, .. Enumerable.Repeat((byte)0xee, 16)], 0, bytes.Length);
    }

    private static string Hex(string text) => Convert.ToHexString(System.Text.Encoding.ASCII.GetBytes(text));

    private static string[] Texts(ValueBatch batch, int count) =>
        [.. batch.Slices[..count].Select(slice => System.Text.Encoding.ASCII.GetString(batch.Bytes, slice.Offset, slice.Length))];
}
