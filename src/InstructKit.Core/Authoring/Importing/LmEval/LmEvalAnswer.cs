using InstructKit.Authoring.Importing.Python;
using InstructKit.Templates;
using InstructKit.Templating;
using InstructKit.Templating.Settings;
using InstructKit.Yaml;

namespace InstructKit.Authoring.Importing.LmEval;

/// <summary>
/// Maps the choices and the target of a task to options and answer (lm_eval/api/task.py, doc_to_choice and doc_to_target): a word is a column where
/// there is one of that name, anything else a template; a rendered text of digits is an index into the choices, and a rendered list of Python is that list.
/// </summary>
/// <param name="task">Name of the task, for messages.</param>
/// <param name="row">The row that the texts read.</param>
/// <param name="functions">Translates functions.</param>
/// <param name="collector">Where omissions are reported.</param>
internal sealed class LmEvalAnswer(YamlScalar task, LmEvalRow row, LmEvalFunctions functions, ImportCollector collector)
{
    private const string ChoiceField = "doc_choice";
    private const string TargetField = "doc_target";

    /// <summary>Fixed options, or null.</summary>
    public IReadOnlyList<string>? Options { get; private set; }

    public string? OptionsExpression { get; private set; }

    /// <summary>Expression of the answer, or null.</summary>
    public string? Answer { get; private set; }

    /// <summary>Expression of all correct answers, or null.</summary>
    public string? Answers { get; private set; }

    /// <summary>Expression of the correct option's index or indexes, or null.</summary>
    public string? AnswerIndex { get; private set; }

    /// <summary>Template of the target.</summary>
    public string Target { get; private set; } = "{{ answer }}";

    /// <summary>True when there are choices.</summary>
    public bool HasOptions => Options is not null || OptionsExpression is not null;

    /// <summary>Reads <c>doc_to_choice</c>; false when it cannot be imported.</summary>
    /// <exception cref="DiagnosticException">Its function cannot be translated (IK9003).</exception>
    public bool ReadChoices(YamlNode? node)
    {
        switch (node)
        {
            case YamlScalar function when LmEvalFunctions.IsFunction(function):
                ReadChoices(functions.Translate(function));
                return true;
            case null or YamlScalar { IsNull: true }:
                return true;
            case YamlList { Items.Count: > 0 } list when list.Items.All(item => item is YamlScalar):
                Options = [.. list.Items.Cast<YamlScalar>().Select(Printed)];
                return true;
            case YamlMap { Entries.Count: > 0 } map when map.Entries.All(entry => entry.Value is YamlScalar):
                Options = [.. map.Entries.Select(entry => Printed((YamlScalar)entry.Value))];
                return true;
            case YamlScalar scalar when LmEvalRow.IsWord(scalar.Text):
                return ReadWordChoices(scalar);
            case YamlScalar scalar when LmEvalRow.ExpressionOf(scalar) is { } expression:
                // A list in brackets is a list; the value of a name may be the text of one.
                OptionsExpression = expression.StartsWith('[') ? expression : $"{LmEvalRow.Operand(expression)} | python_list";
                return Collect(expression, scalar) is not null;
            case YamlScalar scalar:
                OptionsExpression = $"{row.AddField(ChoiceField, scalar.Text, Dialect.LmEval)} | python_list";
                return CollectTemplate(scalar, "doc_to_choice");
            default:
                return Refuse("doc_to_choice", node, "is neither a list nor a column nor a template of a list");
        }
    }

    /// <summary>Reads <c>doc_to_target</c>, after the choices; false when it cannot be imported.</summary>
    /// <exception cref="DiagnosticException">Its function cannot be translated (IK9003).</exception>
    public bool ReadTarget(YamlNode node)
    {
        switch (node)
        {
            case YamlScalar function when LmEvalFunctions.IsFunction(function):
                ReadTarget(functions.Translate(function));
                return true;
            case YamlList { Items.Count: > 0 } list when list.Items.All(item => item is YamlScalar):
                SetList([.. list.Items.Cast<YamlScalar>()]);
                return true;
            case YamlScalar { IsNull: false } scalar:
                return ReadTarget(scalar);
            default:
                return Refuse("doc_to_target", node, "is neither a text nor a number nor a list of them");
        }
    }

    private void ReadChoices(LmEvalValue value)
    {
        if (value.Meaning is PythonMeaning.Sequence { Items.Count: > 0 } list && list.Items.All(item => item is PythonMeaning.Constant { Value: string }))
            Options = [.. list.Items.Select(item => (string)((PythonMeaning.Constant)item).Value!)];
        else
            OptionsExpression = value.Expression(ChoiceField);
    }

    // What a function returns is taken by its type; a text is a choice itself, never an index.
    private void ReadTarget(LmEvalValue value)
    {
        if (HasOptions)
        {
            if (value.Kind == PythonKind.Text) Answer = value.Expression(TargetField);
            else AnswerIndex = value.Expression(TargetField);
        }
        else if (value.Kind == PythonKind.Text)
        {
            Target = value.Template;
        }
        else if (value.Kind == PythonKind.List)
        {
            Answers = value.Expression(TargetField);
        }
        else if (value.Statements.Count > 0)
        {
            SetAnswers(row.AddField("doc_answers", value.Expression(TargetField)));
        }
        else
        {
            SetAnswers(row.AddField(TargetField, value.Expression(TargetField)));
        }
    }

