using InstructKit.Authoring.Importing.Python;
using InstructKit.Templating;
using InstructKit.Templating.Settings;
using InstructKit.Yaml;

namespace InstructKit.Authoring.Importing.LmEval;

/// <summary>Turns one task of lm-evaluation-harness into a task of ours.</summary>
/// <param name="clusters">Clusters that it belongs to.</param>
/// <param name="modules">The Python files whose functions it may name.</param>
internal sealed class LmEvalTask(LmEvalDefinition task, IReadOnlyList<string> clusters, PythonModules modules, ImportCollector collector)
{
    private const string MultipleChoice = "multiple_choice";
    private const string TextColumn = "doc_text";

    // Without these there are no rows, no input or no target.
    private static readonly string[] Essential = ["class", "custom_dataset", "process_docs", "doc_to_text", "doc_to_target", "doc_to_choice", "description"];

    private static readonly string[] Used =
    [
        "task", "dataset_path", "dataset_name", "training_split", "validation_split", "test_split", "doc_to_text", "doc_to_target", "doc_to_choice", "description",
    ];

    // The functions of these are translated where they are simple enough.
    private static readonly string[] Translated = ["process_docs", "doc_to_text", "doc_to_target", "doc_to_choice"];

    private readonly LmEvalRow _row = new();

    private string Name => task.Name.Text;

    private bool IsMultipleChoice => task.Map.FindText("output_type")?.Text == MultipleChoice;

    /// <summary>Imports it, or reports why not.</summary>
    public void Import()
    {
        if (Refused()) return;

        if (task.Map.FindText("doc_to_text") is not { } text)
        {
            Refuse("has no text under 'doc_to_text', so it makes no input", task.Map.Find("doc_to_text")?.Span ?? task.Name.Span);
            return;
        }

        if (task.Map.Find("doc_to_target") is not { } target || target is YamlScalar { IsNull: true })
        {
            Refuse("has no 'doc_to_target', so it makes no target", task.Name.Span);
            return;
        }

        var functions = new LmEvalFunctions(modules, _row);
        var answer = new LmEvalAnswer(task.Name, _row, functions, collector);
        var maker = ("process_docs", Node: task.Map.Find("process_docs") as YamlScalar);
        var current = maker;
        try
        {
            if (LmEvalFunctions.IsFunction(current.Node)) functions.MakeRows(current.Node!);

            current = ("doc_to_text", text);
            if (InputOf(text, functions) is not { } input) return;

            current = ("doc_to_choice", task.Map.Find("doc_to_choice") as YamlScalar);
            if (!answer.ReadChoices(task.Map.Find("doc_to_choice"))) return;

            current = ("doc_to_target", target as YamlScalar);
            Import(text, target, input, answer, functions);
        }
        catch (DiagnosticException exception) when (exception.Diagnostics[0].Code == ImportCodes.PythonCode)
        {
            // A text that is not a function may read the function's results.
            var (key, function) = LmEvalFunctions.IsFunction(current.Node) ? current : maker;
            var found = exception.Diagnostics[0];
            var place = found.Span is { } span && span.Source.Name != function?.Span.Source.Name ? string.Create(CultureInfo.InvariantCulture, $" ({span.Source.Name}:{span.Start})") : string.Empty;
            Refuse($"takes '{key}' from the Python function '{function?.Text}', which is not translated: {found.Message}{place}", function?.Span ?? task.Name.Span, PythonAdvice, ImportCodes.PythonCode);
        }
    }

    private void Import(YamlScalar text, YamlNode target, string input, LmEvalAnswer answer, LmEvalFunctions functions)
    {
        if (IsIndexOfInput(text, target, answer))
        {
            Refuse("is of the multiple-input form: 'doc_to_text' is the index of the correct one among the inputs in 'doc_to_choice'. A row here has one input", text.Span);
            return;
        }

        if (!answer.ReadTarget(target)) return;

        if (!answer.HasOptions && target is YamlScalar { Tag: null } blank && string.IsNullOrWhiteSpace(blank.Text))
        {
            Refuse("has a blank 'doc_to_target': what a model writes is scored by Python, and a row has no target", target.Span);
            return;
        }

        if (!answer.HasOptions && IsMultipleChoice)
        {
            Refuse("is multiple_choice and has no 'doc_to_choice'", task.Name.Span);
            return;
        }

        var settings = new LmEvalSettings(task, collector);
        settings.Report();
        collector.Take(MakeTask(input, answer, settings, functions), task.Name.Span);
    }

