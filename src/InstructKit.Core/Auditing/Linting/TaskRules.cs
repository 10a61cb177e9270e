using InstructKit.Tasks;
using InstructKit.Templates;
using InstructKit.Templating;
using InstructKit.Templating.Settings;

namespace InstructKit.Auditing.Linting;

/// <summary>Rules on a task file as a whole.</summary>
internal static class TaskRules
{
    // FLAN's code has ten patterns for each dataset; its paper allows up to three inverted ones, and the catalogue one more for
    // tasks that work well in both directions.
    private const int Templates = 10;
    private const int MaxTurnedAround = 4;

    /// <summary>Compiles the task, and each of its variants, for every layout; adds each of the compiler's diagnostics once.</summary>
    /// <returns>True when everything compiles.</returns>
    public static bool Compile(TaskFiles catalog, TaskDefinition task, FindingList findings)
    {
        HashSet<string> told = new(StringComparer.Ordinal);
        foreach (var variant in task.Variants.Prepend(null))
        {
            try
            {
                var definition = variant is null ? task : catalog.Get(task.Key, variant);
                foreach (var layout in definition.Layouts) Collect(() => CompiledTask.Compile(definition, layout, [.. definition.AllTemplates]));
            }
            catch (DiagnosticException exception)
            {
                findings.AddAll(exception.Diagnostics.Where(diagnostic => told.Add(diagnostic.ToString())));
            }
        }

        return told.Count == 0;

        void Collect(Func<CompiledTask> compile)
        {
            try
            {
                _ = compile();
            }
            catch (DiagnosticException exception)
            {
                findings.AddAll(exception.Diagnostics.Where(diagnostic => told.Add(diagnostic.ToString())));
            }
        }
    }

    /// <summary>Columns and fields that nothing reads.</summary>
    public static void CheckColumns(TaskDefinition task, FindingList findings)
    {
        List<string> used =
        [
            .. task.AllTemplates.SelectMany(template => TemplateNames.OfInput(template)
                .Concat(TemplateNames.OfTarget(template))
                .Concat(TemplateNames.OfExpression(template.Answer))),
            .. task.KeepIf.Concat(task.Layouts.SelectMany(layout => layout.KeepIf)).SelectMany(condition => TemplateNames.OfExpression(condition.Source)),
            .. TemplateNames.OfExpression(task.OptionsExpression),
            .. TemplateNames.OfExpression(task.Answer),
            .. TemplateNames.OfExpression(task.Answers),
            .. TemplateNames.OfExpression(task.AnswerIndex),
            .. TemplateNames.OfExpression(task.Group),
        ];
        var reached = new TemplateNames(task).Reached(used);
        foreach (var column in task.Columns.Where(column => !reached.Contains(column.Name)))
            findings.Add(LintCodes.UnusedColumn, $"Nothing reads the column '{column.Name}'.", KeyPlace.Find(task, "columns", column.Name));

        foreach (var field in task.Fields.Where(field => !reached.Contains(field.Name)))
            findings.Add(LintCodes.UnusedColumn, $"Nothing reads the field '{field.Name}'.", KeyPlace.Find(task, "fields", field.Name));
    }

    /// <summary>Columns and fields that hide what the task derives under their names.</summary>
    public static void CheckNames(TaskDefinition task, FindingList findings)
    {
        foreach (var (key, name) in task.Columns.Select(column => ("columns", column.Name)).Concat(task.Fields.Select(field => ("fields", field.Name))))
        {
            var made = name switch
            {
                "answer" when task.Answer is not null || task.Answers is not null || task.AnswerIndex is not null => task.Answer?.Text ?? string.Empty,
                "answers" when task.Answers is not null || task.AnswerIndex is not null => task.Answers?.Text ?? string.Empty,
                "options" when task.IsClassification => task.OptionsExpression?.Text ?? string.Empty,
                "options_block" when task.IsClassification => string.Empty,
                _ => name,
            };
            if (made.Trim() != name)
            {
                findings.Add(
                    LintCodes.HiddenName, $"The {(key == "columns" ? "column" : "field")} '{name}' and the task's own '{name}' are two things; in templates '{name}' is the {(key == "columns" ? "column" : "field")}.", KeyPlace.Find(task, key, name));
            }
        }
    }

    /// <summary>Number and kinds of templates, metrics, citation.</summary>
    /// <param name="isOwn">True for a user's task: ten templates are a rule of the catalogue.</param>
    public static void CheckForm(TaskDefinition task, bool isOwn, FindingList findings)
    {
        var templates = KeyPlace.Find(task, "templates", null);
        if (task.Conversation is null && task.Templates.Count != Templates)
        {
            findings.Add(
                LintCodes.TemplateCount, $"The task has {task.Templates.Count} templates; FLAN has {Templates}.", templates, severity: isOwn ? Severity.Info : null);
        }

        var direct = task.DirectTemplates.Count();
        if (direct == 0)
            findings.Add(LintCodes.KindBalance, "No template is direct, so the task cannot be evaluated.", templates);
        else if (task.Templates.Count - direct > MaxTurnedAround)
            findings.Add(LintCodes.KindBalance, $"{task.Templates.Count - direct} templates are inverted; at most {MaxTurnedAround} should.", templates);

        if (task.Metrics.Count == 0)
            findings.Add(LintCodes.NoMetrics, "The task lists no metrics.", KeyPlace.Find(task, "metrics", null), hint: $"Known are {string.Join(", ", MetricNames.All)}.");

        if (task.Cite is null) findings.Add(LintCodes.NoCitation, "The task has no `cite`.", KeyPlace.Find(task, "task", null));
    }

    /// <summary>Kinds against the columns that templates read, and direct inputs that read the answer.</summary>
    public static void CheckReads(TaskDefinition task, FindingList findings)
    {
        var names = new TemplateNames(task);
        // Fixed options carry no information about the row.
        var ofRow = task.Columns.Select(column => column.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var template in task.Templates.Where(template => template is { IsPromptsource: false, IsConversation: false }))
        {
            var direct = TemplateNames.OfInput(template);
            if (direct.Count == 0 && !Template.TryParse(template.Input, TemplateOptions.For(template.Dialect), out _, out _)) continue;

            var readsRow = names.Reached(direct.Concat(TemplateNames.OfExpression(template.Answer).Where(_ => direct.Contains("answer")))).Overlaps(ofRow);
            if (template.Kind == TemplateKind.Unconditional && readsRow)
                findings.Add(LintCodes.KindMismatch, $"The template '{template.Id}' is called unconditional and reads the row.", template.Span, template);
            else if (template.Kind != TemplateKind.Unconditional && !readsRow)
                findings.Add(LintCodes.KindMismatch, $"The input of the {template.KindText} template '{template.Id}' reads nothing of the row.", template.Span, template);

            if (template.Kind == TemplateKind.Direct && direct.FirstOrDefault(name => name is "answer" or "answers" && !(template.TargetIsAnswer && ofRow.Contains(name))) is { } answer)
                findings.Add(LintCodes.AnswerInInput, $"The input of the direct template '{template.Id}' reads '{answer}'.", template.Span, template);
        }
    }
}
