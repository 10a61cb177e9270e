using System.Security.Cryptography;

namespace InstructKit.Sources.Files;

/// <summary>A file that appears under its final name only when complete: written under a temporary name in the same folder, flushed to the disk and renamed.
/// Counts and hashes its bytes as they are written.</summary>
internal sealed class OutputFile : IDisposable
{
    private readonly string _path;
    private readonly string _temporary;
    private readonly FileStream _file;
    private readonly HashingStream _hashing;
    private readonly Stream _target;
    private readonly IncrementalHash? _content;
    private bool _finished;
    private bool _disposed;

    /// <summary>Opens a file in a folder.</summary>
    /// <param name="name">Its final name, or a stem for it; the temporary name is derived from it.</param>
    /// <param name="compress">Wraps the file's stream in a compressing one that leaves it open; null for none.</param>
    /// <param name="shownFolder">The folder that messages name; null for <paramref name="folder"/>. A staged file is reported by its final location.</param>
    /// <exception cref="DiagnosticException">It cannot be created (IK4001).</exception>
    public OutputFile(string folder, string name, Func<Stream, Stream>? compress = null, string? shownFolder = null)
    {
        Folder = folder;
        _temporary = Path.Combine(folder, $".{name}.{Environment.ProcessId}.tmp");
        _path = Path.Combine(shownFolder ?? folder, name);
        try
        {
            Durable.Before(DiskStep.Open, _temporary);
            _file = new FileStream(_temporary, new FileStreamOptions
            {
                Mode = FileMode.Create,
                Access = FileAccess.Write,
                Share = FileShare.None,
                BufferSize = 0,
            });
        }
        catch (Exception failure) when (SinkError.IsRefusal(failure))
        {
            throw SinkError.Refused(_path, failure);
        }

        _hashing = new HashingStream(_file, _path);
        _target = compress?.Invoke(_hashing) ?? _hashing;
        _content = compress is null ? null : IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    }

    public string Folder { get; }

    /// <summary>Rows written, as counted by <see cref="Write"/>.</summary>
    public long Rows { get; private set; }

    /// <summary>Bytes in the file so far.</summary>
    public long Bytes => _hashing.Bytes;

    /// <summary>SHA-256 of the file in lower-case hex; valid after <see cref="Finish"/>.</summary>
    public string Sha256 { get; private set; } = string.Empty;

    /// <summary>SHA-256 of what was written before compression, lower-case hex; valid after <see cref="Finish"/>, null for a file that is not compressed.</summary>
    public string? ContentSha256 { get; private set; }

    /// <summary>The stream that a format's writer writes to, leaving it open.</summary>
    public Stream Content => _target;

    /// <summary>Counts rows that were written through <see cref="Content"/>.</summary>
    public void CountRows(int rows) => Rows += rows;

    /// <summary>Appends a block of whole lines.</summary>
    /// <exception cref="DiagnosticException">The write failed (IK4001).</exception>
    public void Write(ReadOnlySpan<byte> block, int rows)
    {
        _target.Write(block);
        _content?.AppendData(block);
        Rows += rows;
    }

    /// <summary>Flushes the file to the disk and closes it; it still has its temporary name. The second call does nothing.</summary>
    /// <exception cref="DiagnosticException">The write failed (IK4001).</exception>
    public void Finish()
    {
        if (_finished) return;

        if (_target != _hashing) _target.Dispose();

        Sha256 = Convert.ToHexStringLower(_hashing.Digest());
        ContentSha256 = _content is null ? null : Convert.ToHexStringLower(_content.GetHashAndReset());
        SinkError.Guard(_path, () =>
        {
            Durable.Sync(_file.SafeFileHandle, _temporary);
            _file.Dispose();
        });
        _hashing.Dispose();
        _content?.Dispose();
        _finished = true;
    }

    /// <summary>Gives the finished file its final name and makes the rename durable.</summary>
    /// <exception cref="DiagnosticException">The rename failed (IK4001).</exception>
    public void Publish(string name)
    {
        Rename(name);
        SinkError.Guard(Path.Combine(Folder, name), () => Durable.SyncFolder(Folder));
    }

    /// <summary>Gives the finished file its final name; the caller flushes the folder after renaming all its files.</summary>
    /// <exception cref="DiagnosticException">The rename failed (IK4001).</exception>
    internal void Rename(string name)
    {
        SinkError.Guard(Path.Combine(Path.GetDirectoryName(_path) ?? string.Empty, name), () => Durable.Rename(_temporary, Path.Combine(Folder, name)));
        _disposed = true;
    }

    /// <summary>Writes a whole small file at once; its folder must exist.</summary>
    /// <exception cref="DiagnosticException">It cannot be written (IK4001).</exception>
    public static void WriteAll(string path, ReadOnlySpan<byte> content)
    {
        var name = Path.GetFileName(path);
        using var file = new OutputFile(Path.GetDirectoryName(Path.GetFullPath(path))!, name); // a file's path has a folder
        file.Write(content, 0);
        file.Finish();
        file.Publish(name);
    }

    /// <summary>Writes a small file that is staged in one folder and reported under another.</summary>
    /// <exception cref="DiagnosticException">It cannot be written (IK4001).</exception>
    internal static void Stage(string folder, string shownFolder, string name, ReadOnlySpan<byte> content)
    {
        using var file = new OutputFile(folder, name, null, shownFolder);
        file.Write(content, 0);
        file.Finish();
        file.Rename(name);
    }

    /// <summary>Closes the file, and removes it unless it has its final name.</summary>
    public void Dispose()
    {
        if (_disposed) return;

        _disposed = true;
        if (!_finished)
        {
            _content?.Dispose();
            // The end of the compressed data does not matter here, especially when the disk is full.
            _hashing.IsAbandoned = true;
            if (_target != _hashing) _target.Dispose();

            _file.Dispose();
            _hashing.Dispose();
        }

        Durable.Delete(_temporary);
    }

    private sealed class HashingStream(FileStream inner, string path) : WriteOnlyStream
    {
        // About what a disk writes at once; small files are not worth a call.
        private const long SyncStep = 8 << 20;

        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        private long _syncing;

        public long Bytes { get; private set; }

        /// <summary>True to discard further writes.</summary>
        public bool IsAbandoned { get; set; }

        public override long Length => Bytes;

        public override long Position { get => Bytes; set => throw new NotSupportedException(); }

        public byte[] Digest() => _hash.GetHashAndReset();

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (IsAbandoned) return;

            try
            {
                Durable.Before(DiskStep.Write, inner.Name);
                inner.Write(buffer);
            }
            catch (Exception failure) when (SinkError.IsRefusal(failure))
            {
                throw SinkError.Refused(path, failure);
            }

            _hash.AppendData(buffer);
            Bytes += buffer.Length;
            if (Bytes - _syncing >= SyncStep)
            {
                Durable.BeginSync(inner.SafeFileHandle, _syncing, Bytes - _syncing);
                _syncing = Bytes;
            }
        }

        protected override void Dispose(bool disposing)
        {
            _hash.Dispose();
            base.Dispose(disposing);
        }
    }
}
