using System.IO.Hashing;
using InstructKit.Sources;
using InstructKit.Sources.Files;
using InstructKit.Sources.Formats;
using Microsoft.Win32.SafeHandles;

namespace InstructKit.Evaluation.Scoring;

/// <summary>Locations of the predictions of a run: 32 bytes per line, in memory or, if there are many, in a temporary file. Lines are
/// read a second time when their row is scored, so texts are never kept.</summary>
internal sealed class PredictionIndex : IDisposable
{
    private const int BlockBytes = 1 << 20;
    private const int LongestLine = 256 << 20;
    private const int MostNamed = 5;

    private readonly List<SafeFileHandle> _files = [];
    private readonly List<string> _names = [];
    private readonly Prediction _reader = new();
    private readonly PredictionEntries _entries;
    private int[] _claimed = [];

    private PredictionIndex(int memoryEntries) => _entries = new PredictionEntries(memoryEntries);

    /// <summary>The hash by which an id is found.</summary>
    public static UInt128 HashOf(ReadOnlySpan<byte> id) => XxHash128.HashToUInt128(id);

    /// <summary>Indexes files, or folders of <c>samples_*.jsonl</c> and other JSON Lines.</summary>
    /// <param name="paths">The paths; <c>-</c> for the standard input.</param>
    /// <param name="input">The standard input.</param>
    /// <param name="cancel">Cancels reading.</param>
    /// <param name="memoryEntries">Number of locations held in memory.</param>
    /// <exception cref="DiagnosticException">A line is not a prediction (IK5002), or one is duplicated (IK5003).</exception>
    public static PredictionIndex Read(IEnumerable<string> paths, Stream input, CancellationToken cancel, int memoryEntries = PredictionEntries.DefaultMemoryEntries)
    {
        var index = new PredictionIndex(memoryEntries);
        try
        {
            foreach (var path in paths.SelectMany(FilesOf)) index.Add(path, input, cancel);
            index.Sort();
            return index;
        }
        catch
        {
            index.Dispose();
            throw;
        }
    }

    /// <summary>The predictions of a row, in the order of samples; valid until the window is reused.</summary>
    /// <param name="id">Hash of the row's id.</param>
    /// <param name="window">The window of the calling worker.</param>
    /// <param name="claims">True to record that they belong to a row.</param>
    public ReadOnlySpan<PredictionEntry> Find(UInt128 id, ReadWindow window, bool claims)
    {
        var found = _entries.Find(id, ref window.Page, out var first);
        for (var i = first; claims && i < first + found.Length; i++) Interlocked.Or(ref _claimed[i >> 5], 1 << (int)(i & 31));
        return found;
    }

    /// <summary>Reads a prediction.</summary>
    /// <param name="entry">Its location.</param>
    /// <param name="window">The window of the calling worker.</param>
    /// <param name="prediction">Receives it.</param>
    /// <exception cref="DiagnosticException">The line is not a prediction (IK5002).</exception>
    public void Load(in PredictionEntry entry, ReadWindow window, Prediction prediction)
    {
        var line = window.Read(_files[entry.File], entry.File, entry.Offset, entry.Length);
        if (prediction.Read(line) is { } wrong) throw Bad(entry.File, entry.Offset, wrong, line);
    }

    /// <summary>The file of a prediction.</summary>
    public string NameOf(in PredictionEntry entry) => _names[entry.File];

    /// <summary>Predictions that belong to no row, with the first ids.</summary>
    public (long Count, IReadOnlyList<string> First) Foreign()
    {
        var window = new ReadWindow();
        var count = 0L;
        List<string> first = [];
        for (var i = 0L; i < _entries.Count; i++)
        {
            if ((_claimed[i >> 5] & (1 << (int)(i & 31))) != 0) continue;
            if (count++ < MostNamed)
            {
                Load(_entries.At(i), window, _reader);
                first.Add(Encoding.UTF8.GetString(_reader.Id));
            }
        }

        return (count, first);
    }

    public void Dispose()
    {
        _entries.Dispose();
        foreach (var file in _files) file.Dispose();
    }