    // The harness renders both and joins the results: a tag that trims adjacent white space must not affect the other text.
    private static string Joined(string description, string text)
    {
        var end = description.TrimEnd();
        var start = text.TrimStart();
        var reaches = start is ['{', '{' or '%' or '#', '-', ..] || end is [.., '-', '}' or '%' or '#', '}'];
        return description.Length > 0 && reaches ? $"{description}{{{{ '' }}}}{text}" : description + text;
    }

    private const string PythonAdvice = "Write what the function makes into columns of the rows, and name those columns in the task file; then it can be imported.";

    private void Refuse(string why, SourceSpan span, string? hint = null, string code = ImportCodes.NoCounterpart) =>
        collector.LeaveOut(code, $"The task '{Name}' {why}.", span, hint, unit: $"{Name}\n{task.Name.Span.Source.Name}");

    private bool Refused()
    {
        var isRefused = false;
        foreach (var key in Essential)
        {
            if (task.Map.Find(key) is { Tag: LmEvalSettings.FunctionTag } function && Array.IndexOf(Translated, key) < 0)
                Because($"takes '{key}' from the Python function '{(function as YamlScalar)?.Text}', which would have to run", function.Span, ImportCodes.PythonCode);
            else if (key is "process_docs" or "class" or "custom_dataset" && task.Map.FindText(key) is { Tag: null } named)
                Because($"takes '{key}' from Python ('{named.Text}'), which would have to run", named.Span, ImportCodes.PythonCode);
        }

        if (task.Map.FindText("use_prompt") is { } prompt)
            Because($"takes its prompt from '{prompt.Text}'", prompt.Span, hint: "`instructkit import promptsource` imports those.");

        foreach (var key in (string[])["doc_to_image", "doc_to_audio"])
        {
            if (task.Map.Find(key) is { } media and not YamlScalar { IsNull: true }) Because($"has '{key}': its input is more than a text", media.Span);
        }

        if (task.Map.FindText("output_type") is { Text: "loglikelihood_rolling" } rolling)
            Because("measures the likelihood of whole texts; it has no input and target", rolling.Span);

        if (!isRefused && task.Map.FindText("doc_to_text") is { Text.Length: 0 } empty && string.IsNullOrWhiteSpace(task.Map.FindText("description")?.Text))
            Because("has an empty 'doc_to_text': it compares the likelihood of whole texts (minimal pairs) and has no input", empty.Span);

        return isRefused;

        void Because(string why, SourceSpan span, string code = ImportCodes.NoCounterpart, string? hint = null)
        {
            isRefused = true;
            Refuse(why, span, hint, code);
        }
    }

    // The template of the input; null when it cannot be read.
    private string? InputOf(YamlScalar text, LmEvalFunctions functions)
    {
        if (LmEvalFunctions.IsFunction(text)) return InputOf(functions.Translate(text), text);

        // A word is a column if there is one of that name; PyYAML first interprets numbers and its own keywords.
        var word = text.Plain ? PyYaml.Printed(text) : text.Text;
        var own = LmEvalRow.IsWord(word) && LmEvalRow.MayBeColumn(word) && PyYaml.IntegerOf(text) is null ? $"{{{{ {_row.AddWord(TextColumn, word)} }}}}" : word;
        var input = Joined(task.Map.FindText("description")?.Text ?? string.Empty, own);
        // Positions are those of doc_to_text unless a description precedes it.
        var source = input == text.Text ? text.Embedded : SourceText.Embedded(text.Span.Source.Name, input, _ => text.Span.Start, text.Span.Source);
        if (Template.TryParse(source, TemplateOptions.For(Dialect.LmEval), out var template, out var diagnostics))
        {
            _row.Read(template.UndeclaredNames);
            return input;
        }

        collector.LeaveOut(ImportCodes.BadTemplate, $"The input of the task '{Name}' cannot be read.", diagnostics);
        return null;
    }

