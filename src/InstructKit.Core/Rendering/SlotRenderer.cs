using InstructKit.Templating;
using InstructKit.Templating.Settings;
using InstructKit.Templating.Values;

namespace InstructKit.Rendering;

/// <summary>The fast way for rows whose template is all that decides them, be it shared or in the row: only the fields that templates could name are read, and
/// no value is built for what is copied. One per worker; whatever is out of the ordinary is left to <see cref="VariableRenderer"/>.</summary>
internal sealed class SlotRenderer
{
    private const int MaxFields = 256;

    private readonly RenderRequest _request;
    private readonly RenderContext _context;

    // Keyed by the bytes as they are in the row, so that nothing is unescaped to find out that a template is known; null for one that is wrong.
    private readonly BytesCache<SlotTemplate?> _escaped = new();
    private readonly BytesCache<SlotTemplate?> _plain = new();
    private readonly SlotTemplate? _shared;
    private RowObjectReader _line;
    private RowObjectReader _fields;

    /// <exception cref="DiagnosticException">The shared template is wrong.</exception>
    public SlotRenderer(RenderRequest request, RenderContext context)
    {
        (_request, _context) = (request, context);
        (_line, _fields) = MakeReaders(request);
        if (request.Template is { } template) _shared = new SlotTemplate(request, template, _fields);
    }

    /// <summary>True when all rows have the same settings.</summary>
    public static bool Fits(RenderRequest request) => request is { ChoicesColumn: null, OptionsColumn: null };

    /// <summary>Appends the output of a line. False, with nothing appended, if the line needs general rendering.</summary>
    public bool TryWrite(RowBatch batch, RowLine line, Utf8Output output)
    {
        if (!TryRead(batch, line)) return false;
        if (_shared is not null) return _shared.TryWrite(_context, batch, _fields.Cells, output);

        var cell = _line.Cells[0];
        var cache = cell.Kind == CellKind.EscapedText ? _escaped : _plain;
        if (!cache.TryGet(batch.Bytes(cell), out var template))
        {
            if (cache.IsFull || _fields.Cells.Length > MaxFields)
            {
                _escaped.Clear();
                _plain.Clear();
                (_line, _fields) = MakeReaders(_request);
            }

            template = Make(Value.FromCell(batch.Buffer, cell));
            cache.Add(batch.Bytes(cell), template);
            // A new template may name fields that were passed over: the row is read again.
            if (template is null || !TryRead(batch, line)) return false;
        }

        return template is not null && template.TryWrite(_context, batch, _fields.Cells, output);
    }

    // The row's fields in one pass with its template: those that any template seen so far names.
    private static (RowObjectReader Line, RowObjectReader Fields) MakeReaders(RenderRequest request)
    {
        var line = new RowObjectReader(request.TemplateColumn is { } template ? [template] : [], request);
        if (request.RowColumn is not { } row) return (line, line);

        var fields = new RowObjectReader([], request);
        line.Add(row);
        if (row != request.TemplateColumn) line.Nest(row, fields);
        return (line, fields);
    }

    private bool TryRead(RowBatch batch, RowLine line) =>
        _line.TryRead(batch, line.Start, line.Length) && (_shared is not null || _line.Cells[0].IsText) && (_line == _fields || _line.HasInner);

    private SlotTemplate? Make(Value template)
    {
        try
        {
            template.TryGetText(out var text);
            return new SlotTemplate(_request, SourceText.FromText(_request.TemplateColumn!, Encoding.UTF8.GetString(text)), _fields); // there is one where none is shared
        }
        catch (DiagnosticException)
        {
            // General rendering reports its error.
            return null;
        }
    }

    /// <summary>A template that is compiled against the fields of rows.</summary>
    private sealed class SlotTemplate
    {
        private const string ReservedName = "answer_choices";

        private readonly RowTemplate _template;
        private readonly int[] _columns;
        private readonly Cell[] _slots;
        private readonly int _reserved = -1;

        /// <summary>Compiles a template; the fields that it could name are added to the reader.</summary>
        public SlotTemplate(RenderRequest request, SourceText template, RowObjectReader fields)
        {
            var names = TemplateWords.Of(template.Text, request.Choices?.Text);
            if (request.Dialect == Dialect.Promptsource)
            {
                names.Remove(ReservedName);
                _reserved = fields.Add(ReservedName);
            }

            _template = RowTemplate.Compile(template, request.Choices, TemplateOptions.For(request.Dialect) with { Limits = request.Limits, Slots = [.. names] }, request);
            _columns = [.. names.Select(fields.Add)];
            _slots = new Cell[_columns.Length];
        }

        public bool TryWrite(RenderContext context, RowBatch batch, ReadOnlySpan<Cell> cells, Utf8Output output)
        {
            if (_reserved >= 0 && cells[_reserved].Kind != CellKind.Missing) return false;

            for (var i = 0; i < _columns.Length; i++) _slots[i] = cells[_columns[i]];

            var mark = output.Length;
            try
            {
                context.BeginRow(batch.Buffer, _slots);
                _template.Write(context, output);
                return true;
            }
            catch (DiagnosticException)
            {
                // General rendering also fails, and its message can name the row's fields.
                output.Length = mark;
                return false;
            }
        }
    }
}

/// <summary>Every word of a template's source that could be a variable's name: a superset of the names it reads, whatever branches, scopes
/// and macros do with them; a word that the row has no field for costs nothing.</summary>
internal static class TemplateWords
{
    /// <summary>The distinct words of the texts, in order; null texts have none.</summary>
    public static List<string> Of(params ReadOnlySpan<string?> texts)
    {
        List<string> words = [];
        HashSet<string> known = new(StringComparer.Ordinal);
        foreach (var text in texts)
        {
            for (var i = 0; i < text?.Length;)
            {
                var start = i;
                while (i < text.Length && IsWord(text[i])) i++;

                if (i > start && !char.IsAsciiDigit(text[start]) && known.Add(text[start..i])) words.Add(text[start..i]);
                i = i > start ? i : i + 1;
            }
        }

        return words;
    }

    // Marks and surrogates also occur in names; a word that is too long is just a name that no row has.
    private static bool IsWord(char unit) =>
        unit == '_' || char.IsLetterOrDigit(unit) || (unit > 0x7f && (char.IsSurrogate(unit) || char.GetUnicodeCategory(unit) is
            UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.ConnectorPunctuation or UnicodeCategory.LetterNumber));
}
