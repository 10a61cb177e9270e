using System.Buffers.Binary;
using System.Formats.Tar;
using System.IO.Compression;

namespace InstructKit.Tests.Building;

/// <summary>The same bytes in every supported input container.</summary>
internal static class Packed
{
    private const int ZstdBlock = 1 << 17;

    /// <summary>One gzip member for each part.</summary>
    public static byte[] Gzip(params IEnumerable<byte[]> parts)
    {
        using var target = new MemoryStream();
        foreach (var part in parts)
        {
            using var gzip = new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true);
            gzip.Write(part);
        }

        return target.ToArray();
    }

    /// <summary>One frame of raw blocks for each part (RFC 8878, section 3.1.1); no encoder is needed.</summary>
    public static byte[] Zstd(params IEnumerable<byte[]> parts)
    {
        using var target = new MemoryStream();
        Span<byte> number = stackalloc byte[4];
        foreach (var part in parts)
        {
            target.Write([0x28, 0xB5, 0x2F, 0xFD, 0xA0]);
            BinaryPrimitives.WriteInt32LittleEndian(number, part.Length);
            target.Write(number);
            for (var at = 0; at < part.Length; at += ZstdBlock)
            {
                var size = Math.Min(ZstdBlock, part.Length - at);
                BinaryPrimitives.WriteInt32LittleEndian(number, (size << 3) | (at + size == part.Length ? 1 : 0));
                target.Write(number[..3]);
                target.Write(part, at, size);
            }
        }

        return target.ToArray();
    }

    public static byte[] Zip(CompressionLevel level, params IEnumerable<(string Name, byte[] Content)> members)
    {
        using var target = new MemoryStream();
        using (var zip = new ZipArchive(target, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in members)
            {
                using var entry = zip.CreateEntry(name, level).Open();
                entry.Write(content);
            }
        }

        return target.ToArray();
    }

    public static byte[] Tar(params IEnumerable<(string Name, byte[] Content)> members)
    {
        using var target = new MemoryStream();
        using (var tar = new TarWriter(target, leaveOpen: true))
        {
            foreach (var (name, content) in members) tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
        }

        return target.ToArray();
    }
}
