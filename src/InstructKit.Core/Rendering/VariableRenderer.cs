using InstructKit.Templates;
using InstructKit.Templating.Values;

namespace InstructKit.Rendering;

/// <summary>General rendering of rows: the template and its settings may be in the row, the variables are a mapping. One per worker.</summary>
internal sealed class VariableRenderer
{
    private readonly RenderRequest _request;
    private readonly RenderContext _context;
    private readonly RowObjectReader _reader;
    private readonly TemplateCache _cache;
    private readonly int _row;
    private readonly int _template;
    private readonly int _choices;
    private readonly int _settings;

    public VariableRenderer(RenderRequest request, RenderContext context)
    {
        _request = request;
        _context = context;
        _cache = new TemplateCache(request);
        _reader = new RowObjectReader([], request);
        _row = Add(request.RowColumn);
        _template = Add(request.TemplateColumn);
        _choices = Add(request.ChoicesColumn);
        _settings = Add(request.OptionsColumn);
    }

    /// <summary>Appends the output of a line, or its error object. False for the latter.</summary>
    public bool Write(RowBatch batch, RowLine line, Utf8Output output)
    {
        if (!_reader.TryRead(batch, line.Start, line.Length))
        {
            ErrorObject.Write(_reader.Fault.Code, $"the row is not a JSON object: {_reader.Fault.Message}", line.Number, _reader.Fault.Column + 1, output);
            return false;
        }

        var mark = output.Length;
        try
        {
            _context.BeginRow(batch.Buffer, []);
            var variables = _row < 0 ? Value.FromCell(batch.Buffer, _reader.Whole) : Read(batch, _row);
            if (variables.Kind != ValueKind.Mapping) throw Wrong(variables, _request.RowColumn!, "the row, which is an object");

            var template = Read(batch, _template);
            if (_template >= 0 && template.Kind != ValueKind.Text) throw Wrong(template, _request.TemplateColumn!, "a template, which is a text");

            var compiled = _cache.Get(template, Read(batch, _choices), Read(batch, _settings));
            _context.Variables = variables;
            compiled.Write(_context, output);
            return true;
        }
        catch (DiagnosticException exception)
        {
            output.Length = mark;
            ErrorObject.Write(exception.Diagnostics[0], line.Number, output);
            return false;
        }
        finally
        {
            _context.Variables = Value.Undefined;
        }
    }

    private int Add(string? column) => column is null ? -1 : _reader.Add(column);

    private static DiagnosticException Wrong(Value found, string column, string expected) => new(found.IsUndefined
        ? new Diagnostic(RowCodes.ColumnMissing, Severity.Error, $"the line has no field '{column}' that holds {expected}")
        : new Diagnostic(RowCodes.ColumnType, Severity.Error, $"the field '{column}' holds {expected}; found {found.Kind.ToString().ToLowerInvariant()}"));

    private Value Read(RowBatch batch, int cell) => cell < 0 ? Value.Undefined : Value.FromCell(batch.Buffer, _reader.Cells[cell]);
}
