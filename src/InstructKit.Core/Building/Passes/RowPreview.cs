using InstructKit.Building.Slices;
using InstructKit.Examples;
using InstructKit.Pipeline;
using InstructKit.Protocol;
using InstructKit.Sources.Formats;
using InstructKit.Tasks;
using InstructKit.Templates;
using InstructKit.Templating.Settings;
using InstructKit.Templating.Values;

namespace InstructKit.Building.Passes;

/// <summary>A row of a task with the output of all its templates, for display.</summary>
/// <param name="Row">Its number in the source split, from 0, as in the <c>row</c> column of a dataset.</param>
/// <param name="File">The file.</param>
/// <param name="Line">One-based line in it.</param>
/// <param name="Values">The columns of the canonical row; the raw text for an unreadable row, and empty for one that belongs to another slice.</param>
/// <param name="Examples">The templates' output; empty for a row that is not used.</param>
/// <param name="Unused">Why the row is not used, or null.</param>
public sealed record PreviewedRow(
    long Row, string File, long Line, IReadOnlyList<(string Name, string Value)> Values, IReadOnlyList<PreviewedExample> Examples, string? Unused)
{
    /// <summary>The task's options for the row; null when it has none.</summary>
    public IReadOnlyList<string>? Options { get; init; }

    /// <summary>The correct answers, the task's own first; null when every template has its own.</summary>
    public IReadOnlyList<string>? Answers { get; init; }
}

/// <summary>A row rendered with one template.</summary>
/// <param name="Template">The template.</param>
/// <param name="Input">Rendered input; empty when there is no example.</param>
/// <param name="Target">Rendered target; empty when there is no example.</param>
/// <param name="Unused">Why the template yields no example for the row, or null.</param>
public sealed record PreviewedExample(TemplateDefinition Template, string Input, string Target, string? Unused);

/// <summary>Previewed rows.</summary>
/// <param name="Rows">Used rows, and the first unused ones, in order.</param>
/// <param name="Skipped">Reasons for further unused rows, with their number.</param>
public sealed record PreviewedRows(IReadOnlyList<PreviewedRow> Rows, IReadOnlyDictionary<string, long> Skipped);

/// <summary>Renders a few rows of a task with its templates: exactly the examples and drop reasons of a build of all templates with the same seed.</summary>
public static class RowPreview
{
    // A task that uses none of its rows should report it quickly.
    private const long MaxRows = 100_000;

