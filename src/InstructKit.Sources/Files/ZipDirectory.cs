using System.Buffers.Binary;

namespace InstructKit.Sources.Files;

/// <summary>The parts of a zip archive's central directory that the framework hides: where the archive begins in its file, how members are compressed, and
/// whether two of them share bytes (a small archive of overlapping members unpacks to terabytes).</summary>
/// <param name="Base">Bytes before the archive, such as the program of a self-extracting one.</param>
/// <param name="Methods">Compression method of every entry, in the order of the directory.</param>
internal sealed record ZipDirectory(long Base, IReadOnlyList<int> Methods)
{
    private const int EndBytes = 22, EntryBytes = 46, LocalBytes = 30, LocatorBytes = 20, End64Bytes = 56;
    private const uint EndMark = 0x06054B50, EntryMark = 0x02014B50, LocatorMark = 0x07064B50, End64Mark = 0x06064B50;

    /// <summary>The encoding of names that are not marked as UTF-8: code page 437, according to APPNOTE.TXT (4.4.4, appendix D).</summary>
    public static Encoding NameEncoding { get; } = CodePagesEncodingProvider.Instance.GetEncoding(437)!;

    /// <summary>True for the supported methods: stored, Deflate, Deflate64.</summary>
    public static bool IsRead(int method) => method is 0 or 8 or 9;

    public static string NameOf(int method) => string.Create(CultureInfo.InvariantCulture, $"{method switch
    {
        1 => "Shrink",
        >= 2 and <= 5 => "Reduce",
        6 => "Implode",
        12 => "bzip2",
        14 => "LZMA",
        20 or 93 => "zstd",
        94 => "MP3",
        95 => "xz",
        96 => "JPEG",
        97 => "WavPack",
        98 => "PPMd",
        99 => "AES encryption",
        _ => "an unknown method",
    }} ({method})");

    /// <summary>Reads the directory.</summary>
    /// <exception cref="Diagnostics.DiagnosticException">Too many entries, or members that overlap.</exception>
    /// <exception cref="InvalidDataException">There is no directory where one should be.</exception>
    public static ZipDirectory Read(Stream stream, string name, int maxEntries)
    {
        var (count, size, offset, end) = ReadEnd(stream);
        if (count > maxEntries)
            throw SourceError.InFile(SourceCodes.LimitExceeded, name, string.Create(CultureInfo.InvariantCulture, $"more than {maxEntries} members (--max-archive-entries)"));

        var start = end - size - offset;
        if (size < 0 || offset < 0 || start < 0) throw new InvalidDataException("its directory is not where its end says");

        var directory = new byte[checked((int)size)];
        stream.Position = start + offset;
        stream.ReadExactly(directory);
        List<int> methods = [];
        List<(long Offset, long End)> members = [];
        for (var rest = directory.AsSpan(); methods.Count < count;)
        {
            if (rest.Length < EntryBytes || BinaryPrimitives.ReadUInt32LittleEndian(rest) != EntryMark) throw new InvalidDataException("an entry of its directory is damaged");

            methods.Add(BinaryPrimitives.ReadUInt16LittleEndian(rest[10..]));
            int nameBytes = BinaryPrimitives.ReadUInt16LittleEndian(rest[28..]), extraBytes = BinaryPrimitives.ReadUInt16LittleEndian(rest[30..]);
            var next = EntryBytes + nameBytes + extraBytes + BinaryPrimitives.ReadUInt16LittleEndian(rest[32..]);
            if (next > rest.Length) throw new InvalidDataException("an entry of its directory is damaged");

            var (packed, at) = Place(rest, rest.Slice(EntryBytes + nameBytes, extraBytes));
            members.Add((at, at + LocalBytes + packed));
            rest = rest[next..];
        }

        members.Sort();
        for (var i = 1; i < members.Count; i++)
        {
            if (members[i].Offset < members[i - 1].End) throw SourceError.InFile(SourceCodes.DamagedArchive, name, "members of the zip archive overlap");
        }

        stream.Position = 0;
        return new ZipDirectory(start, methods);
    }

    // Compressed size and offset of an entry, which zip64 stores in an extra field where 32 bits do not suffice.
    private static (long Packed, long Offset) Place(ReadOnlySpan<byte> entry, ReadOnlySpan<byte> extra)
    {
        long packed = BinaryPrimitives.ReadUInt32LittleEndian(entry[20..]), unpacked = BinaryPrimitives.ReadUInt32LittleEndian(entry[24..]);
        long offset = BinaryPrimitives.ReadUInt32LittleEndian(entry[42..]);
        while (extra.Length >= 4)
        {
            int id = BinaryPrimitives.ReadUInt16LittleEndian(extra), length = BinaryPrimitives.ReadUInt16LittleEndian(extra[2..]);
            if (length > extra.Length - 4) break;

            var field = extra.Slice(4, length);
            if (id == 1)
            {
                Take(ref unpacked, ref field);
                Take(ref packed, ref field);
                Take(ref offset, ref field);
            }

            extra = extra[(4 + length)..];
        }

        return packed >= 0 && offset >= 0 && offset <= long.MaxValue - packed - LocalBytes ? (packed, offset) : throw new InvalidDataException("an entry of its directory is damaged");

        static void Take(ref long value, ref ReadOnlySpan<byte> field)
        {
            if (value != uint.MaxValue || field.Length < 8) return;

            value = BinaryPrimitives.ReadInt64LittleEndian(field);
            field = field[8..];
        }
    }

    private static (long Count, long Size, long Offset, long End) ReadEnd(Stream stream)
    {
        // A comment of up to 65,535 bytes may follow.
        var tail = new byte[(int)Math.Min(stream.Length, EndBytes + ushort.MaxValue + LocatorBytes)];
        var from = stream.Length - tail.Length;
        stream.Position = from;
        stream.ReadExactly(tail);
        for (var i = tail.Length - EndBytes; i >= 0; i--)
        {
            var end = tail.AsSpan(i);
            if (BinaryPrimitives.ReadUInt32LittleEndian(end) != EndMark || BinaryPrimitives.ReadUInt16LittleEndian(end[20..]) > end.Length - EndBytes) continue;

            if (i >= LocatorBytes && BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(i - LocatorBytes)) == LocatorMark && ReadEnd64(stream, from + i) is { } large) return large;

            return (
                BinaryPrimitives.ReadUInt16LittleEndian(end[10..]), BinaryPrimitives.ReadUInt32LittleEndian(end[12..]), BinaryPrimitives.ReadUInt32LittleEndian(end[16..]), from + i);
        }

        throw new InvalidDataException("it has no directory at its end");
    }

    // The record precedes its locator; the locator's offset may exclude bytes before the archive.
    private static (long Count, long Size, long Offset, long End)? ReadEnd64(Stream stream, long end)
    {
        var record = new byte[End64Bytes];
        var at = end - LocatorBytes - End64Bytes;
        if (at < 0) return null;

        stream.Position = at;
        stream.ReadExactly(record);
        return BinaryPrimitives.ReadUInt32LittleEndian(record) == End64Mark
            ? (BinaryPrimitives.ReadInt64LittleEndian(record.AsSpan(32)), BinaryPrimitives.ReadInt64LittleEndian(record.AsSpan(40)), BinaryPrimitives.ReadInt64LittleEndian(record.AsSpan(48)), at)
            : null;
    }
}
