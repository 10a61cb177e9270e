using System.Buffers.Binary;
using System.Text.RegularExpressions;
using InstructKit.Sources.Files;

namespace InstructKit.Sources.Lines;

/// <summary>Makes every file a row: its text, its path and names, and the groups of a pattern matched against the text.</summary>
internal sealed class WholeFilesReader : RowReader
{
    private const int FrameBytes = 8;
    private readonly SourceContext _context;
    private readonly IReadOnlyList<SourceFile> _files;
    private readonly string[] _names;
    private readonly PatternColumns? _pattern;
    private int _file;

    public WholeFilesReader(SourceContext context, IReadOnlyList<SourceFile> files, IReadOnlyList<string> columns)
    {
        _context = context;
        _files = files;
        _names = [.. files.Select(file => file.Label)];
        _pattern = context.Spec.Pattern is { } pattern ? new PatternColumns(pattern, RegexOptions.Singleline, columns) : null;
        Columns = columns;
    }

    public static IReadOnlyList<string> OwnColumns { get; } = ["text", "path", "name", "folder"];

    public static SourceFormat Format { get; } = new(
        "files", input => new WholeFilesReader(SourceContext.Of(input), input.Files, input.Columns),
        input => OwnColumns.Concat(PatternColumns.NamesOf(input.Spec, RegexOptions.Singleline)))
    { ReadsEmptyFiles = true, Count = input => input.Files.Count };

    public override IReadOnlyList<string> Files => _names;

    public override IReadOnlyList<string> Columns { get; }

    public override bool ReadChunk(RowBatch batch)
    {
        batch.Reset();
        for (; _file < _files.Count && (batch.Used == 0 || batch.Used < _context.ChunkBytes); _file++)
        {
            var frame = batch.Used;
            batch.Reserve(FrameBytes);
            batch.Append(FrameBytes);
            var length = AppendText(batch, _files[_file]);
            BinaryPrimitives.WriteInt32LittleEndian(batch.Buffer.AsSpan(frame), _file);
            BinaryPrimitives.WriteInt32LittleEndian(batch.Buffer.AsSpan(frame + 4), length);
        }

        return batch.Used > 0;
    }

    public override void Parse(RowBatch batch)
    {
        var end = batch.Used;
        for (var position = 0; position < end;)
        {
            var file = BinaryPrimitives.ReadInt32LittleEndian(batch.Buffer.AsSpan(position));
            var length = BinaryPrimitives.ReadInt32LittleEndian(batch.Buffer.AsSpan(position + 4));
            Add(batch, file, position + FrameBytes, length);
            position += FrameBytes + length;
        }
    }

    protected override void Dispose(bool disposing)
    {
        _context.Opener.Dispose();
        base.Dispose(disposing);
    }

    private static string OwnName(string column, string path)
    {
        var segments = path.Split('/', '!');
        var name = segments[^1];
        var dot = name.LastIndexOf('.');
        return column switch
        {
            "path" => path,
            "name" => dot > 0 ? name[..dot] : name,
            _ => segments.Length > 1 ? segments[^2] : string.Empty,
        };
    }

    private int AppendText(RowBatch batch, SourceFile file)
    {
        var start = batch.Used;
        var limit = _context.Spec.Limits.MaxLineBytes;
        using var stream = _context.Opener.Open(file);
        while (true)
        {
            var room = batch.Reserve(4096);
            var read = stream.Read(room);
            if (read == 0) return batch.Used - start;

            batch.Append(read);
            if (batch.Used - start > limit)
            {
                throw SourceError.InFile(
                    SourceCodes.LimitExceeded, file.Name, string.Create(CultureInfo.InvariantCulture, $"the file is longer than {limit} bytes; raise --max-line-bytes if that is right"));
            }
        }
    }

    private void Add(RowBatch batch, int file, int start, int length)
    {
        var row = batch.AddRow(new RowLocation(file, 1, start, length));
        var bad = Utf8Check.FirstBad(batch.Buffer.AsSpan(start, length));
        if (bad >= 0 && !_context.Spec.Repairs.Repairs(InputRepairs.InvalidUtf8))
        {
            var line = batch.Buffer.AsSpan(start, bad).Count((byte)'\n') + 1;
            batch.AddFault(
                SourceCodes.InvalidEncoding, string.Create(CultureInfo.InvariantCulture, $"{Utf8Check.Message(batch.Buffer[start + bad])} (line {line} of the file)"), line == 1 ? bad : -1);
            return;
        }

        if (bad >= 0)
        {
            start = Utf8Check.AppendReplaced(batch, start, length);
            length = batch.Used - start;
            batch.AddRepair(InputRepairs.InvalidUtf8);
        }

        if (_pattern is not null && !_pattern.Fill(batch, row, start, length))
        {
            batch.AddFault(SourceCodes.PatternMismatch, "the file does not match the layout's pattern");
            return;
        }

        for (var i = 0; i < row.Length; i++)
        {
            if (row[i].Kind != CellKind.Missing || !OwnColumns.Contains(Columns[i], StringComparer.Ordinal) || (_pattern?.Names.Contains(Columns[i], StringComparer.Ordinal) ?? false))
                continue;

            if (Columns[i] == "text")
            {
                row[i] = new Cell(CellKind.Text, start, length);
                continue;
            }

            var text = Encoding.UTF8.GetBytes(OwnName(Columns[i], _files[file].Name));
            row[i] = new Cell(CellKind.Text, batch.Append(text), text.Length);
        }
    }
}
