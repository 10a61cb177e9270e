using System.Globalization;
using System.Text.RegularExpressions;
using InstructKit.Auditing.Linting;
using InstructKit.Authoring.Importing.Python;
using InstructKit.Diagnostics;
using InstructKit.Templating;
using InstructKit.Yaml;

namespace InstructKit.Authoring.Importing.LmEval;

/// <summary>
/// What the choices and the target of a task of lm-evaluation-harness are as options and answer (lm_eval/api/task.py, doc_to_choice and doc_to_target):
/// a column is taken as it is, a template is rendered; a number, or a rendered text of digits, is an index into the choices; a list means any of these.
/// </summary>
/// <param name="task">Name of the task, for messages.</param>
/// <param name="collector">Where to tell what cannot be imported.</param>
internal sealed partial class LmEvalAnswer(YamlScalar task, ImportCollector collector)
{
    private const string TargetField = "doc_target";

    private readonly List<string> _names = [];
    private readonly List<(string Name, string Expression)> _fields = [];

    [GeneratedRegex(@"\A[\p{L}_][\p{L}\p{N}_]*\z")]
    private static partial Regex Identifier { get; }

    /// <summary>Fixed options, or null.</summary>
    public IReadOnlyList<string>? Options { get; private set; }

    /// <summary>Expression of the options, or null.</summary>
    public string? OptionsExpression { get; private set; }

    /// <summary>Expression of the answer, or null.</summary>
    public string? Answer { get; private set; }

    /// <summary>Expression of all right answers, or null.</summary>
    public string? Answers { get; private set; }

    /// <summary>Derived values that the answer is made of.</summary>
    public IReadOnlyList<(string Name, string Expression)> Fields => _fields;

    /// <summary>Template of the target.</summary>
    public string Target { get; private set; } = "{{ answer }}";

    /// <summary>Names of the row that are read.</summary>
    public IReadOnlyList<string> Names => _names;

    private bool HasOptions => Options is not null || OptionsExpression is not null;

    /// <summary>True for a text that the harness takes as the name of a column: it has no template in it. (The harness looks whether there is such a column.)</summary>
    public static bool IsColumn(string text) => Identifier.IsMatch(text);

    /// <summary>Reads <c>doc_to_choice</c>; false when it cannot be imported.</summary>
    public bool ReadChoices(YamlNode? node)
    {
        switch (node)
        {
            case null or YamlScalar { IsNull: true }:
                return true;
            case YamlList list when list.Items.All(item => item is YamlScalar):
                Options = [.. list.Items.Cast<YamlScalar>().Select(Printed)];
                return true;
            case YamlMap map when map.Entries.All(entry => entry.Value is YamlScalar):
                Options = [.. map.Entries.Select(entry => Printed((YamlScalar)entry.Value))];
                return true;
            case YamlScalar scalar when IsColumn(scalar.Text):
                OptionsExpression = scalar.Text;
                _names.Add(scalar.Text);
                return true;
            case YamlScalar scalar when ExpressionOf(scalar) is { } expression:
                OptionsExpression = expression;
                return Collect(expression, scalar);
            case YamlScalar scalar when LiteralList(scalar) is { } options:
                Options = options;
                return true;
            default:
                return Refuse("doc_to_choice", node, "is neither a list nor a column nor one expression between {{ and }}");
        }
    }

