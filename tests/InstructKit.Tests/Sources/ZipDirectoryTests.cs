using System.Buffers.Binary;
using InstructKit.Sources;
using InstructKit.Sources.Formats;
using Xunit;

namespace InstructKit.Tests.Sources;

/// <summary>Zip archives written byte by byte according to APPNOTE.TXT: as from other tools and from an attacker.</summary>
public sealed class ZipDirectoryTests : IDisposable
{
    private static readonly SourceSpec Jsonl = new() { Format = SourceFormats.Jsonl };
    private readonly ReaderFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Names_without_the_UTF8_flag_are_code_page_437()
    {
        _folder.Add("a.zip", Zip(new Member([0x84, 0x94], "{\"a\":1}"), new Member([0x81, 0x8E], "{\"a\":2}"), new Member([.. "ä"u8], "{\"a\":3}") { Flags = 0x800 }));
        var files = RowReaders.Expand(_folder.Root, "a.zip!*");
        Assert.Equal(["a.zip!ä", "a.zip!äö", "a.zip!üÄ"], files.Select(file => file.Name));
        Assert.Equal(["0:1 i3", "1:1 i1", "2:1 i2"], ReaderFolder.Read(Jsonl, [new SourcePart(null, files)], "a").Rows);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(70_000)]
    public void Bytes_in_front_of_an_archive_are_passed_over(int junk)
    {
        _folder.Add("a.zip", [.. Encoding.ASCII.GetBytes("MZ" + new string('x', junk)), .. Zip(new Member([.. "a"u8], "{\"a\":1}"), new Member([.. "b"u8], "{\"a\":2}"))]);
        var files = RowReaders.Expand(_folder.Root, "a.zip!*");
        Assert.Equal(["0:1 i1", "1:1 i2"], ReaderFolder.Read(Jsonl, [new SourcePart(null, files)], "a").Rows);
    }

    [Theory]
    [InlineData(12, "bzip2 (12)")]
    [InlineData(14, "LZMA (14)")]
    [InlineData(93, "zstd (93)")]
    [InlineData(95, "xz (95)")]
    [InlineData(6, "Implode (6)")]
    [InlineData(1000, "an unknown method (1000)")]
    public void A_method_that_is_not_read_is_named(ushort method, string name)
    {
        _folder.Add("a.zip", Zip(new Member([.. "a"u8], "{\"a\":1}") { Method = method }));
        var error = Error(() => ReaderFolder.Read(Jsonl, [new SourcePart(null, RowReaders.Expand(_folder.Root, "a.zip!*"))], "a"));
        Assert.Equal($"error IK3017: a.zip!a: the member is compressed with {name}, which is not read; unpack the archive first.", error.ToString());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    public void Members_that_share_bytes_are_refused(int shift)
    {
        // Two directory entries for one member, or the second pointing into the middle of the first.
        _folder.Add("a.zip", Zip(new Member([.. "a"u8], "{\"a\":1}"), new Member([.. "b"u8], "{\"a\":1}") { At = shift }));
        Assert.Equal("error IK3016: a.zip: members of the zip archive overlap.", Error(() => RowReaders.Expand(_folder.Root, "a.zip!*")).ToString());
    }

    [Fact]
    public void A_directory_that_is_cut_or_counts_too_many_is_refused()
    {
        var whole = Zip(new Member([.. "a"u8], "{\"a\":1}"));
        for (var length = 0; length < whole.Length; length += 5)
        {
            _folder.Add("a.zip", whole[..length]);
            Assert.Equal("IK3016", Error(() => RowReaders.Expand(_folder.Root, "a.zip!*")).Code);
        }

        BinaryPrimitives.WriteUInt16LittleEndian(whole.AsSpan(whole.Length - 12), 3);
        _folder.Add("a.zip", whole);
        Assert.Equal("IK3016", Error(() => RowReaders.Expand(_folder.Root, "a.zip!*")).Code);
        Assert.Contains("--max-archive-entries", Error(() => RowReaders.Expand(_folder.Root, "a.zip!*", new SourceLimits { MaxArchiveEntries = 2 })).Message, StringComparison.Ordinal);
    }

    private static Diagnostic Error(Action action) => Assert.Throws<DiagnosticException>(action).Diagnostics.Single();

    private static byte[] Zip(params Member[] members)
    {
        List<byte> local = [], directory = [];
        foreach (var member in members)
        {
            var data = Encoding.ASCII.GetBytes(member.Text);
            var sizes = new byte[12];
            BinaryPrimitives.WriteUInt32LittleEndian(sizes, Crc(data));
            BinaryPrimitives.WriteInt32LittleEndian(sizes.AsSpan(4), data.Length);
            BinaryPrimitives.WriteInt32LittleEndian(sizes.AsSpan(8), data.Length);
            byte[] common = [20, 0, .. Two(member.Flags), .. Two(member.Method), 0, 0, 0, 0, .. sizes, .. Two(member.Name.Length), 0, 0];
            var at = member.At ?? local.Count;
            if (member.At is null) local.AddRange([.. "PK"u8, 3, 4, .. common, .. member.Name, .. data]);

            directory.AddRange([.. "PK"u8, 1, 2, 20, 0, .. common, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, .. Two(at), 0, 0, .. member.Name]);
        }

        return [.. local, .. directory, .. "PK"u8, 5, 6, 0, 0, 0, 0, .. Two(members.Length), .. Two(members.Length), .. Two(directory.Count), 0, 0, .. Two(local.Count), 0, 0, 0, 0];
    }

    private static uint Crc(byte[] data)
    {
        var crc = uint.MaxValue;
        foreach (var value in data)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320);
        }

        return ~crc;
    }

    private static byte[] Two(int value) => [(byte)value, (byte)(value >> 8)];

    private sealed record Member(byte[] Name, string Text)
    {
        public ushort Flags { get; init; }

        public ushort Method { get; init; }

        /// <summary>Offset of another member that this entry points into; null for its own.</summary>
        public int? At { get; init; }
    }
}
