using InstructKit.Cells;
using InstructKit.Diagnostics;
using InstructKit.Sources;
using InstructKit.Tasks;
using InstructKit.Templates;
using InstructKit.Templating.Settings;
using InstructKit.Templating.Values;
using InstructKit.Text;

namespace InstructKit.Auditing.Linting;

/// <summary>Renders all templates of a task over rows of a layout and looks at what comes out.</summary>
/// <param name="data">Files of the task.</param>
/// <param name="program">The task compiled for the layout of the files.</param>
/// <param name="wanted">Kept rows to look at in each split.</param>
/// <param name="findings">Where to.</param>
internal sealed class RowLinter(TaskData data, CompiledTask program, int wanted, FindingList findings)
{
    // Filters such as FLAN's length bounds may drop most rows; a file in which all are dropped must not be read to its end.
    private const int ReadPerKept = 20;

    // The seed only decides what templates with a random choice print; a lint of the same rows always sees the same.
    private const long Seed = 0;

    private readonly RowEvaluator _evaluator = new(program, RenderLimits.Default);
    private readonly Utf8Output _output = new();
    private readonly Dictionary<string, FirstOccurrence> _unfit = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Template, LintRule Rule, string Part), FirstOccurrence> _bad = [];
    private readonly Dictionary<string, LeakTally> _leaks = new(StringComparer.Ordinal);
    private readonly OptionTally _options = new();

    /// <summary>Looks at the first rows of every split and reports.</summary>
    public void Run()
    {
        foreach (var (split, parts) in data.Splits.OrderBy(split => split.Key, StringComparer.Ordinal))
        {
            try
            {
                Read(split, parts);
            }
            catch (DiagnosticException exception)
            {
                findings.AddAll(exception.Diagnostics);
            }
        }

        Report();
    }

    private void Read(string split, IReadOnlyList<SourcePart> parts)
    {
        var hash = new KeyedHash(Seed, "lint", $"{program.Task.Key}\n{split}");
        using var reader = RowReaders.Open(data.Layout.Source, parts, program.SourceColumns);
        using var batch = new RowBatch(program.SourceColumns.Count);
        long read = 0;
        var kept = 0;
        while (kept < wanted && read < (long)wanted * ReadPerKept && reader.ReadChunk(batch))
        {
            reader.Parse(batch);
            var faults = batch.Faults.ToLookup(fault => fault.Row);
            for (var row = 0; row < batch.Count && kept < wanted; row++)
            {
                var place = batch.Place(row);
                var where = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{reader.Files[place.File]}:{place.Line}");
                if (faults[row].FirstOrDefault() is { Code: not null } fault)
                {
                    FirstOccurrence.Note(_unfit, fault.Code, where, fault.Message);
                }
                else if (_evaluator.Load(batch, row, hash[read + row]) is { IsKept: false } verdict)
                {
                    if (verdict.FaultCode is { } code) FirstOccurrence.Note(_unfit, code, where, verdict.Message!);
                }
                else
                {
                    kept++;
                    Look(where);
                }
            }

            read += batch.Count;
        }

        if (read > 0 && kept == 0 && wanted > 0)
            findings.Add(LintCodes.NothingKept, $"None of the first {read} rows of the split '{split}' is kept in the layout '{data.Layout.Name}'.", data.Layout.Span);
    }

    private void Look(string where)
    {
        if (program.Task.OptionsExpression is not null && _evaluator.AnswerIndex() is >= 0 and var index) _options.Add(TextsOf(_evaluator.Options), index);

        foreach (var prompt in program.Prompts)
        {
            var id = prompt.Definition.Id;
            try
            {
                _output.Length = 0;
                _evaluator.RenderInput(prompt, _output);
                var input = System.Text.Encoding.UTF8.GetString(_output.Written);
                _output.Length = 0;
                _evaluator.RenderTarget(prompt, _output);
                var target = System.Text.Encoding.UTF8.GetString(_output.Written);
                LookAt(prompt.Definition, input, target, TextsOf(_evaluator.OptionsOf(prompt)), _evaluator.AnswerIndexOf(prompt), where);
            }
            catch (TemplateException exception)
            {
                var found = exception.Diagnostics[0];
                FirstOccurrence.Note(_bad, (id, LintCodes.TemplateFails, string.Empty), where, $"fails at {found.Span?.Start}: {found.Message}");
            }
        }
    }

    private static List<string> TextsOf(Value options) => options.IsUndefined ? [] : [.. Enumerable.Range(0, options.Count).Select(i => options[i].ToString())];

    private void LookAt(TemplateDefinition template, string input, string target, List<string> options, int answer, string where)
    {
        if (string.IsNullOrWhiteSpace(input)) FirstOccurrence.Note(_bad, (template.Id, LintCodes.EmptyRender, "input"), where, "makes an empty input");

        if (string.IsNullOrWhiteSpace(target)) FirstOccurrence.Note(_bad, (template.Id, LintCodes.EmptyRender, "target"), where, "makes an empty target");

        if (template.Kind != TemplateKind.Direct || options.Count == 0) return;

        if (!options.Contains(target, StringComparer.Ordinal))
            FirstOccurrence.Note(_bad, (template.Id, LintCodes.TargetNotAnOption, string.Empty), where, $"makes the target '{Short(target)}', which is no option");

        if (answer >= 0 && options.Count > 1)
        {
            if (!_leaks.TryGetValue(template.Id, out var tally))
            {
                tally = new LeakTally();
                _leaks[template.Id] = tally;
            }

            tally.Add(input, options, answer);
        }
    }

    private void Report()
    {
        foreach (var (code, first) in _unfit.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            findings.Add(LintCodes.UnfitRow, $"Rows do not fit the task in the layout '{data.Layout.Name}' ({first.Rows}): {code}: {first.Message}", data.Layout.Span);

        foreach (var template in program.Task.Templates)
        {
            foreach (var ((_, rule, _), first) in _bad.Where(pair => pair.Key.Template == template.Id).OrderBy(pair => pair.Key.Rule.Code, StringComparer.Ordinal).ThenBy(pair => pair.Key.Part, StringComparer.Ordinal))
                findings.Add(rule, $"The template '{template.Id}' {first.Message.TrimEnd('.')} ({first.Rows}).", template.Span, template);

            if (_leaks.TryGetValue(template.Id, out var leak) && leak.IsLeak)
            {
                findings.Add(
                    LintCodes.AnswerLeak,
                    $"In {leak.Right} of {leak.Rows} rows the input of '{template.Id}' has the right option more often than any other.",
                    template.Span,
                    template);
            }
        }

        if (_options.DescribeBias() is { } bias) findings.Add(LintCodes.PositionBias, bias, KeyPlace.Find(program.Task, "options", null));

        if (_options.IsConstant)
            findings.Add(LintCodes.ConstantOptions, $"All {_options.Rows} rows have the same options.", KeyPlace.Find(program.Task, "options", null));
    }

    private static string Short(string text) => text.Length > 60 ? text[..60] + "…" : text;
}
