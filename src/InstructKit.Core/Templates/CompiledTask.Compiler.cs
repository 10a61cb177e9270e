using InstructKit.Tasks;
using InstructKit.Templating;
using InstructKit.Templating.Settings;
using InstructKit.Templating.Values;

namespace InstructKit.Templates;

/// <summary>Compiles a task.</summary>
public sealed partial class CompiledTask
{
    private sealed class Compiler(TaskDefinition task, Layout layout, List<Diagnostic> diagnostics)
    {
        private readonly SlotScope _canonical = new($"The task '{task.Key}'");
        private SlotScope _row = new(string.Empty);
        private int _slots;

        public CompiledTask Compile(IReadOnlyList<TemplateDefinition> prompts)
        {
            var source = SourceColumns();
            _slots = source.Count;
            var columns = BindColumns(source);
            var conditions = layout.KeepIf.Concat(task.KeepIf).ToList();
            var early = conditions.Where(condition => IsEarly(condition)).Select(Condition).OfType<BoundExpression>().ToList();
            var program = new CompiledTask(task, source) { Columns = [.. columns], EarlyConditions = [.. early] };
            program.Group = CompileOptional(task.Group);
            program.GroupColumns = [.. columns.Where(column => program.Group?.UndeclaredNames.Contains(column.Column.Name, StringComparer.Ordinal) == true)];
            program.Fields = [.. task.Fields.Select(Field).OfType<BoundExpression>()];
            BindCut(program);
            _row = _canonical.Copy();
            BindOptions(program);
            BindAnswer(program);
            MarkLabels(program);
            program.LateConditions = [.. conditions.Where(condition => !IsEarly(condition)).Select(Condition).OfType<BoundExpression>()];
            program.Templates = [.. prompts.Select(prompt => Prompt(program, prompt)).OfType<CompiledTemplate>()];
            Prune(program);
            return program;
        }

        // The source columns read by map expressions and unmapped columns.
        private List<string> SourceColumns()
        {
            List<string> names = [.. task.Columns.Where(column => Mapping(column.Name) is null).Select(column => column.Name)];
            foreach (var map in layout.Map)
            {
                var isColumn = task.Columns.Any(column => column.Name == map.Name);
                if (!isColumn)
                {
                    diagnostics.Add(new Diagnostic(
                        TaskCodes.UnknownColumn, Severity.Error, $"The layout '{layout.Name}' maps '{map.Name}', which is not a column of the task.", map.NameSpan)
                    { Hint = NearestName.Hint(map.Name, task.Columns.Select(column => column.Name)) });
                }

                names = [.. names.Union(NamesIn(map.Source, isColumn ? [] : diagnostics), StringComparer.Ordinal)]; // that of a column is reported when it is bound
            }

            return names;
        }

        // The names that an expression reads; its errors are added to the problems.
        private static IReadOnlyList<string> NamesIn(SourceText source, List<Diagnostic> problems)
        {
            try
            {
                return TemplateExpression.Parse(source, TemplateOptions.For(Dialect.Jinja)).UndeclaredNames;
            }
            catch (DiagnosticException exception)
            {
                problems.AddRange(exception.Diagnostics);
                return [];
            }
        }

        private NamedExpression? Mapping(string column) => layout.Map.FirstOrDefault(map => string.Equals(map.Name, column, StringComparison.Ordinal));

        private List<ColumnBinding> BindColumns(List<string> source)
        {
            var raw = new SlotScope($"The layout '{layout.Name}'");
            foreach (var (i, name) in source.Index()) raw.Add(name, i);
            List<ColumnBinding> bindings = [];
            foreach (var column in task.Columns)
            {
                if (Mapping(column.Name) is not { } map)
                {
                    bindings.Add(new ColumnBinding(column, raw.SlotOf(column.Name), null));
                    _canonical.Add(column.Name, raw.SlotOf(column.Name));
                    continue;
                }

                if (raw.Compile(map.Source, diagnostics) is { } expression) bindings.Add(new ColumnBinding(column, _slots, expression));
                _canonical.Add(column.Name, _slots++);
            }

            return bindings;
        }

