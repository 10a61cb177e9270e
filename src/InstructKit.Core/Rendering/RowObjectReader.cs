using InstructKit.Sources;
using InstructKit.Sources.Json;

namespace InstructKit.Rendering;

/// <summary>Reads lines that are JSON objects into cells, and an object in one of their fields in the same pass. One per worker.</summary>
/// <param name="columns">The fields to read, in cell order.</param>
/// <param name="request">Limits on depth and width of the objects, and which of their errors are repaired.</param>
internal sealed class RowObjectReader(IReadOnlyList<string> columns, RenderRequest request)
{
    private readonly JsonObjectParser _parser = new(columns, request.InputLimits.MaxColumns);
    private readonly JsonRules _rules = new(request.InputLimits.MaxJsonDepth, request.Repairs);
    private readonly List<string> _columns = [.. columns];
    private Cell[] _cells = new Cell[columns.Count];
    private RowObjectReader? _inner;

    /// <summary>The cells of the object read last.</summary>
    public ReadOnlySpan<Cell> Cells => _cells;

    /// <summary>True when the object read last had an object in the inner reader's field.</summary>
    public bool HasInner => _parser.HasInner;

    /// <summary>The object read last, as a whole.</summary>
    public Cell Whole { get; private set; }

    /// <summary>The error of the line, when <see cref="TryRead"/> returned false.</summary>
    public RowError Fault { get; private set; }

    /// <summary>Cell of a field; a new field is read from the next object on.</summary>
    public int Add(string column)
    {
        var known = _columns.IndexOf(column);
        if (known >= 0) return known;

        _parser.AddColumn(column, _columns.Count);
        _columns.Add(column);
        Array.Resize(ref _cells, _columns.Count);
        return _columns.Count - 1;
    }

    /// <summary>Has an object in this field, one of the columns, read into the cells of another reader.</summary>
    public void Nest(string column, RowObjectReader inner)
    {
        _inner = inner;
        _parser.Nest(column, inner._parser);
    }

    /// <summary>Reads a slice of the batch's buffer.</summary>
    public bool TryRead(RowBatch batch, int start, int length)
    {
        // Texts that must be rewritten are appended after the block, and the buffer must not move meanwhile.
        batch.Reserve(length);
        Array.Clear(_cells);
        if (_inner is not null)
        {
            Array.Clear(_inner._cells);
            _parser.InnerCells = _inner._cells;
        }

        var scanner = new JsonScanner(batch.Buffer.AsSpan(start, length), _rules);
        scanner.SkipSpace();
        var begin = scanner.Position;
        if (scanner.Peek != '{')
        {
            var isValue = scanner.Value(out _, out _, out _, out _, 0);
            return Fail(
                isValue ? SourceCodes.UnexpectedType : scanner.ErrorCode, isValue ? "expected an object in braces" : scanner.Error!, isValue ? begin : scanner.Position);
        }

        if (!_parser.Parse(batch, start, ref scanner, _cells)) return Fail(scanner.ErrorCode, scanner.Error!, scanner.Position);

        var end = scanner.Position;
        scanner.SkipSpace();
        if (!scanner.AtEnd) return Fail(SourceCodes.InvalidJson, "expected the end of the line after the object", scanner.Position);

        if (scanner.Repaired != InputRepairs.None) batch.AddRepair(scanner.Repaired);

        Whole = JsonObjectParser.CellOf(batch, CellKind.Json, start + begin, end - begin, !scanner.Repaired.HasFlag(InputRepairs.LoneSurrogates));
        return true;
    }

    private bool Fail(string code, string message, int column)
    {
        Fault = new RowError(0, code, message, column);
        return false;
    }
}
