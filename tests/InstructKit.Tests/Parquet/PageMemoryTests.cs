using System.Buffers.Binary;
using System.IO.Compression;
using InstructKit.Compression;
using InstructKit.Parquet;
using InstructKit.Parquet.Compression;
using InstructKit.Parquet.Format;
using Xunit;

namespace InstructKit.Tests.Parquet;

/// <summary>A file's claims do not determine memory use: pages are held a window at a time, and whatever is held whole is counted.</summary>
public sealed class PageMemoryTests : IDisposable
{
    private const int Values = 4_000;
    private const int ValueBytes = 4_096;

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"instructkit-{Guid.NewGuid():N}.parquet");

    public void Dispose() => File.Delete(_path);

    // Twenty columns with pages of 16 MiB: 320 MiB if they were held; as windows, with what the codecs need, 100 MiB at most (brotli looks back 4 MiB).
    [Theory]
    [InlineData(ParquetCodec.Uncompressed, false)]
    [InlineData(ParquetCodec.Snappy, false)]
    [InlineData(ParquetCodec.Gzip, false)]
    [InlineData(ParquetCodec.Brotli, false)]
    [InlineData(ParquetCodec.Lz4Raw, false)]
    [InlineData(ParquetCodec.Zstd, false)]
    [InlineData(ParquetCodec.Gzip, true)]
    [InlineData(ParquetCodec.Snappy, true)]
    public void Large_pages_of_many_columns_are_read_in_windows(ParquetCodec codec, bool isV2)
    {
        var text = Texts(Values);
        var columns = codec == ParquetCodec.Uncompressed ? 2 : 20;
        Write(new PageFile { Columns = columns, Rows = Values, Converted = 0, Codec = codec, Page = Pack(codec, text), PageBytes = text.Length, V2Levels = isV2 ? 0 : null });
        Assert.Equal((long)Values * columns * ValueBytes, ReadAll(new ParquetReaderOptions { MaxBufferBytes = 128 << 20 }));
    }

    [Fact]
    public void Large_pages_of_numbers_are_read_in_windows()
    {
        var numbers = new byte[8 * 1_000_000];
        for (var i = 0; i < 1_000_000; i++) BinaryPrimitives.WriteInt64LittleEndian(numbers.AsSpan(8 * i), 1_000_000_000L + i);

        Write(new PageFile { Columns = 20, Rows = 1_000_000, Type = 2, Codec = ParquetCodec.Gzip, Page = Pack(ParquetCodec.Gzip, numbers), PageBytes = numbers.Length });
        Assert.Equal(20L * 1_000_000 * 10, ReadAll(new ParquetReaderOptions { MaxBufferBytes = 32 << 20 }));
    }

    // The levels before the values can be arbitrarily long.
    [Fact]
    public void Levels_of_a_large_page_are_kept_while_its_values_pass()
    {
        var text = Texts(Values);
        List<byte> levels = [];
        for (var i = 0; i < Values / 2; i++)
        {
            levels.AddRange([4, 1, 4, 0]); // two present, two nulls
        }

        var length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, levels.Count);
        byte[] page = [.. length, .. levels, .. text];
        Write(new PageFile { Rows = 2 * Values, Repetition = 1, Converted = 0, Codec = ParquetCodec.Gzip, Page = Pack(ParquetCodec.Gzip, page), PageBytes = page.Length });
        Assert.Equal((long)Values * ValueBytes, ReadAll(new ParquetReaderOptions { MaxBufferBytes = 4 << 20 }));
    }

    // No compressor does so, but the format allows it.
    [Fact]
    public void A_snappy_page_that_looks_back_further_than_a_window_is_begun_anew()
    {
        const int Blocks = 3_000;
        List<byte> page = [];
        var value = new byte[1_000];
        BinaryPrimitives.WriteInt32LittleEndian(value, 996);
        value.AsSpan(4).Fill((byte)'a');
        var total = Blocks * value.Length;
        page.AddRange([(byte)(total & 0x7f | 0x80), (byte)((total >> 7) & 0x7f | 0x80), (byte)((total >> 14) & 0x7f | 0x80), (byte)(total >> 21)]);
        for (var i = 0; i < Blocks; i++)
        {
            if (i < 2_500)
            {
                value[500] = (byte)('a' + (i % 26));
                page.AddRange([61 << 2, 999 & 0xff, 999 >> 8, .. value]);
                continue;
            }

            // The value from 2,000,000 bytes before, in copies of 50 bytes with an offset of four bytes.
            for (var part = 0; part < 20; part++) page.AddRange([(49 << 2) | 3, 0x80, 0x84, 0x1e, 0]);
        }

        Write(new PageFile { Rows = Blocks, Converted = 0, Codec = ParquetCodec.Snappy, Page = [.. page], PageBytes = total });
        var rows = RowsAsJson.Read(_path).ToList();
        Assert.Equal(Blocks, rows.Count);
        Assert.Equal(rows[999], rows[2_999]);
        Assert.Contains($"a{(char)('a' + (999 % 26))}a", rows[2_999], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ParquetCodec.Gzip)]
    [InlineData(ParquetCodec.Brotli)]
    [InlineData(ParquetCodec.Snappy)]
    [InlineData(ParquetCodec.Lz4Raw)]
    [InlineData(ParquetCodec.Zstd)]
    public void A_large_page_that_is_cut_or_too_long_is_refused(ParquetCodec codec)
    {
        var text = Texts(Values);
        var packed = Pack(codec, text);
        var cut = packed[..(packed.Length / 2)];
        foreach (var (page, bytes) in ((byte[], int)[])[(cut, text.Length), (packed, text.Length - 4_100), (packed, text.Length + 4_100)])
        {
            Write(new PageFile { Rows = Values - 1, Converted = 0, Codec = codec, Page = page, PageBytes = bytes });
            Assert.Equal(ParquetErrorCodes.Corrupt, Assert.Throws<ParquetException>(() => ReadAll(ParquetReaderOptions.Default)).Code);
        }
    }

    [Fact]
    public void Pages_that_have_to_be_held_whole_are_counted_and_the_limit_is_named()
    {
        // BYTE_STREAM_SPLIT needs all of a page at once.
        var page = new byte[8 << 20];
        Write(new PageFile { Columns = 20, Rows = 1 << 20, Type = 5, Encoding = 9, Codec = ParquetCodec.Gzip, Page = Pack(ParquetCodec.Gzip, page), PageBytes = page.Length });
        var problem = Assert.Throws<ParquetException>(() => ReadAll(new ParquetReaderOptions { MaxBufferBytes = 64 << 20 }));
        Assert.Equal((ParquetErrorCodes.TooLarge, "MaxBufferBytes"), (problem.Code, problem.Limit));
        Assert.Contains("MaxBufferBytes = 67108864", problem.Message, StringComparison.Ordinal);
        Assert.True(ReadAll(new ParquetReaderOptions { MaxBufferBytes = 512 << 20 }) > 0);
    }

    // A page of 128 KB in which every value is the one before and a letter: 500 MB of text, of which one batch is held at a time.
    [Fact]
    public void Values_that_grow_by_their_prefix_take_the_room_of_a_few()
    {
        const int Count = 30_000;
        byte[] page = [.. Differences(0, 1, Count), .. Differences(1, 0, Count), .. Enumerable.Repeat((byte)'x', Count)];
        Write(new PageFile { Rows = Count, Converted = 0, Encoding = 7, Page = page });
        Assert.Equal((long)Count * (Count + 1) / 2, ReadAll(new ParquetReaderOptions { MaxBufferBytes = 8 << 20 }));
    }

    [Fact]
    public void A_dictionary_is_counted_with_its_table()
    {
        var entries = new byte[4 << 20]; // empty texts
        Write(new PageFile
        {
            Columns = 8,
            Rows = 8,
            Converted = 0,
            Encoding = 8,
            Page = [1, 16, 0],
            Codec = ParquetCodec.Uncompressed,
            Dictionary = entries,
            DictionaryBytes = entries.Length,
            DictionaryValues = 1 << 20,
        });
        Assert.Equal("MaxBufferBytes", Assert.Throws<ParquetException>(() => ReadAll(new ParquetReaderOptions { MaxBufferBytes = 64 << 20 })).Limit);
        Assert.Equal(0, ReadAll(ParquetReaderOptions.Default));
    }

    [Fact]
    public void A_long_value_makes_its_window_large_for_as_long_as_it_is_read()
    {
        byte[] texts = [.. Texts(300), .. Text(20 << 20), .. Texts(300), .. Text(20 << 20), .. Texts(300)];
        Write(new PageFile { Columns = 1, Rows = 902, Converted = 0, Codec = ParquetCodec.Gzip, Page = Pack(ParquetCodec.Gzip, texts), PageBytes = texts.Length });
        Assert.Equal((900L * ValueBytes) + (40 << 20), ReadAll(new ParquetReaderOptions { MaxBufferBytes = 32 << 20 }));
        Assert.Equal("MaxRowBytes", Assert.Throws<ParquetException>(() => ReadAll(new ParquetReaderOptions { MaxRowBytes = 1 << 20 })).Limit);
    }

    [Fact]
    public void A_larger_array_that_is_reused_counts_as_what_was_asked_for()
    {
        // Another reader of the process has given back an array that is a little larger.
        RowArrays.Return(new byte[19 << 20]);
        var memory = new PageMemory(32 << 20);
        var first = memory.Rent(10 << 20);
        memory.Return(memory.Rent(20 << 20), 20 << 20);
        memory.Return(first, 10 << 20);
        Assert.Equal(0, memory.Held);
    }

    [Fact]
    public void What_is_lent_is_counted_until_it_is_given_back()
    {
        var memory = new PageMemory(10 << 20);
        var first = memory.Rent(6 << 20);
        Assert.Throws<ParquetException>(() => memory.Rent(6 << 20));
        memory.Return(first, 6 << 20);
        var other = memory.Rent(9 << 20);
        Assert.Equal(9 << 20, memory.Held);
        memory.Return(other, 9 << 20);
        memory.Charge(10 << 20);
        Assert.Throws<ParquetException>(() => memory.Charge(1));
        memory.Release(10 << 20);
        Assert.Equal(0, memory.Held);
    }

    private void Write(PageFile file) => File.WriteAllBytes(_path, file.ToBytes());

    // Bytes of all cells.
    private long ReadAll(ParquetReaderOptions options)
    {
        using var file = ParquetFile.Open(_path, options);
        using var rows = new RowBatch(file.Columns.Count);
        var bytes = 0L;
        for (var group = 0; group < file.RowGroups.Count; group++)
        {
            using var reader = file.OpenRowGroup(group, [.. file.Columns.Select(column => column.Name)]);
            while (reader.Read(rows)) bytes += rows.Used;
        }

        return bytes;
    }

    private static byte[] Texts(int count) => [.. Enumerable.Range(0, count).SelectMany(i => Text(ValueBytes, (byte)('a' + (i % 26))))];

    private static byte[] Text(int length, byte letter = (byte)'z')
    {
        var text = new byte[4 + length];
        BinaryPrimitives.WriteInt32LittleEndian(text, length);
        text.AsSpan(4).Fill(letter);
        return text;
    }

    // DELTA_BINARY_PACKED in one block whose differences are all the same: miniblocks of width 0.
    private static byte[] Differences(int first, int difference, int count)
    {
        List<byte> bytes = [];
        foreach (var number in (ReadOnlySpan<uint>)[1 << 20, 1, (uint)count, (uint)(first << 1), (uint)(difference << 1)])
        {
            var rest = number;
            for (; rest >= 0x80; rest >>= 7) bytes.Add((byte)(rest | 0x80));

            bytes.Add((byte)rest);
        }

        return [.. bytes, 0];
    }

    private static byte[] Pack(ParquetCodec codec, byte[] plain)
    {
        switch (codec)
        {
            case ParquetCodec.Uncompressed: return plain;
            case ParquetCodec.Snappy:
                var snappy = new byte[SnappyEncoder.Bound(plain.Length)];
                return snappy[..new SnappyEncoder().Encode(plain, snappy)];
            case ParquetCodec.Zstd:
                var zstd = new byte[ZstdEncoder.Bound(plain.Length)];
                using (var encoder = new ZstdEncoder(1)) return zstd[..encoder.Encode(plain, zstd)];

            case ParquetCodec.Lz4Raw: return PackLz4(plain);
            default:
                using (var packed = new MemoryStream())
                {
                    using (Stream stream = codec == ParquetCodec.Gzip ? new GZipStream(packed, CompressionLevel.Fastest) : new BrotliStream(packed, CompressionLevel.Fastest))
                    {
                        stream.Write(plain);
                    }

                    return packed.ToArray();
                }
        }
    }

    // Every value as its length and two letters, then a match of the letter before; the last one as literals, as the format asks for.
    private static byte[] PackLz4(byte[] plain)
    {
        List<byte> packed = [];
        const int Literals = 6;
        const int Match = ValueBytes + 4 - Literals;
        for (var at = 0; at < plain.Length; at += ValueBytes + 4)
        {
            if (at + ValueBytes + 4 == plain.Length)
            {
                packed.Add(0xf0);
                AddLength(packed, ValueBytes + 4 - 15);
                packed.AddRange(plain.AsSpan(at));
                break;
            }

            packed.Add((Literals << 4) | 15);
            packed.AddRange(plain.AsSpan(at, Literals));
            packed.AddRange([1, 0]);
            AddLength(packed, Match - 4 - 15);
        }

        return [.. packed];
    }

    private static void AddLength(List<byte> packed, int length)
    {
        for (; length >= 255; length -= 255) packed.Add(255);

        packed.Add((byte)length);
    }
}