        // Errors of a condition are reported when it is compiled.
        private bool IsEarly(NamedExpression condition) =>
            !NamesIn(condition.Source, []).Intersect(task.Fields.Select(field => field.Name).Concat(TaskNames), StringComparer.Ordinal).Any();

        private BoundExpression? Condition(NamedExpression condition) =>
            _canonical.Compile(condition.Source, diagnostics) is { } expression ? new BoundExpression(condition.Name, -1, expression) : null;

        private BoundExpression? Field(NamedExpression field)
        {
            var template = field.TemplateDialect is { } dialect ? _canonical.CompileTemplate(field.Source, dialect, diagnostics) : null;
            var expression = field.TemplateDialect is null ? _canonical.Compile(field.Source, diagnostics) : null;
            _canonical.Add(field.Name, _slots++);
            return expression is null && template is null ? null : new BoundExpression(field.Name, _slots - 1, expression, template);
        }

        private void BindCut(CompiledTask program)
        {
            if (task.Cut is not { Field: var field }) return;

            List<string> texts = [.. task.Columns.Where(column => column.Type is ColumnType.String or ColumnType.Any).Select(column => column.Name), .. task.Fields.Select(one => one.Name)];
            if (texts.Contains(field.Text, StringComparer.Ordinal))
            {
                program.CutSlot = _canonical.SlotOf(field.Text);
                return;
            }

            var isOther = task.Columns.Any(column => column.Name == field.Text);
            diagnostics.Add(new Diagnostic(TaskCodes.UnknownColumn, Severity.Error, isOther ? $"'cut' names the column '{field}', which has no texts: only a text can be cut." : $"'cut' names '{field}', which is neither a column nor a field of the task.", field.Span)
            { Hint = NearestName.Hint(field.Text, texts) ?? (texts.Count == 0 ? "The task has no column or field with a text." : $"It can be {string.Join(", ", texts)}.") });
        }

        private void BindOptions(CompiledTask program)
        {
            if (!task.IsClassification) return;

            program.Options = CompileOptional(task.OptionsExpression);
            program.OptionsSlot = _slots++;
            program.BlockSlot = _slots++;
            _canonical.Add("options", program.OptionsSlot);
            _canonical.Add("options_block", program.BlockSlot);
            if (task.Options is { } fixedOptions)
            {
                program.ConstantOptions = Value.FromList([.. fixedOptions.Select(Value.From)]);
                var block = new Utf8Output(256);
                OptionsLayout.Released.Append(program.ConstantOptions, block);
                program.ConstantBlock = Value.FromUtf8(block.Written);
            }
        }

        private void BindAnswer(CompiledTask program)
        {
            program.Answers = CompileOptional(task.Answers);
            program.AnswerIndex = CompileOptional(task.AnswerIndex);
            if (task.Answers is not null || task.AnswerIndex is not null)
            {
                program.AnswersSlot = _slots++;
                _canonical.Add("answers", program.AnswersSlot);
            }
            else if (task.Answer is null) return;

            program.Answer = CompileOptional(task.Answer);
            program.Labels = [.. program.Answers is null ? [] : LabelsOf(task.Answers!), .. program.Answer is null ? [] : LabelsOf(task.Answer!)];
            program.AnswerIsPath = IsPath(task.Answer);
            program.AnswersArePath = IsPath(task.Answers);
            program.AnswerSlot = _slots++;
            _canonical.Add("answer", program.AnswerSlot);
        }

        private TemplateExpression? CompileOptional(SourceText? source) => source is null ? null : _canonical.Compile(source, diagnostics);

        private static bool IsPath(SourceText? answer) => answer is not null && PathForm().IsMatch(answer.Text);

        // The source of the options counts like their name.
        private IndexUse[] LabelsOf(SourceText answer) =>
            [.. TemplateExpression.IndexUses(answer, _canonical.Options, !task.IsClassification ? [] : task.OptionsExpression is { } made ? ["options", made.Text.Trim()] : ["options"])];

        // A null in a column of any type is an ordinary value; as a label it means that there is none.
        private static void MarkLabels(CompiledTask program)
        {
            var slots = program.Labels.Select(label => label.Index.SlotIndex).Append(program.Answer?.SlotIndex).Append(program.Answers?.SlotIndex).Append(program.AnswerIndex?.SlotIndex).OfType<int>().ToHashSet();
            for (var i = 0; i < program.Columns.Length; i++)
            {
                if (program.Columns[i] is { Column.Type: ColumnType.Any } binding && slots.Contains(binding.Slot)) program.Columns[i] = binding with { IsLabel = true };
            }
        }

