using System.Formats.Tar;
using Microsoft.Win32.SafeHandles;

namespace InstructKit.Sources.Files;

/// <summary>A tar archive, gzipped or not. It can only be read sequentially, so opening the first member makes one pass over it, in which all
/// requested members are set aside.</summary>
internal sealed class TarContent : Archive
{
    private readonly Stream _file;
    private readonly string _name;
    private readonly SourceLimits _limits;
    private readonly UnpackedBudget _budget;
    private readonly IReadOnlySet<string> _wanted;
    private readonly Dictionary<string, (long Offset, long Length)> _aside = new(StringComparer.Ordinal);
    private List<string>? _members;
    private SpooledBytes? _spool;

    public TarContent(Stream file, string name, SourceLimits limits, UnpackedBudget budget, IReadOnlySet<string> wanted)
    {
        _file = file;
        _name = name;
        _limits = limits;
        _budget = budget;
        _wanted = wanted;
    }

    public override IReadOnlyList<string> Members => _members ?? Pass();

    public override Stream OpenMember(string member)
    {
        if (_members is null) Pass();

        return _aside.TryGetValue(member, out var range) ? _spool!.Open(range.Offset, range.Length) : throw NoMember(_name, member);
    }

    public override void Dispose()
    {
        _file.Dispose();
        _spool?.Dispose();
    }

    private List<string> Pass()
    {
        List<string> members = [];
        HashSet<string> seen = new(StringComparer.Ordinal);
        _spool = new SpooledBytes();
        Span<byte> prefix = stackalloc byte[2];
        _file.Position = 0;
        _file.ReadAtLeast(prefix, prefix.Length, throwOnEndOfStream: false);
        _file.Position = 0;
        var file = new UnownedStream(_file);
        using Stream content = UnpackedContent.IsGzip(prefix) ? new UnpackedContent(file, isGzip: true, _name, _budget) : file;
        try
        {
            using var tar = new TarReader(content, leaveOpen: true);
            while (tar.GetNextEntry() is { } entry)
            {
                if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile)) continue;

                var member = entry.Name.StartsWith("./", StringComparison.Ordinal) ? entry.Name[2..] : entry.Name;
                if (!seen.Add(member)) throw SourceError.InFile(SourceCodes.DamagedArchive, _name, $"the tar archive has two members named '{VisibleText.Of(member)}'");

                members.Add(member);
                if (members.Count > _limits.MaxArchiveEntries)
                {
                    throw SourceError.InFile(
                        SourceCodes.LimitExceeded, _name, string.Create(CultureInfo.InvariantCulture, $"more than {_limits.MaxArchiveEntries} members (--max-archive-entries)"));
                }

                if (_wanted.Contains(member)) _aside[member] = PutAside(entry, member);
            }

            Drain(content);
        }
        catch (Exception failure) when (failure is InvalidDataException or EndOfStreamException or FormatException or ArgumentException or OverflowException or NotSupportedException)
        {
            throw SourceError.InFile(SourceCodes.DamagedArchive, _name, $"the tar archive is damaged: {failure.Message}", failure);
        }

        return _members = members;
    }

    private (long Offset, long Length) PutAside(TarEntry entry, string member)
    {
        var offset = _spool!.Length;
        var buffer = new byte[1 << 16];
        while (entry.DataStream is { } data && data.Read(buffer) is > 0 and var count) _spool.Append(buffer.AsSpan(0, count));

        var length = _spool.Length - offset;
        return length == entry.Length
            ? (offset, length)
            : throw SourceError.InFile(
                SourceCodes.DamagedArchive, $"{_name}!{member}", string.Create(CultureInfo.InvariantCulture, $"the member has {length} bytes, but the archive says {entry.Length}"));
    }

    // The compression's checksum follows the end of the archive.
    private static void Drain(Stream content)
    {
        var buffer = new byte[1 << 16];
        while (content.Read(buffer) > 0)
        {
        }
    }

    private sealed class UnownedStream(Stream inner) : ReadOnlyStream
    {
        public override int Read(Span<byte> buffer) => inner.Read(buffer);
    }
}

/// <summary>Bytes set aside for later: in memory while they are few, otherwise in a temporary file that vanishes with its reader.</summary>
internal sealed class SpooledBytes : IDisposable
{
    private const int MaxInMemory = 32 << 20;
    private readonly MemoryStream _memory = new();
    private SafeFileHandle? _file;

    /// <summary>Bytes so far.</summary>
    public long Length { get; private set; }

    /// <summary>Adds bytes.</summary>
    /// <exception cref="DiagnosticException">The temporary folder is full (IK3021).</exception>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        try
        {
            Add(bytes);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new DiagnosticException(
                new Diagnostic(
                    SourceCodes.ReadFailed, Severity.Error, $"Decompressed content cannot be stored in '{Path.GetTempPath()}': {failure.Message.TrimEnd('.')}.")
                { Hint = "Make room there, or let TMPDIR name a folder on a larger disk." },
                failure);
        }
    }

    /// <summary>Reads a range from its start.</summary>
    public Stream Open(long offset, long length) => new Range(this, offset, length);

    public void Dispose()
    {
        _file?.Dispose();
        _memory.Dispose();
    }

    private void Add(ReadOnlySpan<byte> bytes)
    {
        if (_file is null && Length + bytes.Length <= MaxInMemory)
        {
            _memory.Write(bytes);
        }
        else
        {
            if (_file is null)
            {
                _file = TemporaryFile.Open();
                RandomAccess.Write(_file, _memory.GetBuffer().AsSpan(0, (int)Length), 0);
                _memory.SetLength(0);
                _memory.Capacity = 0;
            }

            RandomAccess.Write(_file, bytes, Length);
        }

        Length += bytes.Length;
    }

    private int Read(Span<byte> buffer, long offset)
    {
        if (_file is not null) return RandomAccess.Read(_file, buffer, offset);

        _memory.GetBuffer().AsSpan((int)offset, buffer.Length).CopyTo(buffer);
        return buffer.Length;
    }

    private sealed class Range(SpooledBytes owner, long offset, long length) : ReadOnlyStream
    {
        private long _position;

        public override int Read(Span<byte> buffer)
        {
            var count = (int)Math.Min(buffer.Length, length - _position);
            if (count == 0) return 0;

            count = owner.Read(buffer[..count], offset + _position);
            _position += count;
            return count;
        }
    }
}
