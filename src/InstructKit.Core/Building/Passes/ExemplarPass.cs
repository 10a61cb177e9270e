using System.IO.Hashing;
using InstructKit.Building.Selection;
using InstructKit.Building.Slices;
using InstructKit.Examples;
using InstructKit.Pipeline;
using InstructKit.Protocol;
using InstructKit.Screening;
using InstructKit.Sources.Formats;
using InstructKit.Tasks;
using InstructKit.Templates;
using InstructKit.Templating.Settings;

namespace InstructKit.Building.Passes;

/// <summary>Reads the candidate exemplars of a task: rows of its training slice, whether the task is trained on or held out, but never a held-out row.</summary>
/// <param name="order">The order of the source split.</param>
/// <param name="range">The training slice.</param>
/// <param name="preceding">Ranges of slices that take precedence for a row.</param>
/// <param name="context">Shared by all passes of a build.</param>
internal sealed class ExemplarPass(CompiledTask task, SplitOrder order, RowSet range, RowSet[] preceding, ExemplarPool pool, BuildContext context) : IPassBody<ExemplarChunk>
{
    /// <summary>The pool of a task; null when it has no training rows here.</summary>
    public static ExemplarPool? Fill(ResolvedPlan resolved, ResolvedTask task, CompiledTask program, BuildContext context)
    {
        if (!task.Data.Slices.TryGetValue(SliceKind.Train, out var slice) || !task.Data.Splits.TryGetValue(slice.Split, out var parts)) return null;

        var ranges = resolved.Ranges.Of(task.Task, task.Data, slice.Split, isCapped: true);
        var pool = new ExemplarPool(slice.Split, program.SourceColumns.Count);
        var body = new ExemplarPass(program, ranges.Order, ranges.Of(SliceKind.Train), ranges.Before(SliceKind.Train), pool, context);
        using var reader = RowReaders.Open(task.Data.Layout.Source, parts, program.SourceColumns);
        new RowPass<ExemplarChunk>(reader, body, new PassOptions(context.Plan.Jobs, context.Cancel)).Run();
        pool.Complete();
        return pool.Count > 0 ? pool : null;
    }

    public ExemplarChunk MakeChunk() => new(task.SourceColumns.Count);

    public Func<ExemplarChunk, bool> MakeWorker(RowPass<ExemplarChunk> pass)
    {
        var judge = new RowJudge(task, new RowKeys(context.Plan.Seed, task.Task.Key, pool.Split), context.Limits, context.Cancel);
        IRowFilter[] screening = context.EvaluationRows is { } rows ? [new HeldOutScreen(rows)] : [];
        var inputs = new InputKeys(task);
        return chunk =>
        {
            chunk.Usable.Clear();
            var (error, groupError) = (0, 0);
            for (var row = 0; row < chunk.Batch.Count; row++)
            {
                var ordinal = chunk.First + row;
                var position = order.PositionOf(judge.Evaluator, chunk.Batch, row, ordinal, ref groupError);
                if (range.Contains(position) && judge.Judge(chunk.Batch, row, ordinal, position, preceding, ref error, screening).Verdict.IsKept)
                    chunk.Usable.Add((row, position, inputs.Of(judge.Evaluator), judge.Evaluator.AnswerIndex()));
            }

            return true;
        };
    }

    public bool Commit(ExemplarChunk chunk)
    {
        foreach (var (row, position, key, label) in chunk.Usable) pool.Add(chunk.Batch, row, position, chunk.First + row, key, label);

        return !order.IsSource || (chunk.First + chunk.Batch.Count < range.To && !pool.IsFull && pool.Limit == long.MaxValue);
    }
}

/// <summary>A chunk of rows with the candidate exemplars.</summary>
internal sealed class ExemplarChunk(int columns) : RowChunk(columns)
{
    /// <summary>Index in the batch, position in the order of the split, key of the input and label of each.</summary>
    public List<(int Row, long Position, UInt128 Key, int Label)> Usable { get; } = [];
}

/// <summary>Determines whether two rows of a task yield the same input under its first direct template, as written. One per worker.</summary>
internal sealed class InputKeys(CompiledTask task)
{
    private readonly CompiledTemplate? _template = task.Templates.FirstOrDefault(template => template.Definition.Kind == TemplateKind.Direct) ?? (task.Templates.Count > 0 ? task.Templates[0] : null);
    private readonly RowKey _fallback = new();
    private readonly Utf8Output _text = new();

    /// <summary>The key of the loaded row.</summary>
    public UInt128 Of(RowEvaluator row)
    {
        try
        {
            if (_template is null || !row.HasLabel(_template)) return _fallback.Of(row);

            _text.Length = 0;
            row.RenderInput(_template, _text);
            return XxHash128.HashToUInt128(_text.Written);
        }
        catch (TemplateException)
        {
            return _fallback.Of(row);
        }
    }
}
