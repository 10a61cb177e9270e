using System.Runtime.InteropServices;
using InstructKit.Sources.Files;
using InstructKit.Sources.Json;

namespace InstructKit.Sources.Lines;

/// <summary>Reads files whose n-th lines belong together. <see cref="ReadChunk"/> stores the lines of a row side by side; <see cref="Parse"/> turns them into rows.
/// The raw text of a row is its lines with line feeds between them.</summary>
internal sealed class ParallelReader : FileRowReader
{
    private readonly PartLines[] _parts;
    private readonly int[] _columns;

    public static SourceFormat Format { get; } = new("parallel", input => new ParallelReader(input), input => input.Parts.Select(part => part.Column ?? string.Empty)) { HasLines = true };

    public ParallelReader(SourceInput input)
        : base(input)
    {
        if (input.Parts.Count == 0) throw SourceError.InSpec("parallel files need at least one part");

        _parts = [.. input.Parts.Select(part => new PartLines(input, Opener, part))];
        _columns = [.. input.Parts.Select(part => ColumnNames.IndexOf(Columns, part.Column!))];
    }

    public override bool ReadChunk(RowBatch batch)
    {
        batch.Reset();
        var texts = batch.Pieces<Text>();
        while (batch.Used + (texts.Count * Text.Bytes) < Input.ChunkBytes)
        {
            if (!_parts[0].TryNext(out var line))
            {
                CheckEnds();
                break;
            }

            texts.Add(Text.Append(batch, _parts[0], line));
            foreach (var part in _parts.AsSpan(1)) texts.Add(part.TryNext(out line) ? Text.Append(batch, part, line) : throw Uneven());
        }

        return texts.Count > 0;
    }

    public override void Parse(RowBatch batch)
    {
        var rules = new JsonRules(Spec);
        for (var rest = CollectionsMarshal.AsSpan(batch.Pieces<Text>()); !rest.IsEmpty; rest = rest[_parts.Length..])
        {
            // The first part gives the row's position.
            var texts = rest[.._parts.Length];
            var raw = AppendRaw(batch, texts);
            var row = batch.AddRow(new RowLocation(texts[0].File, texts[0].Line, raw, batch.Used - raw, texts[0].Offset));
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

        base.Dispose(disposing);
    }

    private static int AppendRaw(RowBatch batch, ReadOnlySpan<Text> texts)
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
            if (!Spec.Repairs.Repairs(InputRepairs.InvalidUtf8))
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
            $"{string.Join(", ", Files)}: parallel files must have the same number of lines; {string.Join(", ", counts)}"));
    }

    /// <summary>The line of one part, in the batch's buffer.</summary>
    private readonly record struct Text(int Start, int Length, PartKind Kind, int File, long Line, long Offset)
    {
        /// <summary>Approximate overhead in addition to its text, in bytes.</summary>
        public const int Bytes = 32;

        public static Text Append(RowBatch batch, PartLines part, ReadOnlySpan<byte> line) => new(batch.Append(line), line.Length, part.Kind, part.File, part.Line, part.Offset);
    }
}
