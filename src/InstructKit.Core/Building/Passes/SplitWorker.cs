using InstructKit.Pipeline;
using InstructKit.Protocol;
using InstructKit.Templates;

namespace InstructKit.Building.Passes;

/// <summary>Processes chunks: all rows for every slice that selects them.</summary>
internal sealed class SplitWorker
{
    private readonly SliceJob[] _jobs;
    private readonly TicketGate _positions;
    private readonly RowJudge _judge;
    private readonly SliceWorker[] _slices;
    private readonly bool _roundRobin;

    /// <summary>Creates a worker.</summary>
    /// <param name="jobs">Slices of the source split.</param>
    /// <param name="context">Shared by all passes of a build.</param>
    /// <param name="split">The source split's name.</param>
    /// <param name="positions">Orders the counting of kept rows, for round robin.</param>
    public SplitWorker(CompiledTask task, IReadOnlyList<SliceJob> jobs, BuildContext context, string split, TicketGate positions)
    {
        _jobs = [.. jobs];
        _positions = positions;
        _judge = new RowJudge(task, new RowKeys(context.Plan.Seed, task.Task.Key, split), context.Limits, context.Cancel);
        _slices = [.. jobs.Select(job => new SliceWorker(task, job, context, split, _judge))];
        _roundRobin = jobs.Any(job => job.Assign == TemplateAssignment.RoundRobin);
    }

    /// <summary>Fills the results of a chunk. False if the pass was cancelled meanwhile.</summary>
    public bool Render(SplitChunk chunk)
    {
        chunk.FindPositions(_judge.Evaluator);
        for (var i = 0; i < _slices.Length; i++)
        {
            _slices[i].Begin(chunk, chunk.Results[i]);
            if (_jobs[i].Assign != TemplateAssignment.RoundRobin) _slices[i].Render();
        }

        if (!_roundRobin) return true;

        // Round robin goes by the position among the kept rows: find the kept rows, wait for the count before them, then render.
        var kept = new int[_slices.Length];
        for (var i = 0; i < kept.Length; i++) kept[i] = _jobs[i].Assign == TemplateAssignment.RoundRobin ? _slices[i].CountKept() : 0;

        if (!_positions.Enter(chunk.Ticket)) return false;

        var before = new long[kept.Length];
        for (var i = 0; i < kept.Length; i++)
        {
            before[i] = _jobs[i].Positions;
            _jobs[i].Positions += kept[i];
        }

        _positions.Leave();
        for (var i = 0; i < kept.Length; i++)
        {
            if (_jobs[i].Assign == TemplateAssignment.RoundRobin) _slices[i].Render(before[i]);
        }

        return true;
    }
}