    // A number is the index of the input among the choices.
    private string? InputOf(LmEvalValue value, YamlScalar function)
    {
        if (value.Kind is PythonKind.Integer or PythonKind.Boolean && IsMultipleChoice)
        {
            Refuse($"is of the multiple-input form: '{function.Text}' returns the index of the correct one among the inputs in 'doc_to_choice'. A row here has one input", function.Span);
            return null;
        }

        if (value.Kind is PythonKind.Unknown && IsMultipleChoice && value.Statements.Count == 0) _row.Keep("multiple_input", $"{value.Expression(TextColumn)} is not integer");

        return Joined(task.Map.FindText("description")?.Text ?? string.Empty, value.Template);
    }

    // If the text is a number, the harness treats it as an index into the choices, which then are the inputs.
    private bool IsIndexOfInput(YamlScalar text, YamlNode target, LmEvalAnswer answer)
    {
        if (!IsMultipleChoice || !answer.HasOptions || LmEvalFunctions.IsFunction(text)) return false;

        if (PyYaml.IntegerOf(text) is not null) return true;

        var isWord = LmEvalRow.IsWord(text.Text);
        if (target is not YamlScalar gold || PyYaml.IntegerOf(gold) is not null || (isWord ? text.Text : LmEvalRow.ExpressionOf(text)) is not { } expression) return false;

        var inputs = NamesOf(expression, isWord);
        if (inputs.Count > 0 && inputs.All(LmEvalRow.IsLabelName)) return true;

        // For other names only the rows can tell.
        var targets = LmEvalRow.IsWord(gold.Text) ? [gold.Text] : LmEvalRow.ExpressionOf(gold) is { } one ? NamesOf(one, isWord: false) : [];
        if (inputs.Count > 0 && targets.Count > 0 && !targets.Any(LmEvalRow.IsLabelName))
            _row.Keep("multiple_input", $"not ({(isWord ? TextColumn : LmEvalRow.Operand(expression))} | string).isdigit()");

        return false;
    }

    private static IReadOnlyList<string> NamesOf(string expression, bool isWord)
    {
        try
        {
            return isWord ? LmEvalRow.MayBeColumn(expression) ? [expression] : [] : LmEvalRow.NamesOf(expression, string.Empty);
        }
        catch (DiagnosticException)
        {
            // Reported where the expression is read.
            return [];
        }
    }

    private ImportedTask MakeTask(string input, LmEvalAnswer answer, LmEvalSettings settings, LmEvalFunctions functions)
    {
        var data = new LmEvalData(task, collector);
        var slices = data.Slices();
        return new ImportedTask
        {
            Key = TaskKey.Of(Name),
            Title = Name,
            Origin = $"lm-evaluation-harness, {Name}",
            Clusters = clusters,
            Note = functions.Translated.Count > 0 ? $"Translated from Python: {string.Join(", ", functions.Translated.Distinct(StringComparer.Ordinal))}." : null,
            Columns = [.. _row.Columns.Select(column => (column, "any?"))],
            Layouts = data.Layouts(slices, _row.Map),
            Slices = slices,
            KeepIf = _row.KeepIf,
            Fields = _row.Fields,
            Options = answer.Options,
            OptionsExpression = answer.OptionsExpression,
            Answer = answer.Answer,
            Answers = answer.Answers,
            AnswerIndex = answer.AnswerIndex,
            Metrics = settings.Metrics(),
            Evaluation = settings.Evaluation(),
            Templates =
            [
                new ImportedTemplate { Id = "prompt", Dialect = Dialect.LmEval, Input = input, Target = answer.Target, Metadata = settings.Rest(Used) },
            ],
        };
    }
}
