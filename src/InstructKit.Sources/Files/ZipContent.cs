using System.IO.Compression;
using System.IO.Hashing;

namespace InstructKit.Sources.Files;

/// <summary>A zip archive. What the framework does not check is checked here: lengths, checksums, encryption, methods, repeated names, overlapping members.</summary>
internal sealed class ZipContent : Archive
{
    private readonly ZipArchive _zip;
    private readonly string _name;
    private readonly long _fileLength;
    private readonly UnpackedBudget _budget;
    private readonly Dictionary<string, (ZipArchiveEntry Entry, int Method)> _entries = new(StringComparer.Ordinal);
    private readonly List<string> _members = [];

    public ZipContent(Stream stream, string name, SourceLimits limits, UnpackedBudget budget)
    {
        _name = name;
        _budget = budget;
        _fileLength = stream.Length;
        try
        {
            var directory = ZipDirectory.Read(stream, name, limits.MaxArchiveEntries);
            _zip = new ZipArchive(directory.Base > 0 ? new Shifted(stream, directory.Base) : stream, ZipArchiveMode.Read, leaveOpen: false, ZipDirectory.NameEncoding);
            var entries = _zip.Entries;
            for (var i = 0; i < entries.Count; i++)
            {
                if (entries[i].FullName.EndsWith('/')) continue;

                if (!_entries.TryAdd(entries[i].FullName, (entries[i], directory.Methods[i])))
                    throw SourceError.InFile(SourceCodes.DamagedArchive, name, $"the zip archive has two members named '{VisibleText.Of(entries[i].FullName)}'");

                _members.Add(entries[i].FullName);
            }
        }
        catch (Exception failure) when (IsDamage(failure))
        {
            throw SourceError.InFile(SourceCodes.DamagedArchive, name, $"the zip archive is damaged: {failure.Message}", failure);
        }
    }

    public override IReadOnlyList<string> Members => _members;

    public override Stream OpenMember(string member)
    {
        if (!_entries.TryGetValue(member, out var found)) throw NoMember(_name, member);

        var (entry, method) = found;

        var name = $"{_name}!{member}";
        if (entry.IsEncrypted) throw SourceError.InFile(SourceCodes.UnsupportedArchive, name, "the member is encrypted, which is not read");

        if (!ZipDirectory.IsRead(method))
            throw SourceError.InFile(SourceCodes.UnsupportedArchive, name, $"the member is compressed with {ZipDirectory.NameOf(method)}, which is not read; unpack the archive first");

        try
        {
            return new CheckedMember(entry.Open(), name, entry.Length, entry.Crc32, Math.Min(entry.CompressedLength, _fileLength), _budget);
        }
        catch (Exception failure) when (IsDamage(failure))
        {
            throw Damaged(name, failure);
        }
    }

    public override void Dispose() => _zip.Dispose();

    // Exceptions that ZipArchive was observed to throw on damaged archives.
    private static bool IsDamage(Exception failure) =>
        failure is InvalidDataException or EndOfStreamException or ArgumentException or NotSupportedException or OverflowException or IndexOutOfRangeException;

    private static DiagnosticException Damaged(string name, Exception failure) =>
        SourceError.InFile(SourceCodes.DamagedArchive, name, $"the member is damaged or packed in a way that is not read: {failure.Message}", failure);

    private sealed class CheckedMember(Stream inner, string name, long length, uint crc, long packed, UnpackedBudget budget) : ReadOnlyStream
    {
        private readonly Crc32 _crc = new();
        private long _read;

        public override int Read(Span<byte> buffer)
        {
            if (buffer.IsEmpty) return 0;

            int count;
            try
            {
                count = inner.Read(buffer);
            }
            catch (Exception failure) when (IsDamage(failure))
            {
                throw Damaged(name, failure);
            }

            if (count > 0)
            {
                _read += count;
                _crc.Append(buffer[..count]);
                budget.Charge(count, packed, _read, name);
            }
            else if (_read != length)
            {
                throw SourceError.InFile(
                    SourceCodes.DamagedArchive, name, string.Create(CultureInfo.InvariantCulture, $"the member has {_read} bytes, but the archive says {length}"));
            }
            else if (_crc.GetCurrentHashAsUInt32() != crc)
            {
                throw SourceError.InFile(SourceCodes.DamagedArchive, name, "the checksum of the member is wrong");
            }

            return count;
        }

        protected override void Dispose(bool disposing)
        {
            inner.Dispose();
            base.Dispose(disposing);
        }
    }

    /// <summary>A stream without its first bytes: archives with a prepended program count offsets from the start of the archive.</summary>
    private sealed class Shifted(Stream inner, long start) : ReadOnlyStream
    {
        public override bool CanSeek => true;

        public override long Length => inner.Length - start;

        public override long Position { get => inner.Position - start; set => inner.Position = value + start; }

        public override int Read(Span<byte> buffer) => inner.Read(buffer);

        public override long Seek(long offset, SeekOrigin origin) => inner.Seek(origin == SeekOrigin.Begin ? offset + start : offset, origin) - start;

        protected override void Dispose(bool disposing)
        {
            inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
