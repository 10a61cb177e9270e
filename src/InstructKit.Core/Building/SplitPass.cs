using InstructKit.Cells;
using InstructKit.Diagnostics;
using InstructKit.Pipeline;
using InstructKit.Sources;
using InstructKit.Templates;

namespace InstructKit.Building;

/// <summary>
/// Takes the rows of one source split through a task into the slices that are written: workers map, filter and render, results are counted and handed
/// to the sinks in the order of the input.
/// </summary>
/// <param name="task">The compiled task.</param>
/// <param name="jobs">Slices of this source split.</param>
/// <param name="context">What all passes of a build share.</param>
/// <param name="rejects">Accounts for rows that become no example.</param>
/// <param name="split">The source split's name.</param>
internal sealed class SplitPass(CompiledTask task, IReadOnlyList<SliceJob> jobs, BuildContext context, RejectRecorder rejects, string split) : IPassBody<SplitChunk>
{
    private readonly TicketGate _positions = new();
    private readonly long _end = jobs.Max(job => job.Range.To);

    /// <summary>Reads a source split.</summary>
    /// <exception cref="DiagnosticException">The input is bad and the plan says to fail, or it cannot be read on.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static void Run(CompiledTask task, RowReader reader, IReadOnlyList<SliceJob> jobs, BuildContext context, string split, string folder)
    {
        var rejects = new RejectRecorder(task.Task.Key, reader.Files, context, split, folder);
        new RowPass<SplitChunk>(reader, new SplitPass(task, jobs, context, rejects, split), new PassOptions(context.Plan.Jobs, context.Cancel)).Run();
        foreach (var job in jobs) job.Finish();
    }

    /// <inheritdoc/>
    public SplitChunk MakeChunk() => new(task.SourceColumns.Count, jobs);

    /// <inheritdoc/>
    public Func<SplitChunk, bool> MakeWorker(RowPass<SplitChunk> pass) => new SplitWorker(task, jobs, context, split, _positions).Render;

    /// <inheritdoc/>
    public bool Commit(SplitChunk chunk)
    {
        for (var i = 0; i < jobs.Count; i++) Commit(chunk.Batch, chunk.First, jobs[i], chunk.Results[i]);

        context.Report(task.Task.Key, split, chunk.Batch.Count);
        return chunk.First + chunk.Batch.Count < _end && jobs.Any(job => !job.Counts.Capped);
    }

    /// <inheritdoc/>
    public void Close() => _positions.Close();

    // Takes what fits under the cap and accounts for every row up to there.
    private void Commit(RowBatch batch, long first, SliceJob job, SliceResult result)
    {
        if (job.Counts.Capped) return;

        var room = job.Room;
        var rows = (int)Math.Min(result.Selected, room);
        var last = result.Selected >= room && room < long.MaxValue ? rows == 0 ? result.Range.From : result.RowOf(rows - 1) + 1 : result.Range.To;
        foreach (var outcome in result.Lost)
        {
            if (outcome.Row < last) rejects.Account(batch, first, job.Counts, outcome);
        }

        foreach (var (row, heldOut) in result.Leaks)
        {
            if (row < last) context.Leaks!.Add(task.Task.Key, heldOut); // rows are screened only where leaks are counted
        }

        job.Take(result, rows);
        job.CountRepairs(batch, first, result.Range.From, last);
        job.Counts.Read += job.Range.CountWithin(first + result.Range.From, first + last);
        job.Counts.Capped = result.Selected >= room;
    }
}

/// <summary>A chunk of rows with what each slice got of them.</summary>
internal sealed class SplitChunk(int columns, IReadOnlyList<SliceJob> jobs) : RowChunk(columns)
{
    /// <summary>One result for each slice.</summary>
    public SliceResult[] Results { get; } = [.. jobs.Select(job => new SliceResult(job))];
}
