using InstructKit.Building.Plans;
using InstructKit.Building.Selection;
using InstructKit.Building.Slices;
using InstructKit.Pipeline;
using InstructKit.Protocol;
using InstructKit.Screening;
using InstructKit.Sources.Formats;
using InstructKit.Templates;

namespace InstructKit.Building.Passes;

/// <summary>Reads the held-out rows before anything else, and keeps their keys.</summary>
/// <param name="task">The held-out task, compiled without templates.</param>
/// <param name="order">The order of the source split.</param>
/// <param name="slices">Each slice that is written, with the ranges of slices that take precedence.</param>
/// <param name="split">The source split's name.</param>
/// <param name="add">Receives the keys, in the order of the input.</param>
/// <param name="cancel">Cancels the pass.</param>
internal sealed class HeldOutPass(
    CompiledTask task, SplitOrder order, IReadOnlyList<(RowSet Range, RowSet[] Preceding)> slices, BuildPlan plan, string split, Action<UInt128> add, CancellationToken cancel) : IPassBody<KeyChunk>
{
    private readonly long _end = order.IsSource ? slices.Max(slice => slice.Range.To) : long.MaxValue;

    /// <summary>Reads the written slices of all held-out tasks.</summary>
    /// <param name="resolved">The resolved plan.</param>
    /// <param name="cancel">Cancels the pass.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static void Fill(ResolvedPlan resolved, LeakLedger ledger, CancellationToken cancel)
    {
        foreach (var task in resolved.Tasks.Where(task => task.Use == TaskUse.HeldOut))
        {
            var program = CompiledTask.Compile(task.Task, task.Data.Layout, []);
            var number = ledger.Begin(task.Task.Key);
            foreach (var group in task.Outputs.GroupBy(output => task.Data.Slices[output.Slice].Split, StringComparer.Ordinal))
            {
                try
                {
                    var ranges = resolved.Ranges.Of(task.Task, task.Data, group.Key);
                    List<(RowSet, RowSet[])> slices = [.. group.Select(output => (ranges.Of(output.Slice), ranges.Before(output.Slice)))];
                    using var reader = RowReaders.Open(task.Data.Layout.Source, task.Data.Splits[group.Key], program.SourceColumns);
                    var body = new HeldOutPass(program, ranges.Order, slices, resolved.Plan, group.Key, key => ledger.AddHeldOut(number, key), cancel);
                    new RowPass<KeyChunk>(reader, body, new PassOptions(resolved.Plan.Jobs, cancel)).Run();
                }
                catch (DiagnosticException)
                {
                    // The build reads the same rows again and fails there; errors in training rows are reported before.
                }
            }
        }

        ledger.Keys.Finish();
    }

    public KeyChunk MakeChunk() => new(task.SourceColumns.Count);

    public Func<KeyChunk, bool> MakeWorker(RowPass<KeyChunk> pass)
    {
        var judge = new RowJudge(task, new RowKeys(plan.Seed, task.Task.Key, split), new Templating.Settings.RenderLimits(), cancel);
        var key = new RowKey();
        return chunk =>
        {
            chunk.Keys.Clear();
            foreach (var (range, preceding) in slices)
            {
                var (error, groupError) = (0, 0);
                for (var row = 0; row < chunk.Batch.Count; row++)
                {
                    var ordinal = chunk.First + row;
                    var position = order.PositionOf(judge.Evaluator, chunk.Batch, row, ordinal, ref groupError);
                    if (range.Contains(position) && judge.Judge(chunk.Batch, row, ordinal, position, preceding, ref error).Verdict.IsKept) chunk.Keys.Add(key.Of(judge.Evaluator));
                }
            }

            return true;
        };
    }

    public bool Commit(KeyChunk chunk)
    {
        chunk.Keys.ForEach(add);
        return chunk.First + chunk.Batch.Count < _end;
    }
}

/// <summary>A chunk of rows with the keys of the held-out ones.</summary>
internal sealed class KeyChunk(int columns) : RowChunk(columns)
{
    /// <summary>The keys, in the order of the rows.</summary>
    public List<UInt128> Keys { get; } = [];
}
