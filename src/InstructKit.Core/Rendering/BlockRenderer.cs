using System.Text.Unicode;
using InstructKit.Sources;
using InstructKit.Templating.Values;

namespace InstructKit.Rendering;

/// <summary>Renders the lines of blocks. One per worker.</summary>
internal sealed class BlockRenderer
{
    private readonly RenderContext _context;
    private readonly SlotRenderer? _fast;
    private readonly VariableRenderer _general;
    private readonly KeyedHash _keys;
    private readonly bool _replacesBytes;

    public BlockRenderer(RenderRequest request, CancellationToken cancel)
    {
        _context = new RenderContext(request.Limits) { ChooseFirst = request.ChooseFirst, Now = request.Now, Cancellation = cancel };
        _fast = SlotRenderer.Fits(request) ? new SlotRenderer(request, _context) : null;
        _general = new VariableRenderer(request, _context);
        _keys = new KeyedHash(request.Seed, "render", string.Empty);
        _replacesBytes = request.Repairs.Repairs(InputRepairs.InvalidUtf8);
    }

    /// <summary>Appends one line to the chunk's output for every non-blank line of the block, and counts.</summary>
    /// <param name="chunk">The block.</param>
    /// <param name="lineDone">Called after every line that was appended.</param>
    public void Render(RenderChunk chunk, Action<RenderChunk> lineDone)
    {
        var (batch, output) = (chunk.Batch, chunk.Output);
        var start = (int)batch.Tag;
        var isValid = Utf8.IsValid(batch.Buffer.AsSpan(start, batch.Used - start));
        foreach (var line in LineBlockReader.LinesOf(batch))
        {
            var text = batch.Buffer.AsSpan(line.Start, line.Length);
            if (!text.ContainsAnyExcept(" \t\r"u8)) continue;
            Render(chunk, line, isValid ? -1 : Utf8Check.FirstBad(text));
            output.AppendRaw("\n"u8);
            lineDone(chunk);
        }
    }

    private void Render(RenderChunk chunk, RowLine line, int badByte)
    {
        var (batch, output) = (chunk.Batch, chunk.Output);
        chunk.Lines++;
        if (badByte >= 0 && _replacesBytes)
        {
            var at = Utf8Check.AppendReplaced(batch, line.Start, line.Length);
            line = line with { Start = at, Length = batch.Used - at };
            batch.AddRepair(InputRepairs.InvalidUtf8);
        }
        else if (badByte >= 0)
        {
            chunk.Failed++;
            ErrorObject.Write(SourceCodes.InvalidEncoding, Utf8Check.Message(batch.Buffer[line.Start + badByte]), line.Number, badByte + 1, output);
            return;
        }

        _context.RandomKey = _keys[line.Number - 1];
        if (_fast?.TryWrite(batch, line, output) != true && !_general.Write(batch, line, output)) chunk.Failed++;

        chunk.Repairs.Add(batch.TakeRepair());
    }
}