    private bool ReadTarget(YamlScalar scalar)
    {
        var text = scalar.Text;
        if (PyYaml.IntegerOf(scalar) is { } number)
        {
            if (HasOptions) AnswerIndex = number.ToString(CultureInfo.InvariantCulture);
            else Answer = $"'{number.ToString(CultureInfo.InvariantCulture)}'";

            return true;
        }

        if (LmEvalRow.IsWord(text)) return ReadWordTarget(scalar, scalar.Plain ? PyYaml.Printed(scalar) : text);

        if (LmEvalRow.ExpressionOf(scalar) is { } expression)
        {
            if (Collect(expression, scalar) is not { } names) return false;

            // The rendered text decides: True is a text, not an index.
            if (HasOptions)
            {
                var isHidden = names.Any(name => CompiledTask.TaskNames.Contains(name, StringComparer.Ordinal));
                AnswerIndex = $"{(isHidden ? row.AddField(TargetField, expression) : LmEvalRow.Operand(expression))} | string | python_list";
                return true;
            }

            SetAnswers(row.AddField(TargetField, $"{LmEvalRow.Operand(expression)} | python_list"));
            return true;
        }

        if (HasOptions || text.TrimStart() is ['[', ..] or ['{', '%', ..])
        {
            var field = row.AddField(TargetField, text, Dialect.LmEval);
            if (HasOptions) AnswerIndex = $"{field} | python_list";
            else SetAnswers(row.AddField("doc_answers", $"{field} | python_list"));
        }
        else
        {
            Target = text;
        }

        return CollectTemplate(scalar, "doc_to_target");
    }

    private bool ReadWordTarget(YamlScalar scalar, string word)
    {
        if (!HasOptions)
        {
            if (LmEvalRow.MayBeColumn(word)) SetAnswers(row.AddWord(TargetField, word));
            else Answer = JinjaLiteral.Quoted(word);

            return true;
        }

        // For other words only the rows show whether they are columns, or choices themselves.
        if (LmEvalRow.IsIdentifier(word) && LmEvalRow.IsLabelName(word) && Options?.Contains(word, StringComparer.Ordinal) != true)
        {
            row.Read([word]);
            AnswerIndex = CompiledTask.TaskNames.Contains(word, StringComparer.Ordinal) ? row.AddField(TargetField, word) : word;
            return true;
        }

        if (!LmEvalRow.MayBeColumn(word)) return Refuse("doc_to_target", scalar, "is neither a column nor a choice");

        AnswerIndex = word.All(char.IsAsciiDigit) ? word.TrimStart('0') is { Length: > 0 } digits ? digits : "0" : row.AddWord(TargetField, word);
        return true;
    }

    private bool ReadWordChoices(YamlScalar scalar)
    {
        if (LiteralList(scalar) is { } options)
        {
            Options = options;
            return true;
        }

        if (!LmEvalRow.MayBeColumn(scalar.Text)) return Refuse("doc_to_choice", scalar, "is neither a list nor a column nor a template of a list");

        if (LmEvalRow.IsIdentifier(scalar.Text))
        {
            OptionsExpression = scalar.Text;
            row.Read([scalar.Text]);
        }
        else
        {
            OptionsExpression = row.AddWord(ChoiceField, scalar.Text);
        }

        return true;
    }

    // A list in the file itself: indexes or texts of choices, or the correct answers.
    private void SetList(IReadOnlyList<YamlScalar> items)
    {
        var list = $"[{string.Join(", ", items.Select(item => PyYaml.IntegerOf(item) is { } number ? number.ToString(CultureInfo.InvariantCulture) : JinjaLiteral.Quoted(PyYaml.Printed(item))))}]";
        if (HasOptions) AnswerIndex = list;
        else Answers = $"{list} | map('string') | list";
    }

    private void SetAnswers(string name) =>
        Answers = $"{name} if {name} is iterable and {name} is not string and {name} is not mapping else [{name} | string]";

    private IReadOnlyList<string>? Collect(string expression, YamlScalar scalar) => collector.Try(
        () => row.ReadExpression(expression, scalar.Span.Source.Name), ImportCodes.BadTemplate, $"An expression of the task '{task.Text}' cannot be read.", scalar.Span);

    private bool CollectTemplate(YamlScalar scalar, string key)
    {
        if (Template.TryParse(scalar.Embedded, TemplateOptions.For(Dialect.LmEval), out var template, out var diagnostics))
        {
            row.Read(template.UndeclaredNames);
            return true;
        }

        collector.LeaveOut(ImportCodes.BadTemplate, $"'{key}' of the task '{task.Text}' cannot be read.", diagnostics);
        return false;
    }

    // A text that Python would parse as a list of strings.
    private static IReadOnlyList<string>? LiteralList(YamlScalar scalar)
    {
        var text = scalar.Text.Trim();
        return text.StartsWith('[')
            && PythonFile.TryReadValue(SourceText.FromText(string.Empty, text)) is PythonExpression.Display { Items.Count: > 0 } list
            && list.Items.All(item => item is PythonExpression.Text)
            ? [.. list.Items.Cast<PythonExpression.Text>().Select(item => item.Content)]
            : null;
    }

    // Python prints the value parsed by PyYAML, which is not always the written text.
    private string Printed(YamlScalar item)
    {
        var printed = PyYaml.Printed(item);
        if (printed != item.Text)
            collector.Remark(ImportCodes.Slip, $"The choice {item.Text} of the task '{task.Text}' has no quotes, so the harness prints {printed}; so does the import.", item.Span);

        return printed;
    }

    private bool Refuse(string key, YamlNode node, string why)
    {
        collector.LeaveOut(ImportCodes.NoCounterpart, $"'{key}' of the task '{task.Text}' {why}.", node.Span);
        return false;
    }
}
