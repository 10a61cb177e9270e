using InstructKit.Templating;
using InstructKit.Templating.Settings;
using InstructKit.Templating.Values;

namespace InstructKit.Rendering;

/// <summary>Renders rows with one shared template: only fields that it could name are read, and no values are built for copied fields. One per
/// worker; unusual cases are left to <see cref="VariableRenderer"/>.</summary>
internal sealed class SlotRenderer
{
    private const string ReservedName = "answer_choices";

    private readonly RenderContext _context;
    private readonly RowTemplate _template;
    private readonly RowObjectReader? _outer;
    private readonly RowObjectReader _fields;
    private readonly int[] _columns;
    private readonly Cell[] _slots;
    private readonly int _reserved = -1;

    /// <summary>A renderer of lines.</summary>
    public SlotRenderer(RenderRequest request, RenderContext context)
        : this(request, context, new RowObjectReader([], request))
    {
        if (request.RowColumn is { } column)
        {
            _outer = new RowObjectReader([column], request);
            _outer.Nest(column, _fields);
        }
    }

    /// <summary>A renderer of rows read elsewhere; the fields it needs are added to the reader.</summary>
    public SlotRenderer(RenderRequest request, RenderContext context, RowObjectReader fields)
    {
        _context = context;
        _fields = fields;
        var isPromptsource = request.Dialect == Dialect.Promptsource;
        var names = TemplateWords.Of(request.Template!.Text, request.Choices?.Text); // only used when there is one
        if (isPromptsource)
        {
            names.Remove(ReservedName);
            _reserved = fields.Add(ReservedName);
        }

        var options = TemplateOptions.For(request.Dialect) with { Limits = request.Limits, Slots = [.. names] };
        _template = RowTemplate.Compile(request.Template, request.Choices, options, request);
        _columns = [.. names.Select(fields.Add)];
        _slots = new Cell[_columns.Length];
    }

    /// <summary>True when every row has the same template and settings.</summary>
    public static bool Fits(RenderRequest request) => request is { Template: not null, ChoicesColumn: null, OptionsColumn: null };

    /// <summary>Appends the output of a line. False, with nothing appended, if the line needs general rendering.</summary>
    public bool TryWrite(RowBatch batch, RowLine line, Utf8Output output) =>
        (_outer ?? _fields).TryRead(batch, line.Start, line.Length) && _outer?.HasInner != false && TryWriteRead(batch, output);

    /// <summary>Like <see cref="TryWrite"/>, for the row that its reader has read.</summary>
    public bool TryWriteRead(RowBatch batch, Utf8Output output)
    {
        var cells = _fields.Cells;
        if (_reserved >= 0 && cells[_reserved].Kind != CellKind.Missing) return false;

        for (var i = 0; i < _columns.Length; i++) _slots[i] = cells[_columns[i]];

        var mark = output.Length;
        try
        {
            _context.BeginRow(batch.Buffer, _slots);
            _template.Write(_context, output);
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
            System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.SpacingCombiningMark
            or System.Globalization.UnicodeCategory.ConnectorPunctuation or System.Globalization.UnicodeCategory.LetterNumber));
}
