using System.Text.RegularExpressions;
using InstructKit.Tasks;
using InstructKit.Templates;
using InstructKit.Templating;
using InstructKit.Templating.Settings;

namespace InstructKit.Auditing.Linting;

/// <summary>Which names of the canonical row the parts of a task read, directly and through derived fields.</summary>
internal sealed class TemplateNames(TaskDefinition task)
{
    private static readonly TemplateOptions Options = TemplateOptions.For(Dialect.Jinja);

    /// <summary>Names that an expression reads; empty when it cannot be parsed, which is reported elsewhere.</summary>
    public static IReadOnlyList<string> OfExpression(SourceText? source)
    {
        try
        {
            return source is null ? [] : TemplateExpression.Parse(source, Options).UndeclaredNames;
        }
        catch (DiagnosticException)
        {
            return [];
        }
    }

    /// <summary>Names that a template's input reads; empty when it cannot be parsed. For a template with one text for both, the names of both.</summary>
    public static IReadOnlyList<string> OfInput(TemplateDefinition template) =>
        template.Choices is null
            ? OfText(template.Input, template.Dialect)
            : [.. OfText(template.Choices, template.Dialect).Concat(OfText(template.Input, template.Dialect)).Distinct(StringComparer.Ordinal)];

    /// <summary>Names that a template's target reads; empty when it cannot be parsed.</summary>
    public static IReadOnlyList<string> OfTarget(TemplateDefinition template) => OfText(template.Target, template.Dialect);

    private static IReadOnlyList<string> OfText(SourceText source, Dialect dialect) =>
        Template.TryParse(source, TemplateOptions.For(dialect), out var template, out _) ? template.UndeclaredNames : [];

    /// <summary>Names reachable from some names: fields, options, options block, answer and answers lead to the names they are derived from.</summary>
    public IReadOnlySet<string> Reached(IEnumerable<string> names)
    {
        HashSet<string> reached = new(StringComparer.Ordinal);
        Stack<string> open = new(names);
        while (open.TryPop(out var name))
        {
            if (!reached.Add(name)) continue;

            foreach (var next in Behind(name)) open.Push(next);
        }

        return reached;
    }

    private IEnumerable<string> Behind(string name)
    {
        // A field may have the name of a column it is derived from; then the column comes first.
        var own = task.Fields.Where(field => field.Name == name).SelectMany(field => field.TemplateDialect is { } dialect ? OfText(field.Source, dialect) : OfExpression(field.Source));
        return name switch
        {
            "options" => own.Concat(OfExpression(task.OptionsExpression)),
            _ when OptionsBlock.Names.Contains(name, StringComparer.Ordinal) => own.Append("options"),
            "answers" => own.Concat(OfExpression(task.Answers)).Concat(OfExpression(task.AnswerIndex)),
            "answer" => own.Concat(task.Answer is null ? ["answers"] : OfExpression(task.Answer)),
            _ => own,
        };
    }
}

/// <summary>Finds keys of a task file in its text, to point at.</summary>
internal static class KeyPlace
{
    /// <summary>The position of a top-level key, or of a key below it. The start of the file if absent: an inherited or omitted key.</summary>
    /// <param name="key">Top-level key.</param>
    /// <param name="inner">Key below it, or null.</param>
    public static SourceSpan Find(TaskDefinition task, string key, string? inner)
    {
        var source = task.Span.Source;
        var outer = Regex.Match(source.Text, $"^{Regex.Escape(key)}(?=\\s*:)", RegexOptions.Multiline);
        if (!outer.Success) return new SourceSpan(source, task.Span.Offset, 0);

        if (inner is null) return new SourceSpan(source, outer.Index, outer.Length);

        var own = new Regex($"(?<![\\w'])['\"]?{Regex.Escape(inner)}['\"]?(?=\\s*:)").Match(source.Text, outer.Index + outer.Length);
        return own.Success ? new SourceSpan(source, own.Index, own.Length) : new SourceSpan(source, outer.Index, outer.Length);
    }
}
