using System.Diagnostics.CodeAnalysis;
using InstructKit.Templating.Compilation;
using InstructKit.Templating.Dialects;
using InstructKit.Templating.Execution;
using InstructKit.Templating.Settings;
using InstructKit.Templating.Values;

namespace InstructKit.Templating;

/// <summary>A parsed template: immutable and safe to share between threads.</summary>
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

    /// <summary>The whole output, when nothing of it depends on variables; otherwise null.</summary>
    public string? ConstantText => _program.ConstantText;

    /// <summary>What was parsed.</summary>
    public SourceText Source { get; }

    internal Program Program => _program;

    /// <summary>Reads a template.</summary>
    /// <exception cref="DiagnosticException">The text is not a valid template; every syntax error found is listed.</exception>
    public static Template Parse(SourceText source, TemplateOptions options) =>
        TryParse(source, options, out var template, out var diagnostics) ? template : throw new DiagnosticException(diagnostics);

    /// <summary>Reads a template without throwing.</summary>
    public static bool TryParse(
        SourceText source, TemplateOptions options, [NotNullWhen(true)] out Template? template, out IReadOnlyList<Diagnostic> diagnostics)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(options);
        var program = TemplateCompiler.CompileTemplate(source, options, out diagnostics);
        template = program is null ? null : new Template(source, program);
        return program is not null;
    }

    /// <summary>Renders one row. When it fails, what was appended is undefined: roll back to the mark set before.</summary>
    /// <exception cref="TemplateException">The template failed on this row; the diagnostic has the place.</exception>
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
        /// <summary>How the templates of a dialect are read and rendered unless something else is wanted.</summary>
        public static TemplateOptions For(Dialect dialect) => DialectDefinition.Of(dialect).Options;
    }
}
