using InstructKit.Diagnostics;

namespace InstructKit.Authoring.Importing.Python;

/// <summary>
/// Reads what a Python file assigns to names at its top level, as far as it is literal: strings, numbers, lists, tuples, sets, dictionaries. Nothing is run.
/// Imports and lone strings are passed over; any other statement is reported with its place, because it may change what was assigned.
/// </summary>
/// <param name="source">The file.</param>
internal sealed class PythonFile(SourceText source)
{
    private readonly List<PythonAssignment> _assignments = [];
    private readonly List<SourceSpan> _skipped = [];
    private readonly PythonReader _reader = new(source);

    /// <summary>The assignments in order.</summary>
    public IReadOnlyList<PythonAssignment> Assignments => _assignments;

    /// <summary>First lines of the statements that were not read.</summary>
    public IReadOnlyList<SourceSpan> Skipped => _skipped;

    /// <summary>Reads a file.</summary>
    /// <exception cref="DiagnosticException">A literal cannot be read (IK9001).</exception>
    public static PythonFile Read(SourceText source)
    {
        var file = new PythonFile(source);
        while (file._reader.SkipToStatement()) file.ReadStatement();

        return file;
    }

    private void ReadStatement()
    {
        var start = _reader.Position;
        if (_reader.AtText)
        {
            _reader.ReadValue();
            _reader.EndStatement();
            return;
        }

        var name = _reader.TryReadName();
        if (name is not null && _reader.TryReadSubscript() is { } key)
        {
            if (TryReadAnyValue() is { } item)
            {
                _assignments.Add(new PythonAssignment(name, item, new SourceSpan(source, start, name.Length)) { Key = key });
                return;
            }

            _reader.Position = start;
            _skipped.Add(new SourceSpan(source, start, _reader.SkipStatement() - start));
            return;
        }

        var value = name is null || name is "import" or "from" ? null : TryReadValue();
        if (value is not null)
        {
            _assignments.Add(new PythonAssignment(name!, value, new SourceSpan(source, start, name!.Length)));
            _reader.EndStatement();
            return;
        }

        _reader.Position = start;
        var end = _reader.SkipStatement();
        if (name is not ("import" or "from")) _skipped.Add(new SourceSpan(source, start, end - start));
    }

    // What is assigned to an item may name another item.
    private PythonValue? TryReadAnyValue()
    {
        if (!_reader.TryTakeAssign()) return null;

        try
        {
            var value = _reader.ReadValue();
            _reader.EndStatement();
            return value;
        }
        catch (DiagnosticException)
        {
            _reader.Reset();
            return null;
        }
    }

    // NAME = literal or NAME: type = literal.
    private PythonValue? TryReadValue()
    {
        if (_reader.TryTake(':') && !_reader.SkipAnnotation()) return null;

        return _reader.TryTakeAssign() && _reader.AtLiteral ? _reader.ReadValue() : null;
    }
}

/// <summary>An assignment of a literal to a name, or to an item of it.</summary>
/// <param name="Name">The name.</param>
/// <param name="Value">The literal.</param>
/// <param name="Span">Place of the name.</param>
internal sealed record PythonAssignment(string Name, PythonValue Value, SourceSpan Span)
{
    /// <summary>The key of <c>NAME["key"] = literal</c>; null for a plain name.</summary>
    public PythonValue? Key { get; init; }
}
