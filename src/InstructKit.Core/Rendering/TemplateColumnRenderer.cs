using System.Text;
using InstructKit.Diagnostics;
using InstructKit.Rows;
using InstructKit.Sources;
using InstructKit.Templating;

namespace InstructKit.Rendering;

/// <summary>
/// The fast way for rows that bring their template along and nothing else that decides it: each template is compiled once, against the fields that it
/// reads. One per worker; whatever is out of the ordinary is left to <see cref="VariableRenderer"/>.
/// </summary>
internal sealed class TemplateColumnRenderer
{
    private const int MaxTemplates = 1024;
    private const int MaxKeyBytes = 32 << 20;

    private readonly RenderRequest _request;
    private readonly RenderContext _context;
    private readonly RowObjectReader _reader;
    private readonly int _row;
    private readonly Dictionary<byte[], SlotRenderer?> _escaped = new(Utf8Comparer.Instance);
    private readonly Dictionary<byte[], SlotRenderer?> _plain = new(Utf8Comparer.Instance);
    private long _keyBytes;

    public TemplateColumnRenderer(RenderRequest request, RenderContext context)
    {
        _request = request;
        _context = context;
        List<string> columns = [request.TemplateColumn!]; // only used when there is one
        if (request.RowColumn is { } row && row != request.TemplateColumn)
        {
            columns.Add(row);
        }

        _row = request.RowColumn is null ? -1 : columns.Count - 1;
        _reader = new RowObjectReader(columns);
    }

    /// <summary>True when a row's template is all that differs from row to row.</summary>
    public static bool Fits(RenderRequest request) => request is { TemplateColumn: not null, ChoicesColumn: null, OptionsColumn: null };

    /// <summary>Appends the output of a line. False, and nothing appended, when the line is to be rendered in the general way.</summary>
    public bool TryWrite(RowBatch batch, RowLine line, Utf8Output output)
    {
        if (!_reader.TryRead(batch, line.Start, line.Length) || !_reader.Cells[0].IsText)
        {
            return false;
        }

        if (_row >= 0)
        {
            var row = _reader.Cells[_row];
            if (row.Kind != CellKind.Json)
            {
                return false;
            }

            line = line with { Start = row.Offset, Length = row.Length };
        }

        return Find(batch, _reader.Cells[0]) is { } renderer && renderer.TryWrite(batch, line, output);
    }

    private SlotRenderer? Find(RowBatch batch, Cell template)
    {
        // Keyed by the bytes as they stand in the row, so that nothing is unescaped to find out that the template is known.
        var renderers = template.Kind == CellKind.EscapedText ? _escaped : _plain;
        var key = batch.Bytes(template);
        var byBytes = renderers.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (byBytes.TryGetValue(key, out var renderer))
        {
            return renderer;
        }

        if (_escaped.Count + _plain.Count >= MaxTemplates || _keyBytes + key.Length > MaxKeyBytes)
        {
            _escaped.Clear();
            _plain.Clear();
            _keyBytes = 0;
        }

        renderer = Make(Value.FromCell(batch.Buffer, template));
        renderers.Add(key.ToArray(), renderer);
        _keyBytes += key.Length;
        return renderer;
    }

    private SlotRenderer? Make(Value template)
    {
        try
        {
            template.TryGetText(out var text);
            var source = SourceText.FromText(_request.TemplateColumn!, Encoding.UTF8.GetString(text));
            return new SlotRenderer(_request with { Template = source, TemplateColumn = null, RowColumn = null }, _context);
        }
        catch (DiagnosticException)
        {
            // The general way tells what is wrong with it.
            return null;
        }
    }
}
