using InstructKit.Diagnostics;
using InstructKit.Rows;
using InstructKit.Templating;

namespace InstructKit.Rendering;

/// <summary>
/// Renders rows with one template that all share: only the fields that it could name are read, and no value is built for what is copied.
/// One per worker; whatever is out of the ordinary is left to <see cref="VariableRenderer"/>.
/// </summary>
internal sealed class SlotRenderer
{
    private const string ReservedName = "answer_choices";

    private readonly RenderContext _context;
    private readonly RowTemplate _template;
    private readonly RowObjectReader? _outer;
    private readonly RowObjectReader _reader;
    private readonly int _reserved;
    private readonly int _slots;

    public SlotRenderer(RenderRequest request, RenderContext context)
    {
        _context = context;
        var isPromptsource = request.Dialect == Dialect.Promptsource;
        var names = TemplateWords.Of(request.Template!.Text, request.Choices?.Text); // only used when there is one
        if (isPromptsource)
        {
            names.Remove(ReservedName);
        }

        var options = TemplateOptions.For(request.Dialect) with { Limits = request.Limits, Slots = [.. names] };
        _template = RowTemplate.Compile(request.Template, request.Choices, options, request);
        _slots = names.Count;
        _reserved = -1;
        if (isPromptsource)
        {
            _reserved = names.Count;
            names.Add(ReservedName);
        }

        _reader = new RowObjectReader(names);
        _outer = request.RowColumn is { } column ? new RowObjectReader([column]) : null;
    }

    /// <summary>True when every row has the same template and settings.</summary>
    public static bool Fits(RenderRequest request) => request is { Template: not null, ChoicesColumn: null, OptionsColumn: null };

    /// <summary>Appends the output of a line. False, and nothing appended, when the line is to be rendered in the general way.</summary>
    public bool TryWrite(RowBatch batch, RowLine line, Utf8Output output)
    {
        var (start, length) = (line.Start, line.Length);
        if (_outer is not null)
        {
            if (!_outer.TryRead(batch, start, length) || _outer.Cells[0].Kind != CellKind.Json)
            {
                return false;
            }

            (start, length) = (_outer.Cells[0].Offset, _outer.Cells[0].Length);
        }

        if (!_reader.TryRead(batch, start, length) || (_reserved >= 0 && _reader.Cells[_reserved].Kind != CellKind.Missing))
        {
            return false;
        }

        var mark = output.Length;
        try
        {
            _context.BeginRow(batch.Buffer, _reader.Cells[.._slots]);
            _template.Write(_context, output);
            return true;
        }
        catch (DiagnosticException)
        {
            // The general way fails too, and its message can name the fields that the row has.
            output.Length = mark;
            return false;
        }
    }
}
