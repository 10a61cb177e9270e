using InstructKit.Templating.Compilation;
using InstructKit.Templating.Dialects;

namespace InstructKit.Templating;

/// <summary>A promptsource template: a text whose separators <c>|||</c> separate input and target, and an optional template for the answer choices. Applying it
/// follows promptsource (commit 7dab96a): guarded separators, stripped pieces, <c>answer_choices</c> as a list.</summary>
public sealed class PromptsourceTemplate
{
    private const string ChoicesName = "answer_choices";

    private readonly Template _template;
    private readonly Template? _choices;
    private static readonly SeparatorGuard Original = new(splitAtData: true);

    private readonly SeparatorGuard _guard;
    private readonly Template? _originalChoices;
    private readonly int _choicesSlot;

    private PromptsourceTemplate(Template template, Template? choices, Template? originalChoices, int choicesSlot, SeparatorGuard guard)
    {
        _originalChoices = originalChoices;
        _template = template;
        _choices = choices;
        _choicesSlot = choicesSlot;
        _guard = guard;
        FixedChoices = choices?.Program.ConstantBytes is { } text ? [.. _guard.Divide(new RenderContext(RenderLimits.Default), text).Select(piece => piece.ToString())] : null;
    }

    /// <summary>Names that the template and the choices read from the row, in order of first use; without <c>answer_choices</c>.</summary>
    public IReadOnlyList<string> UndeclaredNames =>
        [.. (_choices?.UndeclaredNames ?? []).Concat(_template.UndeclaredNames).Where(name => name != ChoicesName).Distinct(StringComparer.Ordinal)];

    /// <summary>True when there is a template for the choices.</summary>
    public bool HasChoices => _choices is not null;

    /// <summary>True when the template mentions its choices.</summary>
    public bool UsesChoices => _template.UndeclaredNames.Contains(ChoicesName, StringComparer.Ordinal);

    /// <summary>The choices, when they are the same for every row.</summary>
    public IReadOnlyList<string>? FixedChoices { get; }

    /// <summary>Parses the two texts.</summary>
    /// <param name="jinja">The template.</param>
    /// <param name="choices">The template of the choices; null when there are none.</param>
    /// <param name="options">Usually <see cref="DialectOptions"/>; the slots are the row's columns.</param>
    /// <param name="how">How to split and truncate; null: only separators written in the template split, nothing is truncated.</param>
    /// <exception cref="DiagnosticException">One of them is not a valid template, or a column is named <c>answer_choices</c>.</exception>
    public static PromptsourceTemplate Parse(SourceText jinja, SourceText? choices, TemplateOptions options, PromptsourceOptions? how = null)
    {
        ArgumentNullException.ThrowIfNull(jinja);
        ArgumentNullException.ThrowIfNull(options);
        how ??= new PromptsourceOptions();
        if (options.Slots.Contains(ChoicesName, StringComparer.Ordinal)) throw new DiagnosticException(Reserved(jinja));
        var guard = new SeparatorGuard(how.SplitAtData);
        var inner = options with { Slots = [.. options.Slots, ChoicesName] };
        var template = Parse(how.Truncate ? TruncatedSource.Of(jinja) : jinja, inner, guard);
        return new PromptsourceTemplate(
            template, choices is null ? null : Parse(choices, options, guard), choices is null ? null : Parse(choices, options, Original), options.Slots.Count, guard);
    }

    /// <summary>Renders one row and splits the result.</summary>
    /// <exception cref="TemplateException">The template failed on this row.</exception>
    public PromptsourceResult Apply(RenderContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Variables.TryGetItem(ChoicesName, out _)) throw new TemplateException(Reserved(_template.Source));
        return Guarded(context, _guard, () =>
        {
            var choices = _choices is null ? null : Render(context, _choices, _guard);
            context.SetSlot(_choicesSlot, choices is null ? Value.None : Value.FromList(choices));
            return new PromptsourceResult(Render(context, _template, _guard), choices);
        });
    }

    /// <summary>The row's choices as promptsource itself lists them: separators in lists and mappings of the row, which are often joined to the choices,
    /// also split. Those that the template sees are in the result of <see cref="Apply"/>; if no choice contains a stroke, both are the same.</summary>
    /// <exception cref="TemplateException">The template of the choices failed on this row.</exception>
    public IReadOnlyList<Value>? OriginalChoices(RenderContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return _originalChoices is null ? null : Guarded(context, Original, () => Render(context, _originalChoices, Original));
    }

    private static T Guarded<T>(RenderContext context, SeparatorGuard guard, Func<T> render)
    {
        context.Guard = guard.SplitsAtData ? SeparatorGuard.Protect : null;
        context.ForgetValues();
        try
        {
            return render();
        }
        finally
        {
            context.Guard = null;
            context.ForgetValues();
        }
    }

    private static Template Parse(SourceText source, TemplateOptions options, SeparatorGuard guard)
    {
        var program = TemplateCompiler.CompileTemplate(source, options, out var diagnostics, guard.Encode);
        return program is null ? throw new DiagnosticException(diagnostics) : new Template(source, program);
    }

    private static Diagnostic Reserved(SourceText source) => new(
        TemplateCodes.WrongArgument, Severity.Error, $"the row has a field '{ChoicesName}', which promptsource keeps for the template's choices", new SourceSpan(source, 0, 0));

    private static List<Value> Render(RenderContext context, Template template, SeparatorGuard guard)
    {
        var output = context.BeginCapture();
        template.Render(context, output);
        var pieces = guard.Divide(context, output.Written);
        context.EndCapture(output);
        return pieces;
    }
}

/// <summary>How a promptsource template is applied.</summary>
public sealed record PromptsourceOptions
{
    /// <summary>As in promptsource: a separator in nested data, or the guard token in any data, also splits. Off: only separators written in the
    /// template split.</summary>
    public bool SplitAtData { get; init; }

    /// <summary>As promptsource's default: every printed expression is truncated at a word to 2,048 code points, marked with <c>...</c>.</summary>
    public bool Truncate { get; init; }
}

/// <summary>Result of applying a promptsource template. The texts are valid as long as the row.</summary>
/// <param name="Pieces">The stripped pieces between separators; input and target when there are two. Never empty.</param>
/// <param name="Choices">The stripped answer choices; null when the template has none.</param>
public sealed record PromptsourceResult(IReadOnlyList<Value> Pieces, IReadOnlyList<Value>? Choices);
