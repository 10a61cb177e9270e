using System.Text.RegularExpressions;
using InstructKit.Sources.Files;

namespace InstructKit.Sources.Lines;

/// <summary>Makes every file a row: its text, its path and names, and the groups of a pattern matched against the text.</summary>
internal sealed class WholeFilesReader : FileRowReader
{
    private readonly PatternColumns? _pattern;
    private int _file;

    public WholeFilesReader(SourceInput input)
        : base(input) => _pattern = input.Spec.Pattern is { } pattern ? new PatternColumns(pattern, RegexOptions.Singleline, input.Columns) : null;

    public static IReadOnlyList<string> OwnColumns { get; } = ["text", "path", "name", "folder"];

    public static SourceFormat Format { get; } = new(
        "files", input => new WholeFilesReader(input), input => OwnColumns.Concat(PatternColumns.NamesOf(input.Spec, RegexOptions.Singleline)))
    { ReadsEmptyFiles = true, Count = input => input.Files.Count };

    public override bool ReadChunk(RowBatch batch)
    {
        batch.Reset();
        var texts = batch.Pieces<(int File, int Start, int Length)>();
        for (; _file < Input.Files.Count && (texts.Count == 0 || batch.Used + texts.Count < Input.ChunkBytes); _file++)
        {
            var start = batch.Used;
            AppendText(batch, Input.Files[_file]);
            texts.Add((_file, start, batch.Used - start));
        }

        return texts.Count > 0;
    }

    public override void Parse(RowBatch batch)
    {
        foreach (var (file, start, length) in batch.Pieces<(int File, int Start, int Length)>()) Add(batch, file, start, length);
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

    private void AppendText(RowBatch batch, SourceFile file)
    {
        var start = batch.Used;
        var limit = Spec.Limits.MaxLineBytes;
        using var stream = Opener.Open(file);
        while (true)
        {
            var room = batch.Reserve(4096);
            var read = stream.Read(room);
            if (read == 0) return;

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
        if (bad >= 0 && !Spec.Repairs.Repairs(InputRepairs.InvalidUtf8))
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

            var text = Encoding.UTF8.GetBytes(OwnName(Columns[i], Input.Files[file].Name));
            row[i] = new Cell(CellKind.Text, batch.Append(text), text.Length);
        }
    }
}
