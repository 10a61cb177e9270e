using System.Diagnostics.CodeAnalysis;
using InstructKit.Templating.Compilation;
using InstructKit.Templating.Dialects;
using InstructKit.Templating.Execution;

namespace InstructKit.Templating;

/// <summary>A parsed template: immutable and thread-safe.</summary>
public sealed class Template
{
    private readonly Program _program;

    internal Template(SourceText source, Program program)
    {
        Source = source;
        _program = program;
    }

    /// <summary>Names that the template reads from outside, in order of first use, slots included; not the names that it sets itself, nor <c>_</c>.</summary>
    public IReadOnlyList<string> UndeclaredNames => _program.UndeclaredNames;

    /// <summary>True when the template is only literal text and slots.</summary>
    public bool IsPlain => _program.IsPlain;

    /// <summary>The whole output if it depends on no variable; otherwise null.</summary>
    public string? ConstantText => _program.ConstantText;

    /// <summary>The parsed text.</summary>
    public SourceText Source { get; }

    internal Program Program => _program;

    /// <summary>Parses a template.</summary>
    /// <exception cref="DiagnosticException">The text is not a valid template; every syntax error found is listed.</exception>
    public static Template Parse(SourceText source, TemplateOptions options) =>
        TryParse(source, options, out var template, out var diagnostics) ? template : throw new DiagnosticException(diagnostics);

    /// <summary>Parses a template without throwing.</summary>
    public static bool TryParse(
        SourceText source, TemplateOptions options, [NotNullWhen(true)] out Template? template, out IReadOnlyList<Diagnostic> diagnostics)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(options);
        var program = TemplateCompiler.CompileTemplate(source, options, out diagnostics);
        template = program is null ? null : new Template(source, program);
        return program is not null;
    }

    /// <summary>Renders one row. If it fails, the appended output is undefined: roll back to the earlier length.</summary>
    /// <exception cref="TemplateException">The template failed on this row; the diagnostic has the position.</exception>
    public void Render(RenderContext context, Utf8Output output)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(output);
        _program.Run(Source, context, output);
    }
}

/// <summary>The settings of the dialects.</summary>
public static class DialectOptions
{
    extension(TemplateOptions)
    {
        /// <summary>The default options of a dialect.</summary>
        public static TemplateOptions For(Dialect dialect) => DialectDefinition.Of(dialect).Options;
    }
}
