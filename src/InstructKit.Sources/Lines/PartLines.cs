using InstructKit.Sources.Files;

namespace InstructKit.Sources.Lines;

/// <summary>The lines of one column of parallel files, sequentially over all its files.</summary>
internal sealed class PartLines : IDisposable
{
    private readonly SourceSpec _spec;
    private readonly RowBatch _chunk = new(0);
    private readonly LineCutter _cutter;
    private readonly IReadOnlyList<SourceFile> _files;
    private int _position;
    private long _line;
    private int _chunkFile = -1;
    private long _origin;

    public PartLines(SourceInput input, SourceOpener opener, SourcePart part)
    {
        Column = part.Column ?? throw SourceError.InSpec("every part of parallel files needs the name of its column");
        _spec = input.Spec;
        _files = part.Files;
        _cutter = new LineCutter(input, opener, part.Files);
    }

    public string Column { get; }

    /// <summary>Lines read so far.</summary>
    public long Count { get; private set; }

    /// <summary>The file of the current line, an index into the part's files.</summary>
    public int File => _chunk.File;

    /// <summary>One-based number of the current line in its file.</summary>
    public long Line => _line - 1;

    /// <summary>Where the text of the current line begins in its file.</summary>
    public long Offset { get; private set; }

    /// <summary>How to read the lines of the current file.</summary>
    public PartKind Kind { get; private set; }

    /// <summary>Reads the next line. The span is valid until the next call.</summary>
    public bool TryNext(out ReadOnlySpan<byte> text)
    {
        while (TryNextPhysical(out text))
        {
            if (Kind == PartKind.Segments)
            {
                if (Segment(text) is { } range)
                {
                    var line = text;
                    text = text[range].Trim(" \t"u8);
                    // An empty segment has no position.
                    line.Overlaps(text, out var before);
                    Offset += before - _spec.Surplus(line[..before]);
                    Count++;
                    return true;
                }
            }
            else if (Kind == PartKind.Lines || text.ContainsAnyExcept(" \t\r"u8))
            {
                Count++;
                return true;
            }
        }

        return false;
    }

    public void Dispose()
    {
        _cutter.Dispose();
        _chunk.Dispose();
    }

    private static PartKind KindOf(string name)
    {
        name = name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? name[..^3] : name;
        return name.EndsWith(".sgm", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".sgml", StringComparison.OrdinalIgnoreCase) ? PartKind.Segments
            : name.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".ndjson", StringComparison.OrdinalIgnoreCase) ? PartKind.Json
            : PartKind.Lines;
    }

    private bool TryNextPhysical(out ReadOnlySpan<byte> text)
    {
        if (_position >= _chunk.Used)
        {
            if (!_cutter.Read(_chunk))
            {
                text = default;
                return false;
            }

            _position = 0;
            _line = _chunk.FirstLine;
            _origin = _chunk.Origin;
            if (_chunk.File != _chunkFile)
            {
                _chunkFile = _chunk.File;
                Kind = KindOf(_files[_chunkFile].Name);
            }
        }

        text = _chunk.Buffer.AsSpan(_position, _chunk.Used - _position);
        var end = text.IndexOf((byte)'\n');
        Offset = _origin + _position;
        _origin -= _spec.Surplus(end < 0 ? text : text[..end]);

        _position += end < 0 ? text.Length : end + 1;
        _line++;
        if (end >= 0)
        {
            text = text[..end];
            text = text.EndsWith("\r"u8) ? text[..^1] : text;
        }

        return true;
    }

    // WMT's .sgm is not XML: one <seg id="..."> per line, its text taken literally.
    private Range? Segment(ReadOnlySpan<byte> line)
    {
        var tag = line.IndexOf("<seg"u8);
        if (tag < 0 || tag + 4 >= line.Length || line[tag + 4] is not ((byte)' ' or (byte)'>' or (byte)'\t')) return null;

        var start = line[tag..].IndexOf((byte)'>');
        var end = line.LastIndexOf("</seg>"u8);
        if (start < 0 || end < tag + start + 1)
        {
            throw SourceError.At(
                SourceCodes.IncompleteRecord, _files[_chunkFile].Name, Line, Utf8Check.Units(line[..tag]),
                string.Create(CultureInfo.InvariantCulture, $"the segment does not end on its line, expected </seg> within {Math.Min(line.Length, _spec.Limits.MaxLineBytes)} bytes"));
        }

        return (tag + start + 1)..end;
    }
}

/// <summary>How the lines of a parallel file become values; chosen by the file's name.</summary>
internal enum PartKind
{
    /// <summary>Every line is a text, blank ones too.</summary>
    Lines,

    /// <summary>Every segment of an SGML file of WMT is a text.</summary>
    Segments,

    /// <summary>Every line that is not blank is a JSON value.</summary>
    Json,
}
