using InstructKit.Templating.Compilation;
using InstructKit.Templating.Execution;
using InstructKit.Templating.Syntax;

namespace InstructKit.Templating;

/// <summary>One expression, as written between <c>{{</c> and <c>}}</c>. Immutable and thread-safe.</summary>
public sealed class TemplateExpression
{
    private readonly SourceText _source;
    private readonly Program _program;
    private readonly int _slot;

    private TemplateExpression(SourceText source, Program program)
    {
        _source = source;
        _program = program;
        _slot = program.SlotIndex ?? -1;
    }

    /// <summary>Names that the expression reads, in order of first use.</summary>
    public IReadOnlyList<string> UndeclaredNames => _program.UndeclaredNames;

    /// <summary>The slot, if the expression is just a column's name.</summary>
    public int? SlotIndex => _slot < 0 ? null : _slot;

    /// <summary>True when it depends on no variable.</summary>
    public bool IsConstant => _program.IsConstant;

    /// <summary>Parses an expression.</summary>
    /// <exception cref="DiagnosticException">The text is not a valid expression.</exception>
    public static TemplateExpression Parse(SourceText source, TemplateOptions options)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(options);
        var program = TemplateCompiler.CompileExpression(source, options, out var diagnostics) ?? throw new DiagnosticException(diagnostics);
        return new TemplateExpression(source, program);
    }

    /// <summary>The positions where an expression indexes a list with a computed index, such as <c>options[label]</c>; none when it is not valid.</summary>
    /// <param name="source">The expression.</param>
    /// <param name="options">How to parse it.</param>
    /// <param name="lists">The lists, each as written.</param>
    internal static IReadOnlyList<IndexUse> IndexUses(SourceText source, TemplateOptions options, IReadOnlyCollection<string> lists)
    {
        List<Diagnostic> errors = [];
        if (TemplateCompiler.ParseExpression(source, options, errors) is not { } expression) return [];

        List<IndexUse> uses = [];
        foreach (var (index, conditions, isNamed, becomesInt) in IndexWalk.Find(expression, source.Text, lists))
        {
            List<(TemplateExpression, bool)> compiled = [.. conditions.Select(condition => (Part(condition.Test)!, condition.Holds))];
            if (Part(index) is { } part && compiled.TrueForAll(condition => condition.Item1 is not null)) uses.Add(new IndexUse(part, [.. compiled], isNamed, becomesInt));
        }

        return uses;

        TemplateExpression? Part(Expression part) =>
            TemplateCompiler.CompileExpression(part, source, options, errors) is { } program ? new TemplateExpression(source, program) : null;
    }

    /// <summary>Its value for the row. A text may be a slice of the row's buffer, or of scratch space that the next row reuses.</summary>
    /// <exception cref="TemplateException">It failed on this row; the diagnostic has the position.</exception>
    public Value Evaluate(RenderContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return _program.Evaluate(_source, context);
    }
}

/// <summary>A position where an expression indexes a list with a computed index.</summary>
/// <param name="Conditions">What must be true (or false) for it to be reached, outer conditions first.</param>
/// <param name="IsNamed">True for an element of a list requested by name; false for one of a list literal.</param>
/// <param name="BecomesInt">True when the index goes through the filter <c>int</c>, which maps non-numbers to 0.</param>
internal sealed record IndexUse(TemplateExpression Index, (TemplateExpression Test, bool Holds)[] Conditions, bool IsNamed, bool BecomesInt);
