namespace InstructKit.Sources.Files;

/// <summary>Many small files that appear under their final names only when all of them are complete. They are flushed together: flushing thousands one by one
/// would dominate the time.</summary>
internal sealed class FileBatch : IDisposable
{
    private readonly List<(string Temporary, string Path)> _files = [];

    /// <summary>Writes a file under a temporary name next to its final one, creating missing folders.</summary>
    /// <exception cref="DiagnosticException">It cannot be written (IK4001).</exception>
    public void Add(string path, ReadOnlySpan<byte> content)
    {
        var folder = Path.GetDirectoryName(path)!;
        var temporary = Path.Combine(folder, $".{Path.GetFileName(path)}.{Environment.ProcessId}.tmp");
        try
        {
            Directory.CreateDirectory(folder);
            _files.Add((temporary, path));
            File.WriteAllBytes(temporary, content);
        }
        catch (Exception failure) when (SinkError.IsRefusal(failure))
        {
            throw SinkError.Refused(path, failure);
        }
    }

    /// <summary>Flushes all files to the disk and gives them their final names.</summary>
    /// <exception cref="DiagnosticException">The write failed (IK4001); files that already have their final names keep them.</exception>
    public void Publish()
    {
        if (_files.Count == 0) return;

        var folders = _files.Select(file => Path.GetDirectoryName(file.Path)!).Distinct(StringComparer.Ordinal).ToList();
        SinkError.Guard(folders[0], () => Durable.SyncAll(folders[0], _files.Select(file => file.Temporary)));
        foreach (var (temporary, path) in _files) SinkError.Guard(path, () => File.Move(temporary, path, overwrite: true));

        _files.Clear();
        foreach (var folder in folders) SinkError.Guard(folder, () => Durable.SyncFolder(folder));
    }

    /// <summary>Removes the temporary files of a batch that was not published.</summary>
    public void Dispose()
    {
        foreach (var (temporary, _) in _files) File.Delete(temporary);

        _files.Clear();
    }
}
