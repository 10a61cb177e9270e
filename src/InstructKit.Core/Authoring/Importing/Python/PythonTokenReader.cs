using InstructKit.Diagnostics;

namespace InstructKit.Authoring.Importing.Python;

/// <summary>Goes through the tokens of a Python file.</summary>
/// <param name="source">The text that the tokens are of.</param>
internal abstract class PythonTokenReader(SourceText source)
{
    private readonly IReadOnlyList<PythonToken> _tokens = new PythonLexer(source).ReadAll();

    /// <summary>The text that the tokens are of.</summary>
    protected SourceText Source { get; } = source;

    /// <summary>How deep the expression is nested.</summary>
    protected int Depth { get; set; }

    /// <summary>Index of the next token.</summary>
    protected int At { get; set; }

    /// <summary>The next token.</summary>
    protected PythonToken Peek => _tokens[At];

    /// <summary>The one behind it.</summary>
    protected PythonToken Following => _tokens[Math.Min(At + 1, _tokens.Count - 1)];

    /// <summary>The one before it.</summary>
    protected PythonToken Preceding => _tokens[At - 1];

    /// <summary>An error at a place of a Python file.</summary>
    public static DiagnosticException Error(string message, SourceSpan span) => new(new Diagnostic(ImportCodes.Unreadable, Severity.Error, $"{message}.", span));

    /// <summary>Takes an operator.</summary>
    protected bool Take(string text)
    {
        if (!IsOperator(text)) return false;

        At++;
        return true;
    }

    /// <summary>Takes a word.</summary>
    protected bool TakeName(string text)
    {
        if (!IsName(text)) return false;

        At++;
        return true;
    }

    /// <summary>Requires an operator.</summary>
    protected void Require(string text)
    {
        if (!Take(text)) throw Expected($"'{text}'");
    }

    /// <summary>True when a word is next.</summary>
    protected bool IsName(string text) => Peek.Kind == PythonTokenKind.Name && Peek.Text == text;

    /// <summary>True when an operator is next.</summary>
    protected bool IsOperator(string text) => Peek.Kind == PythonTokenKind.Operator && Peek.Text == text;

    /// <summary>Takes the next token.</summary>
    protected PythonToken Next() => _tokens[Math.Min(At++, _tokens.Count - 1)];

    /// <summary>An error that something is missing.</summary>
    protected DiagnosticException Expected(string what) =>
        Error($"Expected {what}, found {(Peek.Kind is PythonTokenKind.Name or PythonTokenKind.Number or PythonTokenKind.Operator ? $"'{Peek.Text}'" : Peek.Kind is PythonTokenKind.Text or PythonTokenKind.Formatted ? "a string" : "the end of the line")}", Peek.Span);

    /// <summary>The place from a token up to the last one.</summary>
    protected SourceSpan SpanFrom(int token)
    {
        var start = _tokens[token].Span.Offset;
        var last = _tokens[Math.Max(token, At - 1)].Span;
        return new SourceSpan(Source, start, Math.Max(last.Offset + last.Length - start, 0));
    }
}
