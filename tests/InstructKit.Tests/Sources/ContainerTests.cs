using System.Buffers.Binary;
using System.Formats.Tar;
using System.IO.Compression;
using InstructKit.Sources;
using InstructKit.Sources.Formats;
using Xunit;

namespace InstructKit.Tests.Sources;

public sealed class ContainerTests : IDisposable
{
    private static readonly SourceSpec Jsonl = new() { Format = SourceFormats.Jsonl };
    private readonly ReaderFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Gzip_is_known_by_its_bytes_and_not_by_its_name()
    {
        Assert.Equal(["0:1 i1", "0:2 i2"], _folder.Read(Jsonl, Gzip("{\"v\":1}\n{\"v\":2}\n"), "v").Rows);
        using var reader = RowReaders.Open(Jsonl, [new SourcePart(null, [_folder.Add("plain.gz", "{\"v\":1}\n")])], ["v"]);
        Assert.Equal(["0:1 i1"], ReadResult.Of(reader).Rows);
    }

    [Fact]
    public void All_members_of_a_gzip_file_are_read_and_zeros_behind_them_are_padding()
    {
        byte[] two = [.. Gzip("{\"v\":1}\n{\"v\""), .. Gzip(":2}\n")];
        Assert.Equal(["0:1 i1", "0:2 i2"], _folder.Read(Jsonl, two, "v").Rows);
        Assert.Equal(["0:1 i1", "0:2 i2"], _folder.Read(Jsonl, [.. two, .. new byte[10_000]], "v").Rows);
        Assert.Equal(["0:1 i1", "0:2 i2"], _folder.Read(Jsonl, [.. two, 0], "v").Rows);
        Assert.Equal(["0:1 i1"], _folder.Read(Jsonl, [.. Gzip(""), .. Gzip("{\"v\":1}\n")], "v").Rows);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(300)]
    [InlineData(100_000)]
    public void Other_bytes_behind_the_gzip_data_are_an_error(int count)
    {
        var garbage = Enumerable.Repeat((byte)'x', count).ToArray();
        var error = GzipError([.. Gzip("{\"v\":1}\n"), .. garbage]);
        Assert.Equal("error IK3016: in: there are bytes after the end of the gzip data.", error.ToString());
    }

    [Fact]
    public void A_gzip_file_cut_anywhere_is_an_error()
    {
        byte[] two = [.. Gzip("{\"v\":1}\n"), .. Gzip("{\"v\":2}\n{\"v\":3}\n")];
        var whole = Gzip("{\"v\":1}\n").Length;
        for (var length = 2; length < two.Length; length++)
        {
            if (length != whole) Assert.Equal("IK3016", GzipError(two[..length]).Code);
        }
    }

    [Fact]
    public void A_flipped_bit_in_a_gzip_file_is_an_error()
    {
        var bytes = Gzip("{\"v\":\"some text that is long enough\"}\n");
        foreach (var at in (int[])[20, bytes.Length - 8, bytes.Length - 1])
        {
            byte[] bad = [.. bytes];
            bad[at] ^= 0x10;
            Assert.Equal("IK3016", GzipError(bad).Code);
        }
    }

