namespace InstructKit.Authoring.Importing.Python;

/// <summary>
/// Reads what a Python file assigns to names at its top level, as far as it is literal: strings, numbers, lists, tuples, sets, dictionaries. Nothing is run.
/// Imports, definitions and lone strings are passed over; any other statement is reported with its place, because it may change what was assigned.
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
        if (name is not ("import" or "from" or "class" or "def" or "async") && source.Text[start] != '@') _skipped.Add(new SourceSpan(source, start, end - start));
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
/// <param name="Value">The literal.</param>
/// <param name="Span">Place of the name.</param>
internal sealed record PythonAssignment(string Name, PythonValue Value, SourceSpan Span)
{
    /// <summary>The key of <c>NAME["key"] = literal</c>; null for a plain name.</summary>
    public PythonValue? Key { get; init; }
}

/// <summary>A literal of a Python file.</summary>
internal abstract record PythonValue(SourceSpan Span)
{
    /// <summary>What it is, in the words of a message.</summary>
    public abstract string Noun { get; }

    /// <summary>A string, with all its adjacent parts.</summary>
    /// <param name="Content">Its characters.</param>
    public sealed record Text(string Content, SourceSpan Span) : PythonValue(Span)
    {
        public override string Noun => "a string";
    }

    /// <summary>A list, a tuple or a set.</summary>
    public sealed record Sequence(IReadOnlyList<PythonValue> Items, SourceSpan Span) : PythonValue(Span)
    {
        public override string Noun => Span.Source.Text[Span.Offset] switch { '[' => "a list", '{' => "a set", _ => "a tuple" };
    }

    /// <summary>A dictionary; keys may come twice, as Python allows.</summary>
    /// <param name="Entries">Keys and values in order.</param>
    public sealed record Dictionary(IReadOnlyList<(PythonValue Key, PythonValue Value)> Entries, SourceSpan Span) : PythonValue(Span)
    {
        public override string Noun => "a dictionary";
    }

    /// <summary>A number, <c>True</c>, <c>False</c> or <c>None</c>, as written.</summary>
    /// <param name="Word">As written.</param>
    public sealed record Atom(string Word, SourceSpan Span) : PythonValue(Span)
    {
        public override string Noun => Word;
    }

    /// <summary>A call whose arguments are literals, such as the constructor of a data class; nothing is run.</summary>
    /// <param name="Name">What is called, with dots.</param>
    /// <param name="Arguments">Arguments by position.</param>
    /// <param name="Keywords">Arguments by name.</param>
    public sealed record Call(string Name, IReadOnlyList<PythonValue> Arguments, IReadOnlyList<(string Name, PythonValue Value)> Keywords, SourceSpan Span) : PythonValue(Span)
    {
        public override string Noun => $"a call of {Name}";

        public PythonValue? Argument(string name, int position) =>
            Keywords.FirstOrDefault(keyword => keyword.Name == name).Value ?? (position < Arguments.Count ? Arguments[position] : null);
    }

    /// <summary>An item of something assigned before, <c>NAME["key"]</c>.</summary>
    /// <param name="Name">The name, with dots.</param>
    public sealed record Reference(string Name, PythonValue Key, SourceSpan Span) : PythonValue(Span)
    {
        public override string Noun => $"an item of {Name}";
    }

    /// <summary>An item of a list or a value of a dictionary that is not literal; its neighbours are read all the same.</summary>
    /// <param name="Reason">Why it cannot be read.</param>
    public sealed record Opaque(Diagnostic Reason, SourceSpan Span) : PythonValue(Span)
    {
        public override string Noun => "something that is computed";
    }
}
