using InstructKit.Diagnostics;

namespace InstructKit.Authoring.Importing.Python;

/// <summary>A literal of a Python file.</summary>
/// <param name="Span">Where it is.</param>
internal abstract record PythonValue(SourceSpan Span)
{
    /// <summary>What it is, in the words of a message.</summary>
    public abstract string Noun { get; }

    /// <summary>A string, with all its adjacent parts.</summary>
    /// <param name="Content">Its characters.</param>
    /// <param name="Span">Where it is.</param>
    public sealed record Text(string Content, SourceSpan Span) : PythonValue(Span)
    {
        /// <inheritdoc/>
        public override string Noun => "a string";
    }

    /// <summary>A list, a tuple or a set.</summary>
    /// <param name="Items">The items.</param>
    /// <param name="Span">Where it is.</param>
    public sealed record Sequence(IReadOnlyList<PythonValue> Items, SourceSpan Span) : PythonValue(Span)
    {
        /// <inheritdoc/>
        public override string Noun => Span.Source.Text[Span.Offset] switch { '[' => "a list", '{' => "a set", _ => "a tuple" };
    }

    /// <summary>A dictionary; keys may come twice, as Python allows.</summary>
    /// <param name="Entries">Keys and values in order.</param>
    /// <param name="Span">Where it is.</param>
    public sealed record Dictionary(IReadOnlyList<(PythonValue Key, PythonValue Value)> Entries, SourceSpan Span) : PythonValue(Span)
    {
        /// <inheritdoc/>
        public override string Noun => "a dictionary";
    }

    /// <summary>A number, <c>True</c>, <c>False</c> or <c>None</c>, as written.</summary>
    /// <param name="Word">As written.</param>
    /// <param name="Span">Where it is.</param>
    public sealed record Atom(string Word, SourceSpan Span) : PythonValue(Span)
    {
        /// <inheritdoc/>
        public override string Noun => Word;
    }

    /// <summary>A call whose arguments are literals, such as the constructor of a data class; nothing is run.</summary>
    /// <param name="Name">What is called, with dots.</param>
    /// <param name="Arguments">Arguments by position.</param>
    /// <param name="Keywords">Arguments by name.</param>
    /// <param name="Span">Where it is.</param>
    public sealed record Call(string Name, IReadOnlyList<PythonValue> Arguments, IReadOnlyList<(string Name, PythonValue Value)> Keywords, SourceSpan Span) : PythonValue(Span)
    {
        /// <inheritdoc/>
        public override string Noun => $"a call of {Name}";

        /// <summary>The argument of a name, or at a position; null when it is not given.</summary>
        public PythonValue? Argument(string name, int position) =>
            Keywords.FirstOrDefault(keyword => keyword.Name == name).Value ?? (position < Arguments.Count ? Arguments[position] : null);
    }

    /// <summary>An item of something assigned before, <c>NAME["key"]</c>.</summary>
    /// <param name="Name">The name, with dots.</param>
    /// <param name="Key">The key.</param>
    /// <param name="Span">Where it is.</param>
    public sealed record Reference(string Name, PythonValue Key, SourceSpan Span) : PythonValue(Span)
    {
        /// <inheritdoc/>
        public override string Noun => $"an item of {Name}";
    }

    /// <summary>An item of a list or a value of a dictionary that is not literal; its neighbours are read all the same.</summary>
    /// <param name="Reason">Why it cannot be read.</param>
    /// <param name="Span">Where it is.</param>
    public sealed record Opaque(Diagnostic Reason, SourceSpan Span) : PythonValue(Span)
    {
        /// <inheritdoc/>
        public override string Noun => "something that is computed";
    }
}