        private CompiledTemplate? Prompt(CompiledTask program, TemplateDefinition template)
        {
            if (template.IsPromptsource) return Promptsource(program, template);

            var scope = WithRowFirst(template.Dialect == Dialect.Flan ? WithFlanNames(template) : _canonical, template.Dialect);
            TemplateExpression? own = null;
            var slot = program.AnswerSlot;
            if (template.Answer is { } answer)
            {
                own = _canonical.Compile(answer, diagnostics);
                slot = _slots++;
                scope = scope.Copy();
                scope.Add("answer", slot);
            }

            var variants = template.Variants.Count > 0 ? BindVariants(template, scope) : [];
            scope = With(scope, template, variants);
            var input = scope.CompileTemplate(template.Input, template.Dialect, diagnostics);
            // The target of an imported lm-eval task is rendered by us: `answer` in it is the task's.
            var target = (template.Dialect == Dialect.LmEval ? With(_canonical, template, variants) : scope).CompileTemplate(template.Target, template.Dialect, diagnostics);
            if (input is null || target is null) return null;

            if (template is { Kind: TemplateKind.Direct, TargetIsAnswer: false } && !target.UndeclaredNames.Any(IsAnswer))
            {
                diagnostics.Add(new Diagnostic(
                    TaskCodes.AnswerUnused, Severity.Error, $"The direct template '{template.Id}' never uses the answer in its target.",
                    new SourceSpan(template.Target, 0, Math.Min(template.Target.Text.Length, template.Target.LineAt(0).Length)))
                { Hint = "Write {{ answer }} there, give the template an `answer:` of its own, or mark its kind." });
            }

            foreach (var variant in template.Variants.Where(variant => !input.UndeclaredNames.Concat(target.UndeclaredNames).Contains(variant.Name, StringComparer.Ordinal)))
                diagnostics.Add(new Diagnostic(TaskCodes.UnknownColumn, Severity.Error, $"The template '{template.Id}' never uses its variant '{variant.Name}'.", variant.Span) { Hint = $"Write {{{{ {variant.Name} }}}} where its texts belong." });

            CheckOptions(template, input, target);
            return new CompiledTemplate(template, input, target, own)
            {
                Options = template.Options is { } texts ? [.. texts.Select(Value.From)] : null,
                AnswerSlot = slot,
                Labels = own is null ? [] : LabelsOf(template.Answer!),
                Number = NumberOf(template),
                Variants = variants,
                ShowsOptions = program.BlockSlot >= 0 && input.UndeclaredNames.Any(name => OptionsBlock.Names.Contains(name, StringComparer.Ordinal) && scope.SlotOf(name) == program.BlockSlot),
                TakesLabel = template is { Kind: TemplateKind.Direct, TargetIsAnswer: false } && target.UndeclaredNames.Contains("answer", StringComparer.Ordinal)
                    && scope.SlotOf("answer") == slot && PrintsNamesOnly(template),
            };
        }

        // Baselines and bare prompts are numbered after the templates.
        private int NumberOf(TemplateDefinition template) => task.AllTemplates.Index().FirstOrDefault(other => ReferenceEquals(other.Item, template)).Index;

        private void CheckOptions(TemplateDefinition template, Template input, Template target)
        {
            if (template.Options is not { } texts) return;

            var wrong = task.Options is not { } options ? "the task has no fixed options"
                : options.Count != texts.Count ? $"the task has {options.Count} options, not {texts.Count}"
                : template.Kind != TemplateKind.Direct || !PrintsNamesOnly(template) || !target.UndeclaredNames.Contains("answer", StringComparer.Ordinal) ? "the target does not print the answer as it is"
                : input.UndeclaredNames.Any(name => name == "options" || OptionsBlock.Names.Contains(name, StringComparer.Ordinal)) ? "the input prints the task's options"
                : null;
            if (wrong is not null)
                diagnostics.Add(new Diagnostic(TaskCodes.BadSetting, Severity.Error, $"The template '{template.Id}' cannot have options of its own: {wrong}.", template.Span));
        }

