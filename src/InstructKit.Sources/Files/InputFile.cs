namespace InstructKit.Sources.Files;

/// <summary>A plain file, unbuffered, whose errors name it, and which detects at its end whether it was written to in the meantime.</summary>
internal sealed class InputFile : ReadOnlyStream
{
    private readonly SourceFile _source;
    private readonly FileStream _file;
    private readonly FileStamp _stamp;

    /// <summary>Opens a file.</summary>
    /// <exception cref="DiagnosticException">It does not exist (IK3001), cannot be read or is not a plain file (IK3021).</exception>
    public InputFile(SourceFile source)
    {
        _source = source;
        RequirePlain(source);
        _file = Guard(
            source,
            () => new FileStream(source.Path, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Read, BufferSize = 0, Options = FileOptions.SequentialScan }));
        _stamp = FileStamp.Of(_file.SafeFileHandle);
    }

    public override bool CanSeek => _file.CanSeek;

    public override long Length => _file.Length;

    public override long Position
    {
        get => _file.Position;
        set => _file.Position = value;
    }

    /// <summary>Rejects anything but a plain file before opening it: a pipe would wait for its writer.</summary>
    /// <exception cref="DiagnosticException">It is a pipe, a device or a socket (IK3021).</exception>
    public static void RequirePlain(SourceFile source)
    {
        if (FileStamp.SpecialKind(source.Path) is { } kind) throw SourceError.InFile(SourceCodes.ReadFailed, source.Name, $"cannot be read: it is {kind}, expected a plain file");
    }

    /// <summary>Rejects a file that was written to since it was opened; called at its end.</summary>
    /// <exception cref="DiagnosticException">It changed (IK3024).</exception>
    public void RequireUnchanged()
    {
        if (FileStamp.Of(_file.SafeFileHandle) != _stamp) throw SourceError.Changed(_source.Name);
    }

    /// <summary>Performs an operation on a file; if it fails, the error names the file.</summary>
    /// <exception cref="DiagnosticException">It does not exist (IK3001) or cannot be read (IK3021).</exception>
    public static T Guard<T>(SourceFile source, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw SourceError.Refused(source, failure);
        }
    }

    public override int Read(Span<byte> buffer)
    {
        int read;
        try
        {
            read = _file.Read(buffer);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw SourceError.Refused(_source, failure);
        }

        if (read == 0 && !buffer.IsEmpty) RequireUnchanged();
        return read;
    }

    public override long Seek(long offset, SeekOrigin origin) => _file.Seek(offset, origin);

    protected override void Dispose(bool disposing)
    {
        _file.Dispose();
        base.Dispose(disposing);
    }
}