    // A folder written by the harness: its samples, or any JSON Lines if there are none.
    private static IEnumerable<string> FilesOf(string path)
    {
        if (!Directory.Exists(path)) return [path];

        string[] all = [.. Directory.GetFiles(path, "*.jsonl*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        string[] samples = [.. all.Where(file => Path.GetFileName(file).StartsWith("samples_", StringComparison.Ordinal))];
        return samples.Length > 0 ? samples : all.Length > 0 ? all
            : throw new DiagnosticException(new Diagnostic(ScoreCodes.BadPrediction, Severity.Error, $"The folder '{path}' has no predictions: neither samples_*.jsonl of lm-evaluation-harness nor other .jsonl files."));
    }

    private void Add(string path, Stream input, CancellationToken cancel)
    {
        var number = _files.Count;
        var source = new SourceFile(path, path == "-" ? "<stdin>" : path);
        _names.Add(source.Name);
        if (path == "-") _files.Add(Spool(input));
        else if (!File.Exists(path)) throw SourceError.InFile(SourceCodes.FileMissing, path, "there is no such file");
        else _files.Add(OpenPlain(source));

        var buffer = new byte[BlockBytes];
        var (offset, held) = (0L, 0);
        while (true)
        {
            cancel.ThrowIfCancellationRequested();
            var read = RandomAccess.Read(_files[number], buffer.AsSpan(held), offset + held);
            held += read;
            var before = _entries.Count;
            var used = AddLines(buffer.AsSpan(0, held), number, offset, isLast: read == 0);
            // Estimates the number of lines from the bytes per line so far.
            if (offset == 0 && used > 0) _entries.Expect((_entries.Count - before) * (RandomAccess.GetLength(_files[number]) - used) / used * 17 / 16);
            if (read == 0) return;

            buffer.AsSpan(used, held - used).CopyTo(buffer);
            (offset, held) = (offset + used, held - used);
            if (held < buffer.Length) continue;
            if (buffer.Length >= LongestLine) throw Bad(number, offset, "the line is longer than 256 MB", []);
            Array.Resize(ref buffer, buffer.Length * 2);
        }
    }

    private int AddLines(ReadOnlySpan<byte> bytes, int file, long offset, bool isLast)
    {
        var start = 0;
        if (offset == 0 && bytes.StartsWith("\uFEFF"u8)) start = 3;
        while (start < bytes.Length)
        {
            var length = bytes[start..].IndexOf((byte)'\n');
            if (length < 0 && !isLast) break;
            if (length < 0) length = bytes.Length - start;

            var line = bytes.Slice(start, length);
            if (!line.Trim(" \t\r"u8).IsEmpty)
            {
                if (_reader.Read(line, idOnly: true) is { } wrong) throw Bad(file, offset + start, wrong, line);
                _entries.Add(new PredictionEntry(HashOf(_reader.Id), file, offset + start, length, _reader.Sample));
            }

            start = Math.Min(bytes.Length, start + length + 1);
        }

        return start;
    }

    private void Sort()
    {
        var doubled = 0L;
        List<string> first = [];
        var window = new ReadWindow();
        _entries.Finish(entry =>
        {
            if (doubled++ >= MostNamed) return;

            Load(entry, window, _reader);
            first.Add(string.Create(CultureInfo.InvariantCulture, $"{Encoding.UTF8.GetString(_reader.Id)} (sample {entry.Sample})"));
        });
        _claimed = new int[(_entries.Count + 31) / 32];
        if (doubled > 0)
        {
            throw new DiagnosticException(new Diagnostic(
                ScoreCodes.Incomplete, Severity.Error, $"{doubled} predictions are doubled: there is another one with the same id and sample, such as {string.Join(", ", first)}.")
            { Hint = "Number the texts of a row with \"sample\": 0, 1, …" });
        }
    }

    private static SafeFileHandle OpenPlain(SourceFile source)
    {
        InputFile.RequirePlain(source);
        var handle = InputFile.Guard(source, () => File.OpenHandle(source.Path));
        Span<byte> magic = stackalloc byte[4];
        magic = magic[..RandomAccess.Read(handle, magic, 0)];
        if (!UnpackedContent.IsPacked(magic)) return handle;

        handle.Dispose();
        using var opener = new SourceOpener(new SourceSpec { Format = SourceFormats.Jsonl }, [source]);
        using var stream = opener.Open(source);
        return Spool(stream);
    }

    // Files without random access are decompressed first.
    private static SafeFileHandle Spool(Stream stream)
    {
        var file = TemporaryFile.Open();
        try
        {
            var buffer = new byte[BlockBytes];
            for (var at = 0L; stream.Read(buffer) is > 0 and var read; at += read) RandomAccess.Write(file, buffer.AsSpan(0, read), at);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private DiagnosticException Bad(int file, long offset, string wrong, ReadOnlySpan<byte> line)
    {
        var number = 1 + LinesBefore(file, offset);
        var shown = Encoding.UTF8.GetString(line[..Math.Min(line.Length, 60)]);
        return new DiagnosticException(new Diagnostic(
            ScoreCodes.BadPrediction, Severity.Error, string.Create(CultureInfo.InvariantCulture, $"{_names[file]}:{number}: not a prediction: {wrong}: {VisibleText.Of(shown)}{(line.Length > 60 ? "…" : string.Empty)}")));
    }

    private long LinesBefore(int file, long offset)
    {
        var buffer = new byte[BlockBytes];
        var lines = 0L;
        for (long at = 0; at < offset;)
        {
            var read = RandomAccess.Read(_files[file], buffer.AsSpan(0, (int)Math.Min(buffer.Length, offset - at)), at);
            if (read == 0) break;
            lines += buffer.AsSpan(0, read).Count((byte)'\n');
            at += read;
        }

        return lines;
    }
}

/// <summary>The part of a file that a worker read last: predictions are usually in row order.</summary>
internal sealed class ReadWindow
{
    private const int Bytes = 1 << 17;

    /// <summary>Entries read last; empty if they are held in memory.</summary>
    internal PredictionEntry[] Page = [];

    private byte[] _buffer = new byte[Bytes];
    private int _file = -1;
    private long _start;
    private int _length;

    /// <summary>Bytes of a file; valid until the next call.</summary>
    public ReadOnlySpan<byte> Read(SafeFileHandle handle, int file, long offset, int length)
    {
        if (file != _file || offset < _start || offset + length > _start + _length)
        {
            if (length > _buffer.Length) _buffer = new byte[length];
            (_file, _start, _length) = (file, offset, 0);
            while (_length < length && RandomAccess.Read(handle, _buffer.AsSpan(_length), offset + _length) is > 0 and var read) _length += read;
        }

        return _buffer.AsSpan((int)(offset - _start), Math.Min(length, _length - (int)(offset - _start)));
    }
}