        private VariantSlot[] BindVariants(TemplateDefinition template, SlotScope scope)
        {
            var slots = new VariantSlot[template.Variants.Count];
            foreach (var (i, variant) in template.Variants.Index())
            {
                if (scope.SlotOf(variant.Name) >= 0 || SlotScope.IsBuiltin(variant.Name))
                    diagnostics.Add(new Diagnostic(TaskCodes.DuplicateName, Severity.Error, $"The variant '{variant.Name}' of the template '{template.Id}' has the name of something else that the template can print.", variant.Span) { Hint = "Give it another name." });

                slots[i] = new VariantSlot(_slots++, [.. variant.Texts.Select(text => Value.From(text.Text))]);
            }

            return slots;
        }

        private static SlotScope With(SlotScope scope, TemplateDefinition template, VariantSlot[] variants)
        {
            if (variants.Length == 0) return scope;

            scope = scope.Copy();
            foreach (var (variant, slot) in template.Variants.Zip(variants)) scope.Add(variant.Name, slot.Slot);
            return scope;
        }

        // A condition on the answer's text, or a filter of it, would break with a label.
        private static bool PrintsNamesOnly(TemplateDefinition template) => template.Dialect == Dialect.Flan || !Tag.IsMatch(PlainName.Replace(template.Target.Text, string.Empty));

        // A promptsource template sees only the row and its own choices, not the task's additions. Its choices have their own slot.
        private CompiledTemplate? Promptsource(CompiledTask program, TemplateDefinition template)
        {
            var scope = _row.Copy();
            scope.Pad(_slots++);
            return scope.CompilePromptsource(template.Input, template.Choices, diagnostics) is { } divided
                ? new CompiledTemplate(template, null, null, null, divided) { Number = NumberOf(template), AnswerSlot = program.AnswerSlot }
                : null;
        }

        // Columns win: in a template a column called `options` or `answer` is the column, not the task's value of that name.
        private SlotScope WithRowFirst(SlotScope scope, Dialect dialect)
        {
            var copy = scope.Copy();
            for (var i = 0; i < _row.Names.Count; i++)
            {
                if (!_row.Names[i].StartsWith('\0') && (dialect == Dialect.LmEval || TaskNames.Contains(_row.Names[i], StringComparer.Ordinal))) copy.Add(_row.Names[i], i);
            }

            return copy;
        }

        private SlotScope WithFlanNames(TemplateDefinition template)
        {
            var block = _canonical.SlotOf(OptionsBlock.Names[0]);
            var name = OptionsBlock.Names.Skip(1).FirstOrDefault(name => ($"{template.Input.Text}\n{template.Target.Text}").Contains($"{{{name}}}", StringComparison.Ordinal));
            if (block < 0 || name is null || _canonical.SlotOf(name) >= 0) return _canonical;

            var scope = _canonical.Copy();
            scope.Add(name, block);
            return scope;
        }

        // A column of that name hides the task's value; the column that is the answer counts as the answer.
        private bool IsAnswer(string name) => name is "answer" or "answers" || string.Equals(name, task.Answer?.Text.Trim(), StringComparison.Ordinal);

        // Fields that nothing reads cost nothing; fields are in order, so one walk from the back finds all that are needed.
        private static void Prune(CompiledTask program)
        {
            HashSet<string> used = new(StringComparer.Ordinal);
            foreach (var prompt in program.Templates) used.UnionWith(prompt.UndeclaredNames);

            foreach (var expression in program.LateConditions.Select(condition => condition.Expression).Append(program.Options).Append(program.Answer).Append(program.Answers).Append(program.AnswerIndex))
                used.UnionWith(expression?.UndeclaredNames ?? []);

            List<BoundExpression> kept = [];
            foreach (var field in program.Fields.AsEnumerable().Reverse())
            {
                if (used.Contains(field.Name))
                {
                    kept.Insert(0, field);
                    used.UnionWith(field.UndeclaredNames);
                }
            }

            program.Fields = [.. kept];
            if (!used.Overlaps(OptionsBlock.Names)) program.BlockSlot = -1;
        }
    }
}