    /// <summary>Rows of a slice in file order.</summary>
    /// <param name="task">The task.</param>
    /// <param name="data">Its files.</param>
    /// <param name="templates">Templates to render.</param>
    /// <param name="slice">The slice.</param>
    /// <param name="from">First row by its number in the source split; null for the first of the slice.</param>
    /// <param name="count">Number of used rows, and the maximum of unused ones; further ones are only counted. The search ends after 100,000 rows.</param>
    /// <param name="seed">Seed of the slices and of the random choices.</param>
    /// <param name="filters">A build's conditions in addition to the task's own, such as the held-out rows.</param>
    /// <param name="cancel">Cancels the search.</param>
    /// <exception cref="Diagnostics.DiagnosticException">The task does not compile, or its files cannot be read.</exception>
    public static PreviewedRows Read(
        TaskDefinition task, TaskData data, IReadOnlyList<TemplateDefinition> templates, SliceKind slice, long? from, int count, long seed = 0, IReadOnlyList<IRowFilter>? filters = null, CancellationToken cancel = default)
    {
        var compiled = CompiledTask.Compile(task, data.Layout, templates);
        var split = data.Slices[slice].Split;
        var ranges = new SliceRanges(seed, RowOrder.Seeded) { Cancel = cancel }.Of(task, data, split);
        var (order, range, preceding) = (ranges.Order, ranges.Of(slice), ranges.Before(slice));
        var judge = new RowJudge(compiled, new RowKeys(seed, task.Key, split), RenderLimits.Default, cancel);
        var renderer = new ExampleRenderer(judge.Evaluator, escaped: false, scored: false);
        var phrasing = new PhrasingDraw(judge.Keys, new OptionsDisplay());
        var first = from ?? 0;
        var end = order.IsSource ? range.To : long.MaxValue;
        List<PreviewedRow> rows = [];
        SortedDictionary<string, long> skipped = new(StringComparer.Ordinal);
        var (used, looked) = (0, 0L);
        IRowFilter[] screening = [.. filters ?? []];
        using var reader = RowReaders.Open(data.Layout.Source, data.Splits[split], compiled.SourceColumns);
        var (error, groupError) = (0, 0);
        RowPass.Visit(reader, (batch, row, ordinal, _) =>
        {
            if (row == 0) (error, groupError) = (0, 0);
            if (ordinal >= first && order.PositionOf(judge.Evaluator, batch, row, ordinal, ref groupError) is var position && range.Contains(position))
            {
                var outcome = judge.Judge(batch, row, ordinal, position, preceding, ref error, screening);
                var place = batch.Place(row);
                used += outcome.Verdict.IsKept ? 1 : 0;
                looked++;
                if (outcome.Verdict.IsKept || rows.Count - used < count)
                {
                    var raw = outcome.Verdict.ErrorCode is null ? string.Empty : Encoding.UTF8.GetString(batch.Raw(row));
                    rows.Add(Describe(compiled, judge.Evaluator, template => Render(template, renderer, phrasing.Of(template, ordinal)), outcome, raw) with { Row = ordinal, File = reader.Files[place.File], Line = place.Line });
                }
                else
                {
                    var reason = outcome.Verdict.DropReason ?? outcome.Verdict.ErrorCode!; // it is not kept for one of the two
                    skipped[reason] = skipped.GetValueOrDefault(reason) + 1;
                }
            }

            return used < count && looked < MaxRows && ordinal + 1 < end;
        }, cancel);
        return new PreviewedRows(rows, skipped);
    }

    private static PreviewedRow Describe(CompiledTask task, RowEvaluator evaluator, Func<CompiledTemplate, PreviewedExample> render, RowOutcome outcome, string raw)
    {
        var verdict = outcome.Verdict;
        if (verdict.ErrorCode is { } code) return new PreviewedRow(0, string.Empty, 0, [("raw", raw)], [], $"{code}: {verdict.Message}");
        if (verdict.DropReason is DropReasons.AlsoInTest or DropReasons.AlsoInValidation) return new PreviewedRow(0, string.Empty, 0, [], [], $"dropped: {verdict.DropReason}");

        List<(string Name, string Value)> values = [.. evaluator.Describe()];
        if (verdict.DropReason is { } reason) return new PreviewedRow(0, string.Empty, 0, values, [], $"dropped: {reason}");

        return new PreviewedRow(0, string.Empty, 0, values, [.. task.Templates.Select(render)], null)
        {
            Options = evaluator.Options.IsUndefined ? null : Texts(evaluator.Options),
            Answers = !evaluator.Answers.IsUndefined ? Texts(evaluator.Answers) : evaluator.Answer.IsUndefined ? null : [evaluator.Answer.ToString()],
        };
    }

    private static List<string> Texts(Value list) => [.. Enumerable.Range(0, list.Count).Select(i => list[i].ToString())];

    private static PreviewedExample Render(CompiledTemplate template, ExampleRenderer renderer, Phrasing phrasing)
    {
        try
        {
            if (renderer.Render(template, phrasing) is { } reason) return new PreviewedExample(template.Definition, string.Empty, string.Empty, $"dropped: {reason}");

            var example = renderer.Take(Nowhere, 0);
            return new PreviewedExample(template.Definition, example.Input.ToString(), example.Target.ToString(), null);
        }
        catch (TemplateException exception)
        {
            return new PreviewedExample(template.Definition, string.Empty, string.Empty, exception.Diagnostics[0].ToString());
        }
    }

    private static readonly ExampleOrigin Nowhere = new(0, string.Empty, string.Empty, string.Empty, string.Empty, string.Empty);
}
