using InstructKit.Diagnostics;
using Microsoft.Win32.SafeHandles;

namespace InstructKit.Sources.Files;

/// <summary>Bytes that are put aside for later: in memory while they are few, in a temporary file that vanishes with its reader when they are many.</summary>
internal sealed class SpooledBytes : IDisposable
{
    private const int MaxInMemory = 32 << 20;
    private readonly MemoryStream _memory = new();
    private SafeFileHandle? _file;

    /// <summary>Bytes so far.</summary>
    public long Length { get; private set; }

    /// <summary>Adds bytes.</summary>
    /// <exception cref="DiagnosticException">There is no room for them (IK3021).</exception>
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
                    SourceCodes.ReadFailed, Severity.Error, $"Unpacked content cannot be put aside in '{Path.GetTempPath()}': {failure.Message.TrimEnd('.')}.")
                {
                    Hint = "Make room there, or let TMPDIR name a folder on a larger disk.",
                },
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
                _file = CreateFile();
                RandomAccess.Write(_file, _memory.GetBuffer().AsSpan(0, (int)Length), 0);
                _memory.SetLength(0);
                _memory.Capacity = 0;
            }

            RandomAccess.Write(_file, bytes, Length);
        }

        Length += bytes.Length;
    }

    private static SafeFileHandle CreateFile()
    {
        var path = Path.Combine(Path.GetTempPath(), $"instructkit-{Guid.NewGuid():N}.tmp");
        var handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose);
        if (!OperatingSystem.IsWindows())
        {
            // Gone from the folder at once, so that not even a killed process leaves it behind.
            File.Delete(path);
        }

        return handle;
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
