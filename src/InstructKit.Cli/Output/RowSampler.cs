using System.Text;
using InstructKit.Building;
using InstructKit.Cells;
using InstructKit.Sources;
using InstructKit.Tasks;
using InstructKit.Templates;
using InstructKit.Templating.Settings;
using InstructKit.Text;

namespace InstructKit.Cli.Output;

/// <summary>Takes a few rows of a task through its templates, exactly as a build with the default seed does.</summary>
/// <param name="task">The task.</param>
/// <param name="data">Its files.</param>
/// <param name="prompts">Templates wanted.</param>
internal sealed class RowSampler(TaskDefinition task, TaskData data, IReadOnlyList<TemplateDefinition> prompts)
{
    private readonly CompiledTask _program = CompiledTask.Compile(task, data.Layout, prompts);

    /// <summary>Rows of a slice in order.</summary>
    /// <param name="slice">The slice.</param>
    /// <param name="from">First row by its number in the source split; null for the first of the slice.</param>
    /// <param name="count">How many, unused ones included.</param>
    public IReadOnlyList<RenderedRow> Read(SliceKind slice, long? from, int count)
    {
        var split = data.Slices[slice].Split;
        var range = SliceRanges.Of(new ResolvedTask(task, "none", TaskUse.Train, data), split).First(one => one.Slice == slice);
        var random = new KeyedHash(new BuildPlan().Seed, "random", $"{task.Key}\n{split}");
        var evaluator = new RowEvaluator(_program, new RenderLimits());
        List<RenderedRow> rows = [];
        using var reader = RowReaders.Open(data.Layout.Source, data.Splits[split], _program.SourceColumns);
        using var batch = new RowBatch(_program.SourceColumns.Count);
        var first = Math.Max(range.From, from ?? 0);
        for (long ordinal = 0; rows.Count < count && ordinal < range.To && reader.ReadChunk(batch); ordinal += batch.Count)
        {
            reader.Parse(batch);
            for (var row = (int)Math.Clamp(first - ordinal, 0, batch.Count); row < batch.Count && rows.Count < count; row++)
            {
                if (range.Contains(ordinal + row)) rows.Add(Render(reader, batch, row, ordinal + row, random[ordinal + row], evaluator));
            }
        }

        return rows;
    }

    private RenderedRow Render(RowReader reader, RowBatch batch, int row, long ordinal, ulong key, RowEvaluator evaluator)
    {
        var place = batch.Place(row);
        var file = reader.Files[place.File];
        var fault = batch.Faults.FirstOrDefault(one => one.Row == row);
        if (fault.Code is not null)
            return new RenderedRow(ordinal, file, place.Line, [("raw", Encoding.UTF8.GetString(batch.Raw(row)))], [], $"{fault.Code}: {fault.Message}");

        var verdict = evaluator.Load(batch, row, key);
        if (verdict.FaultCode is { } code)
            return new RenderedRow(ordinal, file, place.Line, [("raw", Encoding.UTF8.GetString(batch.Raw(row)))], [], $"{code}: {verdict.Message}");

        List<(string Name, string Value)> values = [.. evaluator.Describe()];
        if (verdict.DropReason is { } reason) return new RenderedRow(ordinal, file, place.Line, values, [], $"dropped: {reason}");

        if (!evaluator.Options.IsUndefined) values.Add(("options", evaluator.Options.ToString()));

        if (!evaluator.Answers.IsUndefined) values.Add(("answers", evaluator.Answers.ToString()));
        else if (!evaluator.Answer.IsUndefined) values.Add(("answer", evaluator.Answer.ToString()));

        return new RenderedRow(ordinal, file, place.Line, values, [.. _program.Prompts.Select(prompt => Render(prompt, evaluator))], null);
    }

    private static RenderedExample Render(CompiledTemplate prompt, RowEvaluator evaluator)
    {
        try
        {
            var input = new Utf8Output();
            evaluator.RenderInput(prompt, input);
            var target = new Utf8Output();
            evaluator.RenderTarget(prompt, target);
            return new RenderedExample(prompt.Definition, Encoding.UTF8.GetString(input.Written), Encoding.UTF8.GetString(target.Written), null);
        }
        catch (TemplateException exception)
        {
            return new RenderedExample(prompt.Definition, string.Empty, string.Empty, exception.Diagnostics[0].ToString());
        }
    }
}
