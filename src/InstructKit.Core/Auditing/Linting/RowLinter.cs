using InstructKit.Building.Passes;
using InstructKit.Building.Plans;
using InstructKit.Building.Slices;
using InstructKit.Examples;
using InstructKit.Pipeline;
using InstructKit.Protocol;
using InstructKit.Sources;
using InstructKit.Sources.Formats;
using InstructKit.Tasks;
using InstructKit.Templates;
using InstructKit.Templating.Settings;
using InstructKit.Templating.Values;

namespace InstructKit.Auditing.Linting;

/// <summary>Renders all templates of a task over rows of a layout and checks the output.</summary>
internal sealed class RowLinter
{
    // Filters such as FLAN's length bounds may drop most rows; a file whose rows are all dropped must not be read to its end.
    private const int ReadPerKept = 20;

    // The seed only affects random choices in templates; linting the same rows always gives the same result.
    private const long Seed = 0;

    private static readonly ExampleOrigin Nowhere = new(0, string.Empty, string.Empty, string.Empty, string.Empty, string.Empty);

    private readonly TaskData _data;
    private readonly CompiledTask _task;
    private readonly int _wanted;
    private readonly FindingList _findings;
    private readonly RowJudge _judge;
    private readonly RowEvaluator _evaluator;
    private readonly ExampleRenderer _renderer;
    private readonly Dictionary<string, FirstOccurrence> _unfit = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Template, LintRule Rule, string Part), FirstOccurrence> _bad = [];
    private readonly Dictionary<string, LeakTally> _leaks = new(StringComparer.Ordinal);
    private readonly Dictionary<string, AnswerCheck> _checks = new(StringComparer.Ordinal);
    private readonly OptionTally _options = new();
    private readonly AnswerTally _answers = new();
    private readonly List<string> _nested = [];
    private readonly CancellationToken _cancel;
    private bool _readsAll = true;

    /// <summary>Prepares a task.</summary>
    /// <param name="data">Files of the task.</param>
    /// <param name="task">The task compiled for the layout of the files.</param>
    /// <param name="wanted">Number of kept rows to check per split.</param>
    public RowLinter(TaskData data, CompiledTask task, int wanted, FindingList findings, CancellationToken cancel)
    {
        (_data, _task, _wanted, _findings) = (data, task, wanted, findings);
        _cancel = cancel;
        _judge = new RowJudge(task, new RowKeys(Seed, task.Task.Key, string.Empty), RenderLimits.Default, cancel);
        _evaluator = _judge.Evaluator;
        _renderer = new ExampleRenderer(_evaluator, escaped: false, scored: true);
    }

    /// <summary>True to report slices without rows; those of the catalogue are meant for whole datasets, and an excerpt has fewer rows.</summary>
    public bool ChecksSlices { get; init; } = true;

    /// <summary>A build's conditions on training and validation rows; if there are any, only rows of the task's slices are checked.</summary>
    public IReadOnlyList<IRowFilter> Filters { get; init; } = [];

    /// <summary>Checks the first rows of every split and reports findings.</summary>
    public void Run()
    {
        foreach (var (split, parts) in _data.Splits.OrderBy(split => split.Key, StringComparer.Ordinal))
        {
            try
            {
                Read(split, parts);
            }
            catch (DiagnosticException exception)
            {
                _findings.AddAll(exception.Diagnostics);
            }
        }

        Report();
    }

    private void Read(string split, IReadOnlyList<SourcePart> parts)
    {
        _judge.Keys = new RowKeys(Seed, _task.Task.Key, split);
        IRowFilter[] filters = [.. Filters];
        var slices = filters.Length == 0 ? null : new SliceRanges(BuildPlan.DefaultSeed, RowOrder.Seeded) { Cancel = _cancel }.Of(_task.Task, _data, split);
        using var reader = RowReaders.Open(_data.Layout.Source, parts, _task.SourceColumns);
        var (looked, kept) = (0, 0);
        var (error, groupError) = (0, 0);
        Dictionary<string, FirstOccurrence> dropped = new(StringComparer.Ordinal);
        var read = RowPass.Visit(reader, (batch, row, ordinal, _) =>
        {
            if (row == 0) (error, groupError) = (0, 0);
            var slice = slices?.SliceAt(slices.Order.PositionOf(_evaluator, batch, row, ordinal, ref groupError));
            if (slices is null || slice is not null)
            {
                looked++;
                // Evaluation rows are not screened.
                var verdict = _judge.Judge(batch, row, ordinal, ordinal, [], ref error, slice is SliceKind.Test ? [] : filters).Verdict;
                var place = batch.Place(row);
                var where = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{reader.Files[place.File]}:{place.Line}");
                if (verdict.DropReason is { } reason) FirstOccurrence.Note(dropped, reason, where, string.Empty);
                if (verdict.ErrorCode is { } code) FirstOccurrence.Note(_unfit, code, where, verdict.Message!);
                if (verdict.IsKept)
                {
                    kept++;
                    Look(where);
                }
            }

            return kept < _wanted && ordinal + 1 < (long)_wanted * ReadPerKept;
        }, _cancel);

        var isWhole = kept < _wanted && read < (long)_wanted * ReadPerKept;
        _readsAll &= isWhole;
        if (isWhole && ChecksSlices) CheckSlices(split, read);

        // One row in ten is noise, which a build counts anyway.
        if (dropped.TryGetValue(RowEvaluator.NoLabelReason, out var without) && without.Count * 10L > looked)
        {
            var all = without.Count == looked;
            _findings.Add(
                LintCodes.NoLabel,
                $"{(all ? $"All {looked}" : $"{without.Count} of {looked}")} rows of the split '{split}' have no label in the layout '{_data.Layout.Name}' (first at {without.Where}){(all ? "; nothing of the split is left" : string.Empty)}.",
                _data.Layout.Span);
            if (all) return;
        }

        if (dropped.TryGetValue(DropReasons.InHeldOut, out var held))
            _findings.Add(LintCodes.HeldOutRows, $"{held.Count} of {looked} rows of the split '{split}' are held out, so that a build drops them (first at {held.Where}).", _data.Layout.Span);

        if (looked > (held?.Count ?? 0) && kept == 0)
            _findings.Add(LintCodes.NothingKept, $"None of the first {looked} rows of the split '{split}' is kept in the layout '{_data.Layout.Name}'.", _data.Layout.Span);
    }

    private void CheckSlices(string split, long rows)
    {
        foreach (var (role, slice) in (_data.Layout.Slices ?? _task.Task.Slices).Where(pair => pair.Value.Split == split).OrderBy(pair => pair.Key))
        {
            if (slice.Resolve(rows).All(range => range.From >= range.To))
                _findings.Add(LintCodes.EmptySplit, $"The split '{role.ToString().ToLowerInvariant()}' has no rows: {slice} of {rows} rows in the layout '{_data.Layout.Name}'.", KeyPlace.Find(_task.Task, "splits", null));
        }
    }

    // The printed form of an unformatted list or object, at two levels.
    private void NoteNested()
    {
        _nested.Clear();
        foreach (var value in _evaluator.Nested())
        {
            Note(value);
            for (var i = 0; i < value.Count && value.Kind == ValueKind.List; i++) Note(value[i]);
            foreach (var (_, item) in value.Pairs) Note(item);
        }

        void Note(Value value)
        {
            if (value.Kind is ValueKind.List or ValueKind.Mapping && value.ToString() is { Length: > 2 } text) _nested.Add(text);
        }
    }

    private void LookForNested(string id, string part, string text, string where)
    {
        if (_nested.Find(nested => text.Contains(nested, StringComparison.Ordinal)) is { } found)
            FirstOccurrence.Note(_bad, (id, LintCodes.PrintedStructure, part), where, $"prints a list or an object in its {part}: {Short(found)}");
    }

    private void Look(string where)
    {
        NoteNested();
        if (_task.Task.OptionsExpression is not null && _evaluator.AnswerIndex() is >= 0 and var index) _options.Add(TextsOf(_evaluator.Options), index);

        foreach (var template in _task.Templates)
        {
            Look(template, 0, where);
            // Every text of every variant is printed once.
            var texts = template.Definition.Variants.Select(variant => variant.Texts.Count).DefaultIfEmpty(1).Max();
            for (var text = 1; text < texts; text++) Look(template, template.Definition.TextWith(text), where);
        }
    }

    private void Look(CompiledTemplate template, int variant, string where)
    {
        var id = template.Definition.Id;
        try
        {
            var reason = _renderer.Render(template, new Phrasing(variant, null));
            if (reason is DropReasons.EmptyInput) FirstOccurrence.Note(_bad, (id, LintCodes.EmptyRender, "input"), where, "makes an empty input");
            if (reason is DropReasons.EmptyTarget) FirstOccurrence.Note(_bad, (id, LintCodes.EmptyRender, "target"), where, "makes an empty target");
            if (reason is null) LookAt(template.Definition, _renderer.Take(Nowhere, 0), where);
        }
        catch (TemplateException exception)
        {
            var found = exception.Diagnostics[0];
            FirstOccurrence.Note(_bad, (id, LintCodes.TemplateFails, string.Empty), where, $"fails at {found.Span?.Start}: {found.Message}");
        }
    }

    private static List<string> TextsOf(Value options) => options.IsUndefined ? [] : [.. Enumerable.Range(0, options.Count).Select(i => options[i].ToString())];

    private void LookAt(TemplateDefinition template, Example example, string where)
    {
        if (_nested.Count > 0)
        {
            LookForNested(template.Id, "input", example.Input.ToString(), where);
            LookForNested(template.Id, "target", example.Target.ToString(), where);
        }

        var options = example.Options.ToList();
        if (template.Kind != TemplateKind.Direct || template.IsConversation) return;

        if (!_checks.TryGetValue(template.Id, out var check)) _checks[template.Id] = check = new AnswerCheck(_task.Task, template);
        if (check.Look(example) is { } doubt) FirstOccurrence.Note(_bad, (template.Id, doubt.Rule, string.Empty), where, doubt.Message);

        if (options.Count == 0) return;

        var target = example.Target.ToString();
        if (example.Variant == 0 && ReferenceEquals(template, _task.Templates.FirstOrDefault(other => other.Definition.Kind == TemplateKind.Direct)?.Definition)) _answers.Add(example.Input.ToString(), target, where);

        if (!options.Contains(target, StringComparer.Ordinal))
            FirstOccurrence.Note(_bad, (template.Id, LintCodes.TargetNotAnOption, string.Empty), where, $"makes the target '{Short(target)}', which is not an option");

        if (example.AnswerIndex >= 0 && options.Count > 1)
        {
            if (!_leaks.TryGetValue(template.Id, out var tally))
            {
                tally = new LeakTally();
                _leaks[template.Id] = tally;
            }

            tally.Add(example.Input.ToString(), options, example.AnswerIndex);
        }
    }

    private void Report()
    {
        foreach (var (code, first) in _unfit.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            _findings.Add(LintCodes.UnfitRow, $"Rows do not fit the task in the layout '{_data.Layout.Name}' ({first.Rows}): {code}: {first.Message}", _data.Layout.Span);

        foreach (var template in _task.Task.AllTemplates)
        {
            foreach (var ((_, rule, _), first) in _bad.Where(pair => pair.Key.Template == template.Id).OrderBy(pair => pair.Key.Rule.Code, StringComparer.Ordinal).ThenBy(pair => pair.Key.Part, StringComparer.Ordinal))
                _findings.Add(rule, $"The template '{template.Id}' {first.Message.TrimEnd('.')} ({first.Rows}).", template.Span, template);

            if (_leaks.TryGetValue(template.Id, out var leak) && leak.IsLeak)
            {
                _findings.Add(
                    LintCodes.AnswerLeak, $"In {leak.Right} of {leak.Rows} rows the input of '{template.Id}' has the correct option more often than any other.",
                    template.Span, template);
            }
        }

        if (_readsAll && _answers.Constant is { } constant) _findings.Add(LintCodes.ConstantLabel, constant, KeyPlace.Find(_task.Task, "answer", null));

        if (_answers.Conflict is { } conflict) _findings.Add(LintCodes.TwoAnswers, conflict, KeyPlace.Find(_task.Task, "answer", null));

        if (_options.DescribeBias() is { } bias) _findings.Add(LintCodes.PositionBias, bias, KeyPlace.Find(_task.Task, "options", null));

        if (_options.IsConstant)
            _findings.Add(LintCodes.ConstantOptions, $"All {_options.Rows} rows have the same options.", KeyPlace.Find(_task.Task, "options", null));
    }

    internal static string Short(string text) => text.Length > 60 ? text[..60] + "…" : text;
}
