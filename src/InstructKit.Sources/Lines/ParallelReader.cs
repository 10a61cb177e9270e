using System.Buffers.Binary;
using InstructKit.Sources.Files;
using InstructKit.Sources.Json;

namespace InstructKit.Sources.Lines;

/// <summary>Reads files whose n-th lines belong together. <see cref="ReadChunk"/> stores the lines of a row side by side, each after a frame of kind, file,
/// line and offset; <see cref="Parse"/> turns them into rows. The raw text of a row is its lines with line feeds between them.</summary>
internal sealed class ParallelReader : RowReader
{
    private const int FrameBytes = 20;
    private readonly SourceContext _context;
    private readonly PartLines[] _parts;
    private readonly string[] _files;
    private readonly int[] _columns;

    public static SourceFormat Format { get; } = new(
        "parallel", input => new ParallelReader(SourceContext.Of(input), input.Parts, input.Columns),
        input => input.Parts.Select(part => part.Column ?? string.Empty))
    { HasLines = true };

    public ParallelReader(SourceContext context, IReadOnlyList<SourcePart> parts, IReadOnlyList<string> columns)
    {
        if (parts.Count == 0) throw SourceError.InSpec("parallel files need at least one part");

        _context = context;
        Columns = columns;
        _parts = [.. parts.Select(part => new PartLines(context, part))];
        _files = [.. parts.SelectMany(part => part.Files).Select(file => file.Label)];
        _columns = [.. parts.Select(part => ColumnNames.IndexOf(columns, part.Column!))];
    }

    public override IReadOnlyList<string> Files => _files;

    public override IReadOnlyList<string> Columns { get; }

    public override bool ReadChunk(RowBatch batch)
    {
        batch.Reset();
        while (batch.Used < _context.ChunkBytes)
        {
            if (!_parts[0].TryNext(out var text))
            {
                CheckEnds();
                break;
            }

            // The first part gives the row's position.
            Frame(batch, _parts[0].File, _parts[0].Line, _parts[0].Offset);
            Text(batch, _parts[0].Kind, text);
            foreach (var part in _parts.AsSpan(1))
            {
                if (!part.TryNext(out text)) throw Uneven();

                Text(batch, part.Kind, text);
            }
        }

        return batch.Used > 0;
    }

    public override void Parse(RowBatch batch)
    {
        var end = batch.Used;
        var position = 0;
        var rules = new JsonRules(_context.Spec);
        Span<(int Start, int Length, PartKind Kind)> texts = new (int, int, PartKind)[_parts.Length];
        while (position < end)
        {
            var frame = batch.Buffer.AsSpan(position, FrameBytes);
            var file = BinaryPrimitives.ReadInt32LittleEndian(frame);
            var line = BinaryPrimitives.ReadInt64LittleEndian(frame[4..]);
            var offset = BinaryPrimitives.ReadInt64LittleEndian(frame[12..]);
            position += FrameBytes;
            for (var i = 0; i < texts.Length; i++)
            {
                var kind = (PartKind)batch.Buffer[position];
                var length = BinaryPrimitives.ReadInt32LittleEndian(batch.Buffer.AsSpan(position + 1));
                texts[i] = (position + 5, length, kind);
                position += 5 + length;
            }

            var raw = AppendRaw(batch, texts);
            var row = batch.AddRow(new RowLocation(file, line, raw, batch.Used - raw, offset));
            for (var i = 0; i < texts.Length; i++)
            {
                if (!Fill(batch, row, i, texts[i].Start, texts[i].Length, texts[i].Kind, rules))
                {
                    row.Clear();
                    break;
                }
            }
        }
    }

    protected override void Dispose(bool disposing)
    {
        foreach (var part in _parts) part.Dispose();

        _context.Opener.Dispose();
        base.Dispose(disposing);
    }

    private static void Frame(RowBatch batch, int file, long line, long offset)
    {
        var frame = batch.Reserve(FrameBytes);
        BinaryPrimitives.WriteInt32LittleEndian(frame, file);
        BinaryPrimitives.WriteInt64LittleEndian(frame[4..], line);
        BinaryPrimitives.WriteInt64LittleEndian(frame[12..], offset);
        batch.Append(FrameBytes);
    }

    private static void Text(RowBatch batch, PartKind kind, ReadOnlySpan<byte> text)
    {
        var frame = batch.Reserve(5);
        frame[0] = (byte)kind;
        BinaryPrimitives.WriteInt32LittleEndian(frame[1..], text.Length);
        batch.Append(5);
        batch.Append(text);
    }

    private static int AppendRaw(RowBatch batch, ReadOnlySpan<(int Start, int Length, PartKind Kind)> texts)
    {
        var at = batch.Used;
        for (var i = 0; i < texts.Length; i++)
        {
            // Reserve first: appending may replace the buffer that holds the text.
            batch.Reserve(texts[i].Length + 1);
            if (i > 0) batch.Append("\n"u8);

            batch.Append(batch.Buffer.AsSpan(texts[i].Start, texts[i].Length));
        }

        return at;
    }

    private bool Fill(RowBatch batch, Span<Cell> row, int part, int start, int length, PartKind kind, JsonRules rules)
    {
        var bad = Utf8Check.FirstBad(batch.Buffer.AsSpan(start, length));
        if (bad >= 0)
        {
            if (!_context.Spec.Repairs.Repairs(InputRepairs.InvalidUtf8))
            {
                batch.AddFault(SourceCodes.InvalidEncoding, $"column '{_parts[part].Column}': {Utf8Check.Message(batch.Buffer[start + bad])}", bad);
                return false;
            }

            start = Utf8Check.AppendReplaced(batch, start, length);
            length = batch.Used - start;
            batch.AddRepair(InputRepairs.InvalidUtf8);
        }

        var cell = new Cell(CellKind.Text, start, length);
        if (kind == PartKind.Json && !JsonValue.TryRead(batch, start, length, rules, out cell, out var code, out var message, out var column))
        {
            batch.AddFault(code, $"column '{_parts[part].Column}': {message}", column);
            return false;
        }

        if (_columns[part] >= 0) row[_columns[part]] = cell;

        return true;
    }

    private void CheckEnds()
    {
        foreach (var part in _parts.AsSpan(1))
        {
            if (part.TryNext(out _)) throw Uneven();
        }
    }

    private DiagnosticException Uneven()
    {
        foreach (var part in _parts)
        {
            while (part.TryNext(out _))
            {
            }
        }

        var counts = _parts.Select(part => string.Create(CultureInfo.InvariantCulture, $"'{part.Column}' has {part.Count}"));
        return new DiagnosticException(new Diagnostic(
            SourceCodes.LineCountMismatch, Severity.Error,
            $"{string.Join(", ", _files)}: parallel files must have the same number of lines; {string.Join(", ", counts)}"));
    }
}
