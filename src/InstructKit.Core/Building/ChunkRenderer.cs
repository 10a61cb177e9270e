using InstructKit.Cells;
using InstructKit.Protocol;
using InstructKit.Templates;
using InstructKit.Templating.Settings;
using InstructKit.Text;

namespace InstructKit.Building;

/// <summary>What a worker makes of a chunk: every row is mapped, filtered and rendered for every slice that wants it. One worker's; many run side by side.</summary>
/// <param name="program">The compiled task.</param>
/// <param name="jobs">Slices of the source split.</param>
/// <param name="context">What all runs of a build share.</param>
/// <param name="split">The source split's name.</param>
/// <param name="positions">Orders the counting of kept rows, for round robin.</param>
internal sealed class ChunkRenderer(CompiledTask program, IReadOnlyList<SliceJob> jobs, BuildContext context, string split, TicketGate positions)
{
    private readonly RowEvaluator _evaluator = new(program, context.Limits);
    private readonly CompiledTemplate[] _prompts = [.. program.Prompts];
    private readonly bool _roundRobin = jobs.Any(job => job.Assign == TemplateAssignment.RoundRobin);
    private readonly KeyedHash _random = new(context.Plan.Seed, "random", $"{program.Task.Key}\n{split}");

    /// <summary>Fills the results of a chunk. False when the run was given up meanwhile.</summary>
    public bool Render(RowChunk chunk)
    {
        var (batch, first, results) = (chunk.Batch, chunk.First, chunk.Results);
        for (var i = 0; i < results.Length; i++)
        {
            results[i].Reset();
            var range = jobs[i].Range;
            results[i].Range = ((int)Math.Clamp(range.From - first, 0, batch.Count), (int)Math.Clamp(range.To - first, 0, batch.Count));
            if (jobs[i].Assign != TemplateAssignment.RoundRobin) Render(batch, first, jobs[i], results[i], 0, null);
        }

        if (!_roundRobin) return true;

        // Round robin goes by the position among the kept rows: find the kept rows, wait for the count before them, then render.
        var kept = new List<int>?[results.Length];
        for (var i = 0; i < results.Length; i++) kept[i] = jobs[i].Assign == TemplateAssignment.RoundRobin ? KeptRows(batch, first, jobs[i], results[i]) : null;

        if (!positions.Enter(chunk.Ticket)) return false;

        var before = new long[results.Length];
        for (var i = 0; i < results.Length; i++)
        {
            before[i] = jobs[i].Positions;
            jobs[i].Positions += kept[i]?.Count ?? 0;
        }

        positions.Leave();
        for (var i = 0; i < results.Length; i++)
        {
            if (kept[i] is { } rows) Render(batch, first, jobs[i], results[i], before[i], rows);
        }

        return true;
    }

    private List<int> KeptRows(RowBatch batch, long first, SliceJob job, SliceResult result)
    {
        List<int> rows = [];
        var fault = 0;
        for (var row = result.Range.From; row < result.Range.To; row++)
        {
            if (job.Range.Contains(first + row) && Judge(batch, first, row, job, ref fault).Verdict.IsKept) rows.Add(row);
        }

        return rows;
    }

    private void Render(RowBatch batch, long first, SliceJob job, SliceResult result, long position, List<int>? kept)
    {
        var fault = 0;
        var next = 0;
        for (var row = result.Range.From; row < result.Range.To; row++)
        {
            if (!job.Range.Contains(first + row)) continue;

            var what = Judge(batch, first, row, job, ref fault);
            if (!what.Verdict.IsKept)
            {
                result.Events.Add(what);
                continue;
            }

            if (kept is not null)
                RenderOne(job, result, row, first + row, job.Prompts[(int)((position + next++) % job.Prompts.Length)], 0);
            else if (job.Assign == TemplateAssignment.One)
                RenderOne(job, result, row, first + row, job.Prompts[job.TemplateHash.Choose(first + row, job.Prompts.Length)], 0);
            else
                RenderAll(job, result, row, first + row);
        }
    }

    private RowOutcome Judge(RowBatch batch, long first, int row, SliceJob job, ref int fault)
    {
        foreach (var range in job.Yields)
        {
            if (range.Contains(first + row)) return new RowOutcome(row, RowVerdict.Drop(range.Reason));
        }

        if (batch.FaultCount == 0) return new RowOutcome(row, _evaluator.Load(batch, row, _random[first + row]));

        while (fault < batch.Faults.Count && batch.Faults[fault].Row < row) fault++;

        return fault < batch.Faults.Count && batch.Faults[fault].Row == row
            ? new RowOutcome(row, RowVerdict.Fault(batch.Faults[fault].Code, batch.Faults[fault].Message), batch.Faults[fault].Column)
            : new RowOutcome(row, _evaluator.Load(batch, row, _random[first + row]));
    }

    private void RenderAll(SliceJob job, SliceResult result, int row, long ordinal)
    {
        var lines = result.Lines.Count;
        var events = result.Events.Count;
        for (var i = 0; i < job.Prompts.Length; i++) RenderLine(job, result, row, ordinal, job.Prompts[i], i);

        if (result.Lines.Count > lines)
        {
            result.Select(row);
        }
        else
        {
            // No template made anything of the row: that is one dropped row.
            var why = result.Events[events];
            result.Events.RemoveRange(events, result.Events.Count - events);
            result.Events.Add(why with { WholeRow = true });
        }
    }

    private void RenderOne(SliceJob job, SliceResult result, int row, long ordinal, int prompt, int n)
    {
        if (RenderLine(job, result, row, ordinal, prompt, n)) result.Select(row);
    }

    private bool RenderLine(SliceJob job, SliceResult result, int row, long ordinal, int index, int n)
    {
        var prompt = _prompts[index];
        var start = result.Output.Length;
        RowVerdict verdict;
        try
        {
            if (job.Format.Write(_evaluator, prompt, index, ordinal, result.Output) is not { } reason)
            {
                result.Lines.Add(result.Output.Length, job.ShuffleHash[ordinal, n]);
                result.Prompts.Add(index);
                return true;
            }

            verdict = RowVerdict.Drop(reason);
        }
        catch (TemplateException exception)
        {
            result.Output.Length = start;
            var found = exception.Diagnostics[0];
            verdict = RowVerdict.Fault(RowCodes.RenderFailed, $"The template '{prompt.Definition.Id}' fails at {found.Span?.Start}: {found.Message}");
        }

        result.Events.Add(new RowOutcome(row, verdict, Template: prompt.Definition.Id, WholeRow: job.Assign != TemplateAssignment.All));
        return false;
    }
}
