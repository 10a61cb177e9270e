using FsCheck;
using FsCheck.Fluent;
using InstructKit.Parquet.Compression;
using InstructKit.Parquet.Format;
using InstructKit.Parquet.Pages;
using Xunit;

namespace InstructKit.Tests.Parquet;

public sealed class CompressionTests
{
    // Composed by hand from google/snappy's format description.
    [Theory]
    [InlineData("00", "")]
    [InlineData("03 08 61 62 63", "abc")]
    [InlineData("0a 08 61 62 63 0d 03", "abcabcabca")]
    [InlineData("0a 08 61 62 63 1a 03 00", "abcabcabca")]
    [InlineData("0a 08 61 62 63 1b 03 00 00 00", "abcabcabca")]
    [InlineData("05 f0 04 68 65 6c 6c 6f", "hello")]
    public void Snappy_elements_decode(string block, string expected)
    {
        var target = new byte[expected.Length];
        SnappyDecoder.Decode(Bytes(block), target);
        Assert.Equal(expected, System.Text.Encoding.ASCII.GetString(target));
    }

    [Theory]
    [InlineData("")]
    [InlineData("ff ff ff ff ff ff")]
    [InlineData("0a 08 61 62 63")]
    [InlineData("0a 08 61 62 63 0d 04")]
    [InlineData("0a 08 61 62 63 0d 00")]
    [InlineData("0a 08 61 62 63 3d 03")]
    [InlineData("0a f4 ff ff")]
    [InlineData("0a fc ff ff ff ff 61")]
    public void Broken_snappy_is_refused(string block) => Assert.Throws<ParquetException>(() => SnappyDecoder.Decode(Bytes(block), new byte[10]));

    [Fact]
    public void Snappy_that_claims_too_much_is_refused_by_its_length() =>
        Assert.Throws<ParquetException>(() => SnappyDecoder.ReadLength(Bytes("ff ff ff ff 07 00"), 6, out _));

    // Composed by hand from lz4_Block_format.md: literals "abc", match of seven at distance three, last literals "xyzzy".
    [Fact]
    public void LZ4_blocks_decode_raw_and_in_the_frames_of_Hadoop()
    {
        var target = new byte[15];
        Assert.True(Lz4Decoder.TryDecode(Bytes("33 61 62 63 03 00 50 78 79 7a 7a 79"), target));
        Assert.Equal("abcabcabcaxyzzy", System.Text.Encoding.ASCII.GetString(target));
        target.AsSpan().Clear();
        Assert.True(Lz4Decoder.TryDecodeHadoop(Bytes("00 00 00 0f 00 00 00 0c 33 61 62 63 03 00 50 78 79 7a 7a 79"), target));
        Assert.Equal("abcabcabcaxyzzy", System.Text.Encoding.ASCII.GetString(target));
        Assert.False(Lz4Decoder.TryDecode(Bytes("33 61 62 63 04 00 50 78 79 7a 7a 79"), target));
        Assert.False(Lz4Decoder.TryDecode(Bytes("f3 ff ff ff"), target));
    }

    // "abc" and "abcdef" of one content of nine bytes, as Hadoop writes what exceeds its buffer; then a separate frame.
    [Fact]
    public void A_frame_of_Hadoop_may_hold_several_blocks()
    {
        var target = new byte[12];
        var frames = Bytes("00 00 00 09 00 00 00 04 30 61 62 63 00 00 00 07 60 61 62 63 64 65 66 00 00 00 03 00 00 00 04 30 78 79 7a");
        Assert.True(Lz4Decoder.TryDecodeHadoop(frames, target));
        Assert.Equal("abcabcdefxyz", System.Text.Encoding.ASCII.GetString(target));
        for (var length = 0; length < frames.Length; length++) Assert.False(Lz4Decoder.TryDecodeHadoop(frames.AsSpan(0, length), target));

        Assert.False(Lz4Decoder.TryDecodeHadoop(Bytes("00 00 00 09 00 00 00 04 30 61 62 63"), new byte[9]));
        Assert.False(Lz4Decoder.TryDecodeHadoop(Bytes("00 00 00 02 00 00 00 04 30 61 62 63"), new byte[2]));
        Assert.False(Lz4Decoder.TryDecodeHadoop(Bytes("ff ff ff ff 00 00 00 04 30 61 62 63"), new byte[3]));
    }

