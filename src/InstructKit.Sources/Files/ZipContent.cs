using System.Globalization;
using System.IO.Compression;
using System.IO.Hashing;
using InstructKit.Diagnostics;

namespace InstructKit.Sources.Files;

/// <summary>A zip archive. What the framework does not check is checked here: lengths, check sums, encryption, names that stand twice.</summary>
internal sealed class ZipContent : Archive
{
    private readonly ZipArchive _zip;
    private readonly string _name;
    private readonly long _fileLength;
    private readonly UnpackedBudget _budget;
    private readonly Dictionary<string, ZipArchiveEntry> _entries = new(StringComparer.Ordinal);
    private readonly List<string> _members = [];

    public ZipContent(Stream stream, string name, SourceLimits limits, UnpackedBudget budget)
    {
        _name = name;
        _budget = budget;
        _fileLength = stream.Length;
        try
        {
            _zip = new ZipArchive(stream, ZipArchiveMode.Read);
            if (_zip.Entries.Count > limits.MaxArchiveEntries)
            {
                throw SourceError.InFile(
                    SourceCodes.LimitExceeded, name, string.Create(CultureInfo.InvariantCulture, $"more than {limits.MaxArchiveEntries} members (--max-archive-entries)"));
            }
        }
        catch (Exception failure) when (IsDamage(failure))
        {
            throw SourceError.InFile(SourceCodes.DamagedArchive, name, $"the zip archive is damaged: {failure.Message}", failure);
        }

        foreach (var entry in _zip.Entries)
        {
            if (entry.FullName.EndsWith('/')) continue;

            if (!_entries.TryAdd(entry.FullName, entry))
                throw SourceError.InFile(SourceCodes.DamagedArchive, name, $"the member '{entry.FullName}' stands twice in the zip archive");

            _members.Add(entry.FullName);
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Members => _members;

    /// <inheritdoc/>
    public override Stream OpenMember(string member)
    {
        if (!_entries.TryGetValue(member, out var entry)) throw NoMember(_name, member);

        var name = $"{_name}!{member}";
        if (entry.IsEncrypted) throw SourceError.InFile(SourceCodes.UnsupportedArchive, name, "the member is encrypted, which is not read");

        try
        {
            return new CheckedMember(entry.Open(), name, entry.Length, entry.Crc32, Math.Min(entry.CompressedLength, _fileLength), _budget);
        }
        catch (Exception failure) when (IsDamage(failure))
        {
            throw Damaged(name, failure);
        }
    }

    /// <inheritdoc/>
    public override void Dispose() => _zip.Dispose();

    // What ZipArchive was seen to throw on damaged archives.
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
                throw SourceError.InFile(SourceCodes.DamagedArchive, name, "the member's check sum is wrong");
            }

            return count;
        }

        protected override void Dispose(bool disposing)
        {
            inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