    /// <summary>Reads <c>doc_to_target</c>, after the choices; false when it cannot be imported.</summary>
    public bool ReadTarget(YamlScalar scalar)
    {
        var text = scalar.Text;
        if (scalar.Plain && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            Answer = HasOptions ? $"options[{text}]" : $"'{text}'";
            return true;
        }

        if (IsColumn(text))
        {
            _names.Add(text);
            SetAnswer(text, $"options[{text}] if {text} is number else {text}", text);
            // `options` in an expression of ours is the task's; a column of that name would be hidden behind it.
            return text != "options" || !HasOptions || OptionsExpression == "options" || Refuse("doc_to_target", scalar, "is a column 'options', which is not what the choices are");
        }

        if (ExpressionOf(scalar) is { } expression)
        {
            _fields.Add((TargetField, expression));
            SetAnswer(TargetField, $"options[{TargetField} | int] if ({TargetField} | string).isdigit() else {TargetField} | string", $"{TargetField} | string");
            return Collect(expression, scalar) && (!_names.Contains(TargetField, StringComparer.Ordinal) || Refuse("doc_to_target", scalar, $"reads a column '{TargetField}', a name that the import needs"));
        }

        if (HasOptions) return Refuse("doc_to_target", scalar, "is to be a number, a column or one expression between {{ and }} where there are choices");

        Target = text;
        if (Template.TryParse(scalar.Embedded, TemplateOptions.For(Dialect.LmEval), out var template, out var diagnostics))
        {
            _names.AddRange(template.UndeclaredNames);
            return true;
        }

        collector.LeaveOut(ImportCodes.BadTemplate, $"'doc_to_target' of the task '{task.Text}' cannot be read.", diagnostics);
        return false;
    }

    private void SetAnswer(string value, string chosen, string single)
    {
        if (HasOptions) Answer = chosen;
        else Answers = $"{value} if {value} is iterable and {value} is not string and {value} is not mapping else [{single}]";
    }

    private static IReadOnlyList<string> NamesOf(string expression, YamlScalar scalar) =>
        TemplateExpression.Parse(SourceText.FromText(scalar.Span.Source.Name, expression), TemplateOptions.For(Dialect.Jinja)).UndeclaredNames;

    private bool Collect(string expression, YamlScalar scalar)
    {
        try
        {
            _names.AddRange(NamesOf(expression, scalar));
            return true;
        }
        catch (DiagnosticException exception)
        {
            foreach (var one in exception.Diagnostics)
                collector.LeaveOut(ImportCodes.BadTemplate, $"An expression of the task '{task.Text}' cannot be read. {one.Code}: {one.Message}", scalar.Span, one.Hint);

            return false;
        }
    }

    // The expression of a text that is nothing but one {{ … }}.
    private static string? ExpressionOf(YamlScalar scalar)
    {
        var trimmed = scalar.Text.Trim();
        var pieces = TemplatePiece.Cut(SourceText.FromText(string.Empty, trimmed), Dialect.Jinja);
        return pieces is [{ Kind: PieceKind.Output } only] && trimmed == scalar.Text.TrimEnd('\n') && only.Text.EndsWith("}}", StringComparison.Ordinal)
            ? only.Text[2..^2].Trim('-', '+').Trim()
            : null;
    }

    // A text without a template in it that Python would read as a list of texts.
    private static IReadOnlyList<string>? LiteralList(YamlScalar scalar)
    {
        var source = SourceText.FromText(string.Empty, scalar.Text.Trim());
        if (!source.Text.StartsWith('[') || source.Text.Contains("{{", StringComparison.Ordinal) || source.Text.Contains("{%", StringComparison.Ordinal))
            return null;

        try
        {
            return new PythonReader(source).ReadValue() is PythonValue.Sequence list && list.Items.All(item => item is PythonValue.Text)
                ? [.. list.Items.Cast<PythonValue.Text>().Select(item => item.Content)]
                : null;
        }
        catch (DiagnosticException)
        {
            return null;
        }
    }

    // The harness reads YAML 1.1, where a plain yes is true, and prints what it reads as Python does.
    private string Printed(YamlScalar item)
    {
        var printed = item.Text.ToLowerInvariant() switch { "yes" or "on" or "true" => "True", "no" or "off" or "false" => "False", _ => null };
        if (!item.Plain || printed is null) return item.Text;

        collector.Remark(ImportCodes.Slip, $"The choice {item.Text} of the task '{task.Text}' has no quotes, so the harness prints {printed}; so does the import.", item.Span);
        return printed;
    }

    private bool Refuse(string key, YamlNode node, string why)
    {
        collector.LeaveOut(ImportCodes.NoCounterpart, $"'{key}' of the task '{task.Text}' {why}.", node.Span);
        return false;
    }
}