    // Every kind of element, with offsets of every size, compared with a byte-by-byte model; decoded in steps as well as at once.
    [Fact]
    public void Snappy_elements_of_every_kind_decode_at_once_and_in_steps() => Prop.ForAll(SnappyBlocks.ToArbitrary(), made =>
    {
        var (block, expected, step) = made;
        var target = new byte[expected.Length];
        SnappyDecoder.Decode(block, target);
        using var folder = new ScratchFolder();
        File.WriteAllBytes(folder.At("page"), [1, 2, .. block, 3]);
        using var handle = File.OpenHandle(folder.At("page"));
        var memory = new PageMemory(1 << 20);
        using var window = new ChunkWindow(memory, handle, 2, block.Length + 3, likely: step);
        using var page = new PageBuffer(memory);
        using var stream = new SnappyPageStream(new PackedPage(window, ParquetCodec.Snappy, block.Length, expected.Length, 1 << 10, memory, page));
        for (int read = 0, at = 0; read < expected.Length; read += step)
        {
            var count = Math.Min(step, expected.Length - read);
            at = stream.Require(at, count, mayMove: true);
            if (!stream.Bytes.AsSpan(at, count).SequenceEqual(expected.AsSpan(read, count))) return false;

            at += count;
        }

        stream.Finish();
        return target.AsSpan().SequenceEqual(expected) && window.Left == 1;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    // The wide path handles elements only when there is room; an offset before the start must not be accepted there either.
    [Theory]
    [InlineData("0d 00")]
    [InlineData("3e ff 7f")]
    [InlineData("3f ff ff ff ff")]
    [InlineData("0f 00 00 00 00")]
    public void Snappy_copies_from_before_the_block_are_refused_in_its_middle(string element)
    {
        byte[] literals = [.. Enumerable.Repeat<byte[]>([0x00, 0x61], 300).SelectMany(bytes => bytes)];
        byte[] block = [0x80, 0x05, .. literals, .. Bytes(element), .. literals, .. literals];
        Assert.Throws<ParquetException>(() => SnappyDecoder.Decode(block, new byte[640]));
    }

    [Fact]
    public void Snappy_round_trips() => Prop.ForAll(Compressible.ToArbitrary(), source =>
    {
        var packed = new byte[SnappyEncoder.Bound(source.Length)];
        var length = new SnappyEncoder().Encode(source, packed);
        var target = new byte[source.Length];
        SnappyDecoder.Decode(packed.AsSpan(0, length), target);
        return source.AsSpan().SequenceEqual(target);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public void Snappy_makes_repetitive_text_small()
    {
        var source = System.Text.Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 20_000).Select(i => $"row {i % 100} of the same kind\n")));
        var length = new SnappyEncoder().Encode(source, new byte[SnappyEncoder.Bound(source.Length)]);
        Assert.InRange(length, 1, source.Length / 10);
    }

    // Few letters and repeated pieces, from nothing to several blocks of 64 KiB.
    private static Gen<byte[]> Compressible =>
        from letters in Gen.Choose(1, 255)
        from size in Gen.OneOf(Gen.Choose(0, 40), Gen.Choose(0, 4_000), Gen.Choose(60_000, 200_000))
        from piece in Gen.Choose(1, 300)
        from seed in Gen.Choose(1, int.MaxValue)
        select Make(letters, size, piece, (ulong)seed);

    private static byte[] Make(int letters, int size, int piece, ulong state)
    {
        var bytes = new byte[size];
        for (var i = 0; i < size; i++)
        {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            bytes[i] = i >= piece && state % 16 != 0 ? bytes[i - piece] : (byte)(state / 16 % (ulong)letters);
        }

        return bytes;
    }

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", string.Empty, StringComparison.Ordinal));

    private static Gen<(byte[] Block, byte[] Bytes, int Step)> SnappyBlocks =>
        from count in Gen.Choose(1, 2000)
        from seed in Gen.Choose(0, int.MaxValue)
        from step in Gen.Choose(1, 100_000)
        select ComposeSnappy(count, new Random(seed), step);

    private static (byte[] Block, byte[] Bytes, int Step) ComposeSnappy(int count, Random random, int step)
    {
        List<byte> elements = [];
        List<byte> bytes = [];
        for (var i = 0; i < count; i++)
        {
            var kind = bytes.Count == 0 ? 0 : random.Next(5);
            if (kind is 0 or 4)
            {
                var length = random.Next(200) == 0 ? random.Next(4000, 20_000) : random.Next(20) == 0 ? random.Next(61, 700) : random.Next(1, random.Next(4) == 0 ? 61 : 8);
                elements.AddRange(length <= 60 ? [(byte)((length - 1) << 2)] : [0xf4, (byte)(length - 1), (byte)((length - 1) >> 8)]);
                var text = new byte[length];
                random.NextBytes(text);
                elements.AddRange(text);
                bytes.AddRange(text);
                continue;
            }

            var most = Math.Min(bytes.Count, kind == 1 ? 2047 : 65535);
            var offset = random.Next(1, 1 + Math.Min(most, random.Next(2) == 0 ? 20 : int.MaxValue));
            var size = kind == 1 ? random.Next(4, 12) : random.Next(1, random.Next(3) == 0 ? 65 : 10);
            elements.AddRange(kind switch
            {
                1 => [(byte)(1 | ((size - 4) << 2) | ((offset >> 8) << 5)), (byte)offset],
                2 => [(byte)(2 | ((size - 1) << 2)), (byte)offset, (byte)(offset >> 8)],
                _ => [(byte)(3 | ((size - 1) << 2)), (byte)offset, (byte)(offset >> 8), 0, 0],
            });
            for (var k = 0; k < size; k++) bytes.Add(bytes[^offset]);
        }

        var total = bytes.Count;
        return ([(byte)(total | 0x80), (byte)((total >> 7) | 0x80), (byte)((total >> 14) & 0x7f), .. elements], [.. bytes], step);
    }
}
