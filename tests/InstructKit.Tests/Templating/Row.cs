using InstructKit.Templating;
using InstructKit.Templating.Settings;
using InstructKit.Templating.Values;

namespace InstructKit.Tests.Templating;

/// <summary>A row made by hand: cells in one buffer.</summary>
internal sealed class Row
{
    private readonly List<byte> _bytes = [];
    private readonly List<Cell> _cells = [];

    public byte[] Buffer => [.. _bytes];

    public Cell[] Cells => [.. _cells];

    public void Add(CellKind kind, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        _cells.Add(new Cell(kind, _bytes.Count, bytes.Length));
        _bytes.AddRange(bytes);
    }

    public string Render(Template template, bool json, RenderContext? context = null)
    {
        context ??= new RenderContext(RenderLimits.Default);
        context.BeginRow(Buffer, Cells);
        var output = new Utf8Output(16) { JsonEscaped = json };
        template.Render(context, output);
        return Encoding.UTF8.GetString(output.Written);
    }
}
