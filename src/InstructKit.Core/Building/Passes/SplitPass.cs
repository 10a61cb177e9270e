using InstructKit.Building.Slices;
using InstructKit.Pipeline;
using InstructKit.Protocol;
using InstructKit.Sources;
using InstructKit.Templates;

namespace InstructKit.Building.Passes;

/// <summary>Processes the rows of one source split of a task into the written slices: workers map, filter and render; results are counted and passed
/// to the sinks in input order.</summary>
/// <param name="jobs">Slices of this source split.</param>
/// <param name="context">Shared by all passes of a build.</param>
/// <param name="rejects">Accounts for rows that yield no example.</param>
/// <param name="split">The source split's name.</param>
internal sealed class SplitPass(CompiledTask task, IReadOnlyList<SliceJob> jobs, BuildContext context, RejectRecorder rejects, string split) : IPassBody<SplitChunk>
{
    private readonly TicketGate _positions = new();
    private int _bytes;
    private readonly bool _hasRoundRobin = jobs.Any(job => job.Assign == TemplateAssignment.RoundRobin);
    private readonly long _end = jobs.Max(job => job.Order.IsSource ? job.Range.To : long.MaxValue);

    /// <summary>Reads a source split, repeatedly if dropped rows must be replaced.</summary>
    /// <exception cref="DiagnosticException">The input is bad and the plan fails on bad rows, or it cannot be read further.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static void Run(CompiledTask task, Func<RowReader> open, IReadOnlyList<SliceJob> jobs, BuildContext context, string split, string folder)
    {
        foreach (var job in jobs) job.Begin();

        var due = jobs;
        while (due.Count > 0)
        {
            using var reader = open();
            var rejects = new RejectRecorder(task.Task.Key, reader.Files, context, split, folder);
            var pass = new SplitPass(task, due, context, rejects, split);
            new RowPass<SplitChunk>(reader, pass, new PassOptions(context.Plan.Jobs, context.Cancel)).Run();
            due = [.. due.Where(job => job.Continue(pass._bytes))];
        }

        foreach (var job in jobs) job.Finish();
    }

    public SplitChunk MakeChunk() => new(task.SourceColumns.Count, jobs);

    public Func<SplitChunk, bool> MakeWorker(RowPass<SplitChunk> pass)
    {
        var judge = new RowJudge(task, new RowKeys(context.Plan.Seed, task.Task.Key, split), context.Limits, context.Cancel);
        SliceWorker[] workers = [.. jobs.Select(job => new SliceWorker(task, job, context, split, judge))];
        return chunk =>
        {
            chunk.FindPositions(judge.Evaluator);
            for (var i = 0; i < workers.Length; i++) workers[i].Begin(chunk, chunk.Results[i]);
            foreach (var worker in workers.Where(worker => !worker.IsRoundRobin)) worker.Render();
            return !_hasRoundRobin || RenderRoundRobin(chunk, [.. workers.Where(worker => worker.IsRoundRobin)]);
        };
    }

    public bool Commit(SplitChunk chunk)
    {
        for (var i = 0; i < jobs.Count; i++) Commit(chunk, jobs[i], chunk.Results[i]);

        _bytes = Math.Max(_bytes, chunk.Batch.Used);
        context.Report(task.Task.Key, split, chunk.Batch.Count);
        return chunk.First + chunk.Batch.Count < _end && jobs.Any(job => !job.IsFull);
    }

    public void Close() => _positions.Close();

    // Round robin goes by the position among the kept rows: count the kept rows, wait for the count before them, then render. False if the pass was cancelled.
    private bool RenderRoundRobin(SplitChunk chunk, SliceWorker[] workers)
    {
        int[] kept = [.. workers.Select(worker => worker.CountKept())];
        if (!_positions.Enter(chunk.Ticket)) return false;

        long[] before = [.. workers.Zip(kept, (worker, count) => worker.Take(count))];
        _positions.Leave();
        for (var i = 0; i < workers.Length; i++) workers[i].Render(before[i]);
        return true;
    }

    // Takes what fits under the cap and accounts for every row up to there.
    private void Commit(SplitChunk chunk, SliceJob job, SliceResult result)
    {
        if (job.IsFull) return;

        var (batch, first) = (chunk.Batch, chunk.First);

        var room = job.Room;
        var rows = (int)Math.Min(result.Selected, room);
        var last = result.Selected >= room && room < long.MaxValue ? rows == 0 ? result.Range.From : result.RowOf(rows - 1) + 1 : result.Range.To;
        foreach (var outcome in result.Lost)
        {
            // A later round sees the same rows again, including unusable ones; only its templates are new.
            if (outcome.Row < last && job.Round == 0 && !job.IsBeside) rejects.Account(batch, first, job.Counts, outcome);
            else if (outcome.Row < last && outcome.Template is not null) rejects.Account(batch, first, job.Counts, outcome with { WholeRow = job.IsBeside && outcome is { WholeRow: true, Verdict.ErrorCode: null } });
        }

        foreach (var (row, heldOut) in result.Leaks)
        {
            if (row < last && job.Round == 0) context.Leaks!.Add(task.Task.Key, heldOut); // rows are only screened if leaks are counted
        }

        job.Take(result, rows);
        job.Window.Note(result.Tried);
        job.IsFull = result.Selected >= room;
        job.Last = first + last;
        if (job.Round > 0) return;

        job.CountRepairs(chunk, result.Range.From, last);
        job.Counts.Read += job.Order.IsSource ? job.Range.CountWithin(first + result.Range.From, first + last) : result.Taken;
    }
}

/// <summary>A chunk of rows with each slice's result.</summary>
internal sealed class SplitChunk(int columns, IReadOnlyList<SliceJob> jobs) : RowChunk(columns)
{
    private readonly SplitOrder _order = jobs[0].Order;
    private long[] _positions = [];

    public SliceResult[] Results { get; } = [.. jobs.Select(job => new SliceResult(job))];

    /// <summary>The position of a row in the order of the split.</summary>
    public long PositionOf(int row) => _order.IsSource ? First + row : _positions[row];

    /// <summary>Finds the positions of the rows.</summary>
    /// <param name="evaluator">Loads their groups.</param>
    public void FindPositions(RowEvaluator evaluator)
    {
        if (_order.IsSource) return;

        if (_positions.Length < Batch.Count) _positions = new long[Batch.Count];
        var error = 0;
        for (var row = 0; row < Batch.Count; row++) _positions[row] = _order.PositionOf(evaluator, Batch, row, First + row, ref error);
    }
}
