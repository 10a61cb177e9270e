using System.IO.Compression;
using FsCheck;
using FsCheck.Fluent;
using InstructKit.Sources;
using InstructKit.Sources.Formats;
using Xunit;

namespace InstructKit.Tests.Sources;

/// <summary>Valid files with bytes flipped, cut, duplicated and moved: a reader may reject the file or single rows, but it never throws anything else, never sees
/// different rows with different chunks, and counts as many rows as it returns. A failure prints the seed to reproduce it.</summary>
public sealed class MutationTests : IDisposable
{
    private readonly ReaderFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("jsonl", null)]
    [InlineData("jsonl", "a[]")]
    [InlineData("json", null)]
    [InlineData("json", "data[].a[]")]
    [InlineData("json", "*.a[]")]
    [InlineData("csv", null)]
    [InlineData("tsv", null)]
    [InlineData("lines", null)]
    [InlineData("xml", "e[].f[]")]
    public void Text_formats(string format, string? records)
    {
        var spec = new SourceSpec { Format = SourceFormats.Named(format), Records = records };
        byte[] seed = format switch
        {
            "jsonl" => [.. "{\"a\":[{\"x\":1.5e3},{\"x\":\"\\u00e9\\n\\ud83d\\ude00\"}],\"b\":null}\r\n\n{\"b\":\"é\u2028\",\"a\":[]}\n{\"a\":[{\"x\":true}]}"u8],
            "json" => [.. "{\"data\":{\"k\\u0041\":1,\"a\":[{\"x\":[[{}]],\"b\":\"\\\"é\"},{\"x\":-0}]},\n \"z\":{\"a\":[{\"x\":{\"q\":false}}]}}\n"u8],
            "csv" => [.. "a,b,x\r\n1,\"q\"\"\r\nr\",é\n,,\n\"\",\"5\",6\n"u8],
            "tsv" => [.. "a\tb\tx\r\n1\t\"q\té\n\t\t\n4\t5\t6"u8],
            "lines" => [.. "one\r\n\ntwo é\n\u2028"u8],
            _ => [.. "<?xml version=\"1.0\"?><r><e i=\"1\"><f>a&amp;b</f><f j='2'><![CDATA[é]]></f></e><!-- c --><e><f/></e></r>"u8],
        };
        Check(seed, bytes => Examine(spec, _folder.Add("in", bytes), ["a", "x", "row", "line", "f", "key"]));
    }

    [Fact]
    public void Compressed_files()
    {
        using var memory = new MemoryStream();
        using (var gzip = new GZipStream(memory, CompressionLevel.Optimal, leaveOpen: true)) gzip.Write("{\"x\":1}\n{\"x\":2}\n"u8);

        Check(memory.ToArray(), bytes => Examine(new SourceSpec { Format = SourceFormats.Jsonl }, _folder.Add("in", bytes), ["x"]));
    }

    [Fact]
    public void Zip_archives()
    {
        using var memory = new MemoryStream();
        using (var zip = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var name in (string[])["a", "d/b"])
            {
                using var stream = zip.CreateEntry(name).Open();
                stream.Write("{\"x\":1}\n{\"x\":2}\n"u8);
            }
        }

        Check(memory.ToArray(), bytes => Members("a.zip", bytes));
    }

    [Fact]
    public void Tar_archives()
    {
        using var memory = new MemoryStream();
        using (var tar = new System.Formats.Tar.TarWriter(memory, leaveOpen: true))
        {
            tar.WriteEntry(new System.Formats.Tar.PaxTarEntry(System.Formats.Tar.TarEntryType.RegularFile, "d/a") { DataStream = new MemoryStream(Encoding.UTF8.GetBytes("{\"x\":1}\n")) });
        }

        Check(memory.ToArray(), bytes => Members("a.tar", bytes));
    }

    private static void Check(byte[] seed, Func<byte[], bool> property)
    {
        var mutations =
            from kind in Gen.Choose(0, 4)
            from at in Gen.Choose(0, seed.Length)
            from length in Gen.Choose(1, 12)
            from value in Gen.Choose(0, 255)
            select (kind, at, length, value);
        Prop.ForAll(Gen.NonEmptyListOf(mutations).ToArbitrary(), list => property(list.Take(4).Aggregate(seed, Mutate)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(150));
    }

    private static byte[] Mutate(byte[] bytes, (int Kind, int At, int Length, int Value) mutation)
    {
        var at = Math.Min(mutation.At, bytes.Length);
        var end = Math.Min(at + mutation.Length, bytes.Length);
        return mutation.Kind switch
        {
            0 => [.. bytes[..at], (byte)mutation.Value, .. bytes[Math.Min(at + 1, bytes.Length)..]],
            1 => [.. bytes[..at], .. bytes[end..]],
            2 => [.. bytes[..end], .. bytes[at..]],
            3 => bytes[..at],
            _ => [.. bytes[end..], .. bytes[..end]],
        };
    }

    private bool Members(string name, byte[] bytes)
    {
        _folder.Add(name, bytes);
        try
        {
            return RowReaders.Expand(_folder.Root, name + "!**").All(file => Examine(new SourceSpec { Format = SourceFormats.Jsonl }, file, ["x"]));
        }
        catch (DiagnosticException)
        {
            return true;
        }
    }

    private static bool Examine(SourceSpec spec, SourceFile file, string[] columns)
    {
        SourcePart[] parts = [new SourcePart(null, [file])];
        ReadResult result;
        try
        {
            result = ReaderFolder.Read(spec, parts, columns);
        }
        catch (DiagnosticException)
        {
            // Rejected; then it must be rejected by everything that reads all of it.
            return spec.Format == SourceFormats.Jsonl || Refuses(spec, parts);
        }

        return result.Rows.Count == InstructKit.Pipeline.RowPass.Count(spec, parts) && result.Good.Count + result.Faults.Count == result.Rows.Count;
    }

    private static bool Refuses(SourceSpec spec, SourcePart[] parts)
    {
        try
        {
            using var reader = RowReaders.Open(spec, parts, []);
            using var batch = new RowBatch(0);
            while (reader.ReadChunk(batch)) reader.Parse(batch);

            return false;
        }
        catch (DiagnosticException)
        {
            return true;
        }
    }
}
