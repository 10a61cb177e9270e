using InstructKit.Sources.Json;
using InstructKit.Templating.Values;

namespace InstructKit.Rendering;

/// <summary>The fast path for rows with their own template but no other settings: each template is compiled once, against the fields that it
/// reads. One per worker; unusual cases are left to <see cref="VariableRenderer"/>.</summary>
internal sealed class TemplateColumnRenderer
{
    private const int MaxTemplates = 1024;
    private const int MaxFields = 256;
    private const int MaxKeyBytes = 32 << 20;

    private readonly RenderRequest _request;
    private readonly RenderContext _context;
    private readonly Dictionary<byte[], SlotRenderer?> _escaped = new(Utf8Comparer.Instance);
    private readonly Dictionary<byte[], SlotRenderer?> _plain = new(Utf8Comparer.Instance);
    private RowObjectReader _line;
    private RowObjectReader _fields;
    private long _keyBytes;

    public TemplateColumnRenderer(RenderRequest request, RenderContext context)
    {
        _request = request;
        _context = context;
        (_line, _fields) = MakeReaders(request);
    }

    /// <summary>True when rows differ only in their template.</summary>
    public static bool Fits(RenderRequest request) => request is { TemplateColumn: not null, ChoicesColumn: null, OptionsColumn: null };

    /// <summary>Appends the output of a line. False, with nothing appended, if the line needs general rendering.</summary>
    public bool TryWrite(RowBatch batch, RowLine line, Utf8Output output)
    {
        if (!TryRead(batch, line)) return false;

        if (Find(_line.Cells[0].Kind, batch.Bytes(_line.Cells[0]), out var renderer)) return renderer is not null && renderer.TryWriteRead(batch, output);

        // A new template may name fields that were skipped: read the row again.
        renderer = Add(batch, _line.Cells[0]);
        return renderer is not null && TryRead(batch, line) && renderer.TryWriteRead(batch, output);
    }

    // The row's fields in one pass with its template: those that any template seen so far names.
    private static (RowObjectReader Line, RowObjectReader Fields) MakeReaders(RenderRequest request)
    {
        var line = new RowObjectReader([request.TemplateColumn!], request); // only used when there is one
        if (request.RowColumn is not { } row) return (line, line);

        var fields = new RowObjectReader([], request);
        if (line.Add(row) > 0) line.Nest(row, fields);

        return (line, fields);
    }

    private bool TryRead(RowBatch batch, RowLine line) =>
        _line.TryRead(batch, line.Start, line.Length) && _line.Cells[0].IsText && (_line == _fields || _line.HasInner);

    // Keyed by the raw bytes in the row, so a known template is recognised without unescaping.
    private bool Find(CellKind kind, ReadOnlySpan<byte> key, out SlotRenderer? renderer) =>
        RenderersOf(kind).GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(key, out renderer);

    private Dictionary<byte[], SlotRenderer?> RenderersOf(CellKind kind) => kind == CellKind.EscapedText ? _escaped : _plain;

    private SlotRenderer? Add(RowBatch batch, Cell template)
    {
        var key = batch.Bytes(template);
        if (_escaped.Count + _plain.Count >= MaxTemplates || _keyBytes + key.Length > MaxKeyBytes || _fields.Cells.Length > MaxFields)
        {
            _escaped.Clear();
            _plain.Clear();
            _keyBytes = 0;
            (_line, _fields) = MakeReaders(_request);
        }

        var renderer = Make(Value.FromCell(batch.Buffer, template));
        RenderersOf(template.Kind).Add(key.ToArray(), renderer);
        _keyBytes += key.Length;
        return renderer;
    }

    private SlotRenderer? Make(Value template)
    {
        try
        {
            template.TryGetText(out var text);
            var source = SourceText.FromText(_request.TemplateColumn!, Encoding.UTF8.GetString(text));
            return new SlotRenderer(_request with { Template = source, TemplateColumn = null, RowColumn = null }, _context, _fields);
        }
        catch (DiagnosticException)
        {
            // General rendering reports its error.
            return null;
        }
    }
}