    // Made with zstd 1.5.4: two frames, the first with a checksum; and one frame that decompresses to 80 KB.
    [Fact]
    public void Zstandard_is_read_to_the_last_byte()
    {
        var two = Convert.FromBase64String("KLUv/QRYYQAAeyJ2IjoxfQp7InYiojHqXSi1L/0EWCEAADoyfQpFmK20");
        Assert.Equal(["0:1 i1", "0:2 i2"], _folder.Read(Jsonl, two, "v").Rows);
        var large = Convert.FromBase64String("KLUv/QRYrQAAaHsidiI6ImFiYyAifQoBAHk45w4JKw7Kmw==");
        var text = string.Concat(Enumerable.Repeat("abc ", 20_000));
        Assert.Equal([$"0:1 '{text}'"], _folder.Read(Jsonl, large, "v").Rows);
        for (var length = 4; length < large.Length; length++)
            Assert.Equal("error IK3016: in: the zstd data is truncated or damaged.", GzipError(large[..length]).ToString());

        Assert.Equal("IK3016", GzipError([.. two, (byte)'x']).Code);
        two[20] ^= 1;
        Assert.Equal("IK3016", GzipError(two).Code);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_compression_ratio_is_limited_by_name(bool zip)
    {
        var lines = string.Concat(Enumerable.Repeat(new string(' ', 9_999) + "\n", 400));
        SourceFile file;
        if (zip)
        {
            _folder.Add("z.zip", Zip(("a", lines)));
            file = Assert.Single(RowReaders.Expand(_folder.Root, "z.zip!*"));
        }
        else
        {
            file = _folder.Add("z", Gzip(lines));
        }

        var error = Error(Jsonl, file);
        Assert.Equal("IK3012", error.Code);
        Assert.Contains("--max-compression-ratio", error.Message, StringComparison.Ordinal);
        Assert.Contains("--max-unpacked-bytes", Error(Jsonl with { Limits = new SourceLimits { MaxUnpackedBytes = 1_000_000, MaxCompressionRatio = 2_000 } }, file).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Members_are_selected_by_pattern_in_ordinal_order_and_droppings_are_ignored()
    {
        (string, string)[] members = [("d/b.jsonl", "{\"v\":2}"), ("d/a.jsonl", "{\"v\":1}\n"), ("d/", ""), ("d/.a.jsonl.swp", "x"), ("__MACOSX/d/._a.jsonl", "x"), ("d/e/c.jsonl", "{\"v\":3}\n"), ("d/readme", "x")];
        _folder.Add("x/a.zip", Zip(members));
        _folder.Add("x/a.tar.gz", Gzip(Tar(members)));
        _folder.Add("x/a.tar", Tar(members));
        foreach (var archive in (string[])["a.zip", "a.tar.gz", "a.tar"])
        {
            var files = RowReaders.Expand(_folder.Root, $"x/{archive}!**/*.jsonl");
            Assert.Equal([$"x/{archive}!d/a.jsonl", $"x/{archive}!d/b.jsonl", $"x/{archive}!d/e/c.jsonl"], files.Select(file => file.Name));
            Assert.Equal(["0:1 i1", "1:1 i2", "2:1 i3"], ReaderFolder.Read(Jsonl, [new SourcePart(null, files)], "v").Rows);
            Assert.Equal([$"x/{archive}!d/a.jsonl", $"x/{archive}!d/b.jsonl"], RowReaders.Expand(_folder.Root, $"x/{archive}!d/*.jsonl").Select(file => file.Name));
            Assert.Equal([$"x/{archive}!d/.a.jsonl.swp"], RowReaders.Expand(_folder.Root, $"x/{archive}!d/.a.jsonl.swp").Select(file => file.Name));
            Assert.Equal([], RowReaders.Expand(_folder.Root, $"x/{archive}!nothing"));
            var missing = Error(Jsonl, new SourceFile(files[0].Path.Replace("d/a.jsonl", "d/aa.jsonl", StringComparison.Ordinal), "x"));
            Assert.Equal("IK3001", missing.Code);
            Assert.Contains("d/a.jsonl", missing.Hint, StringComparison.Ordinal);
        }

        Assert.Equal(3, RowReaders.Expand(_folder.Root, "**/*.tar.gz!**/*.jsonl").Count);
    }

    [Fact]
    public void Parallel_parts_may_lie_in_one_archive()
    {
        (string, string)[] members = [("t.de", "eins\nzwei\n"), ("t.en", "one\ntwo\n")];
        _folder.Add("a.zip", Zip(members));
        _folder.Add("a.tgz", Gzip(Tar(members)));
        foreach (var archive in (string[])["a.zip", "a.tgz"])
        {
            SourcePart[] parts = [new("de", RowReaders.Expand(_folder.Root, archive + "!t.de")), new("en", RowReaders.Expand(_folder.Root, archive + "!t.en"))];
            Assert.Equal(["0:1 'eins'|'one'", "0:2 'zwei'|'two'"], ReaderFolder.Read(new SourceSpec { Format = SourceFormats.Parallel }, parts, "de", "en").Rows);
        }
    }

    [Fact]
    public void A_flipped_bit_in_a_stored_zip_member_is_an_error()
    {
        var bytes = Zip(CompressionLevel.NoCompression, ("a", "{\"v\":1}\n"));
        bytes[bytes.AsSpan().IndexOf("{\"v\""u8) + 5] = (byte)'2';
        Assert.Equal("error IK3016: a.zip!a: the checksum of the member is wrong.", ZipError(bytes).ToString());
    }

    [Fact]
    public void A_zip_member_of_another_length_than_declared_is_an_error()
    {
        var bytes = Zip(("a", "{\"v\":1}\n{\"v\":1}\n{\"v\":1}\n"));
        var central = bytes.AsSpan().LastIndexOf("PK\u0001\u0002"u8);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(central + 24), 30);
        Assert.Equal("IK3016", ZipError(bytes).Code);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(central + 24), 8);
        Assert.Equal("IK3016", ZipError(bytes).Code);
    }

    [Fact]
    public void An_encrypted_zip_member_is_refused()
    {
        var bytes = Zip(("a", "{\"v\":1}\n"));
        bytes[bytes.AsSpan().LastIndexOf("PK\u0001\u0002"u8) + 8] |= 1;
        bytes[6] |= 1;
        Assert.Equal("error IK3017: a.zip!a: the member is encrypted, which is not read.", ZipError(bytes).ToString());
    }

    [Fact]
    public void A_name_that_stands_twice_is_refused()
    {
        Assert.Contains("two members named 'a'", ZipError(Zip(("a", "1"), ("a", "2"))).Message, StringComparison.Ordinal);
        _folder.Add("a.tar", Tar(("a", "1"), ("a", "2")));
        var error = Assert.Throws<DiagnosticException>(() => RowReaders.Expand(_folder.Root, "a.tar!*")).Diagnostics[0];
        Assert.Contains("two members named 'a'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_members_of_an_archive_are_limited_by_name()
    {
        var members = Enumerable.Range(0, 5).Select(i => ($"m{i}", "x")).ToArray();
        _folder.Add("a.zip", Zip(members));
        _folder.Add("a.tar", Tar(members));
        foreach (var glob in (string[])["a.zip!*", "a.tar!*"])
        {
            Assert.Equal(5, RowReaders.Expand(_folder.Root, glob, new SourceLimits { MaxArchiveEntries = 5 }).Count);
            var error = Assert.Throws<DiagnosticException>(() => RowReaders.Expand(_folder.Root, glob, new SourceLimits { MaxArchiveEntries = 4 })).Diagnostics[0];
            Assert.Contains("--max-archive-entries", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void An_archive_cut_anywhere_is_an_error()
    {
        (string, string)[] members = [("a", "{\"v\":1}\n"), ("b", "{\"v\":2}\n")];
        var zip = Zip(members);
        for (var length = 1; length < zip.Length; length += 5) Assert.Equal("IK3016", ZipError(zip[..length]).Code);

        var tar = Gzip(Tar(members));
        for (var length = 20; length < tar.Length; length += 7)
        {
            _folder.Add("a.tgz", tar[..length]);
            Assert.Equal("IK3016", Assert.Throws<DiagnosticException>(() => RowReaders.Expand(_folder.Root, "a.tgz!*")).Diagnostics[0].Code);
        }
    }

    [Fact]
    public void An_archive_where_a_file_is_wanted_is_refused_by_name()
    {
        var zip = Zip(("a", "x"));
        Assert.StartsWith("in: this is a zip archive", Error(Jsonl, _folder.Add("in", zip)).Message, StringComparison.Ordinal);
        Assert.StartsWith("in: this is a tar archive", Error(Jsonl, _folder.Add("in", Tar(("a", "x")))).Message, StringComparison.Ordinal);
        _folder.Add("a.tar", Tar(("inner.zip", Encoding.Latin1.GetString(zip))));
        Assert.Contains("an archive inside an archive", Error(Jsonl, Assert.Single(RowReaders.Expand(_folder.Root, "a.tar!*"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Many_members_that_do_not_fit_in_memory_are_put_aside_in_a_file()
    {
        var line = new string('x', 999_000);
        var members = Enumerable.Range(0, 40).Select(i => ($"m{i:d2}", $"{i:d2}{line}\n")).ToArray();
        _folder.Add("a.tar", Tar(members));
        var files = RowReaders.Expand(_folder.Root, "a.tar!*");
        using var reader = RowReaders.Open(new SourceSpec { Format = SourceFormats.Lines }, [new SourcePart(null, files)], ["line"]);
        var rows = ReadResult.Of(reader).Rows;
        Assert.Equal(Enumerable.Range(0, 40).Select(i => $"{i}:1 '{i:d2}x"), rows.Select(row => row[..(row.IndexOf('x', StringComparison.Ordinal) + 1)]));
    }

    [Fact]
    public void What_lies_in_the_place_of_data_is_named()
    {
        Assert.Equal("IK3014", _folder.Error(Jsonl, "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "v").Code);
        Assert.Equal("IK3015", _folder.Error(Jsonl, "\n <!DOCTYPE html><html><head>", "v").Code);
        Assert.Equal("IK3001", Error(Jsonl, new SourceFile(Path.Combine(_folder.Root, "none"), "none")).Code);
        Assert.StartsWith("in: the byte-order mark says UTF-16 (little-endian)", Error(Jsonl, _folder.Add("in", Encoding.Unicode.GetPreamble())).Message, StringComparison.Ordinal);
        Assert.StartsWith("in: the byte-order mark says UTF-16 (big-endian)", Error(Jsonl, _folder.Add("in", Encoding.BigEndianUnicode.GetPreamble())).Message, StringComparison.Ordinal);
        Assert.Equal("in.gz: the file is empty (0 bytes)", Error(Jsonl, _folder.Add("in.gz", [])).Message);
        Assert.Equal("in.zst: the file is empty (0 bytes)", Error(Jsonl, _folder.Add("in.zst", [])).Message);
        Assert.Equal("error IK3018: unknown encoding 'latin1-', expected utf-8, latin-1 or windows-1252. Did you mean 'latin-1'?", _folder.Error(Jsonl with { Encoding = "latin1-" }, "{}", "v").ToString());
    }

    private static byte[] Gzip(string text) => Gzip(Encoding.UTF8.GetBytes(text));

    private static byte[] Gzip(byte[] bytes)
    {
        using var memory = new MemoryStream();
        using (var gzip = new GZipStream(memory, CompressionMode.Compress, leaveOpen: true)) gzip.Write(bytes);

        // .NET writes no bytes for empty content; gzip(1) writes an empty member.
        return memory.Length > 0 ? memory.ToArray() : [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    }

    private static byte[] Zip(params (string Name, string Text)[] members) => Zip(CompressionLevel.Optimal, members);

    private static byte[] Zip(CompressionLevel level, params (string Name, string Text)[] members)
    {
        using var memory = new MemoryStream();
        using (var zip = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, text) in members)
            {
                using var stream = zip.CreateEntry(name, level).Open();
                stream.Write(Encoding.UTF8.GetBytes(text));
            }
        }

        return memory.ToArray();
    }

    private static byte[] Tar(params (string Name, string Text)[] members)
    {
        using var memory = new MemoryStream();
        using (var tar = new TarWriter(memory, leaveOpen: true))
        {
            foreach (var (name, text) in members)
            {
                tar.WriteEntry(name.EndsWith('/')
                    ? new PaxTarEntry(TarEntryType.Directory, name)
                    : new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.Latin1.GetBytes(text)) });
            }
        }

        return memory.ToArray();
    }

    private static Diagnostic Error(SourceSpec spec, SourceFile file) =>
        Assert.Single(Assert.Throws<DiagnosticException>(() => ReaderFolder.Read(spec, [new SourcePart(null, [file])], "v")).Diagnostics);

    private Diagnostic GzipError(byte[] bytes) => Error(Jsonl, _folder.Add("in", bytes));

    private Diagnostic ZipError(byte[] bytes)
    {
        _folder.Add("a.zip", bytes);
        return Assert.Throws<DiagnosticException>(() =>
            ReaderFolder.Read(Jsonl, [new SourcePart(null, RowReaders.Expand(_folder.Root, "a.zip!*"))], "v")).Diagnostics[0];
    }
}
