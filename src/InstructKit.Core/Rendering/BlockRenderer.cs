using System.Text.Unicode;
using InstructKit.Cells;
using InstructKit.Sources;
using InstructKit.Templating.Rendering;
using InstructKit.Text;

namespace InstructKit.Rendering;

/// <summary>Renders the lines of blocks. One per worker.</summary>
internal sealed class BlockRenderer
{
    private readonly RenderContext _context;
    private readonly SlotRenderer? _fast;
    private readonly TemplateColumnRenderer? _byColumn;
    private readonly VariableRenderer _general;
    private readonly KeyedHash _keys;
    private readonly bool _replacesBytes;

    public BlockRenderer(RenderRequest request)
    {
        _context = new RenderContext(request.Limits) { ChooseFirst = request.ChooseFirst, Now = request.Now };
        _fast = SlotRenderer.Fits(request) ? new SlotRenderer(request, _context) : null;
        _byColumn = TemplateColumnRenderer.Fits(request) ? new TemplateColumnRenderer(request, _context) : null;
        _general = new VariableRenderer(request, _context);
        _keys = new KeyedHash(request.Seed, "render", string.Empty);
        _replacesBytes = request.Repairs.Repairs(InputRepairs.InvalidUtf8);
    }

    /// <summary>Rows rendered.</summary>
    public long Rows { get; private set; }

    /// <summary>Rows that gave an error object.</summary>
    public long Failed { get; private set; }

    /// <summary>Rows in which something was let pass.</summary>
    public RepairCounts Repaired { get; } = new();

    /// <summary>Appends one line for every line of the block that is not blank.</summary>
    /// <param name="batch">The block.</param>
    /// <param name="output">Where to; JSON-escaped.</param>
    /// <param name="lineDone">Called behind every line that was appended.</param>
    public void Render(RowBatch batch, Utf8Output output, Action<Utf8Output> lineDone)
    {
        var position = (int)batch.Tag;
        var end = batch.Used;
        var isValid = Utf8.IsValid(batch.Buffer.AsSpan(position, end - position));
        for (var number = batch.FirstLine; position < end; number++)
        {
            var rest = batch.Buffer.AsSpan(position, end - position);
            var length = rest.IndexOf((byte)'\n');
            var next = length < 0 ? end : position + length + 1;
            var text = length < 0 ? rest : rest[..length];
            if (text.ContainsAnyExcept(" \t\r"u8))
            {
                var bad = isValid ? -1 : Utf8Check.FirstBad(text);
                Render(batch, new RowLine(position, text.Length, number), bad, output);
                output.AppendRaw("\n"u8);
                lineDone(output);

                // What was written anew for this row is needed no more.
                batch.Used = end;
            }

            position = next;
        }
    }

    private void Render(RowBatch batch, RowLine line, int badByte, Utf8Output output)
    {
        Rows++;
        if (badByte >= 0 && _replacesBytes)
        {
            var at = Utf8Check.AppendReplaced(batch, line.Start, line.Length);
            line = line with { Start = at, Length = batch.Used - at };
            batch.AddRepair(InputRepairs.InvalidUtf8);
        }
        else if (badByte >= 0)
        {
            Failed++;
            ErrorObject.Write(SourceCodes.InvalidEncoding, Utf8Check.Message(batch.Buffer[line.Start + badByte]), line.Number, badByte + 1, output);
            return;
        }

        _context.RandomKey = _keys[line.Number - 1];
        var isDone = _fast?.TryWrite(batch, line, output) ?? _byColumn?.TryWrite(batch, line, output) ?? false;
        if (!isDone && !_general.Write(batch, line, output)) Failed++;

        Repaired.Add(batch.TakeRepair());
    }
}
