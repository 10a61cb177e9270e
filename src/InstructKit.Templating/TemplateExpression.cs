using InstructKit.Diagnostics;
using InstructKit.Templating.Compilation;
using InstructKit.Templating.Execution;
using InstructKit.Templating.Settings;
using InstructKit.Templating.Values;

namespace InstructKit.Templating;

/// <summary>One expression, as written between <c>{{</c> and <c>}}</c>. Immutable and safe to share between threads.</summary>
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

    /// <summary>The slot, when the expression is just the name of one.</summary>
    public int? SlotIndex => _slot < 0 ? null : _slot;

    /// <summary>True when it depends on no variable.</summary>
    public bool IsConstant => _program.IsConstant;

    /// <summary>Reads an expression.</summary>
    /// <exception cref="DiagnosticException">The text is not a valid expression.</exception>
    public static TemplateExpression Parse(SourceText source, TemplateOptions options)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(options);
        var program = TemplateCompiler.CompileExpression(source, options, out var diagnostics) ?? throw new DiagnosticException(diagnostics);
        return new TemplateExpression(source, program);
    }

    /// <summary>Its value for the row. A text may be a slice of the row's buffer, or of scratch space that the next row takes back.</summary>
    /// <exception cref="TemplateException">It failed on this row; the diagnostic has the place.</exception>
    public Value Evaluate(RenderContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return _program.Evaluate(_source, context);
    }
}
