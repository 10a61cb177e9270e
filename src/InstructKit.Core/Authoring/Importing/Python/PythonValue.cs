using InstructKit.Diagnostics;

namespace InstructKit.Authoring.Importing.Python;

/// <summary>A literal of a Python file.</summary>
/// <param name="Span">Where it stands.</param>
internal abstract record PythonValue(SourceSpan Span)
{
    /// <summary>What it is, in the words of a message.</summary>
    public abstract string Noun { get; }

    /// <summary>A string, with all its adjacent parts.</summary>
    /// <param name="Content">Its characters.</param>
    /// <param name="Span">Where it stands.</param>
    public sealed record Text(string Content, SourceSpan Span) : PythonValue(Span)
    {
        /// <inheritdoc/>
        public override string Noun => "a string";
    }

    /// <summary>A list, a tuple or a set.</summary>
    /// <param name="Items">The items.</param>
    /// <param name="Span">Where it stands.</param>
    public sealed record Sequence(IReadOnlyList<PythonValue> Items, SourceSpan Span) : PythonValue(Span)
    {
        /// <inheritdoc/>
        public override string Noun => Span.Source.Text[Span.Offset] switch { '[' => "a list", '{' => "a set", _ => "a tuple" };
    }

    /// <summary>A dictionary; keys may come twice, as Python allows.</summary>
    /// <param name="Entries">Keys and values in order.</param>
    /// <param name="Span">Where it stands.</param>
    public sealed record Dictionary(IReadOnlyList<(PythonValue Key, PythonValue Value)> Entries, SourceSpan Span) : PythonValue(Span)
    {
        /// <inheritdoc/>
        public override string Noun => "a dictionary";
    }

    /// <summary>A number, <c>True</c>, <c>False</c> or <c>None</c>, as written.</summary>
    /// <param name="Word">As written.</param>
    /// <param name="Span">Where it stands.</param>
    public sealed record Atom(string Word, SourceSpan Span) : PythonValue(Span)
    {
        /// <inheritdoc/>
        public override string Noun => Word;
    }
}
