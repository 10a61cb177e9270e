using InstructKit.Diagnostics;
using InstructKit.Prompts;
using InstructKit.Protocol;
using InstructKit.Rows;
using InstructKit.Templating;

namespace InstructKit.Building;

/// <summary>
/// Runs the rows of one source split through a task: workers share the reader, parse, map, filter and render their own batches side by side, and
/// commit the results in the order of the input. The output does not depend on the number of workers or on where chunks were cut.
/// </summary>
/// <param name="program">The compiled task.</param>
/// <param name="reader">The source.</param>
/// <param name="jobs">Slices of this source split.</param>
/// <param name="context">What all runs of a build share.</param>
/// <param name="split">The source split's name.</param>
/// <param name="folder">Where the files of the source lie, for messages.</param>
internal sealed class SplitRunner(TaskProgram program, RowReader reader, IReadOnlyList<SliceJob> jobs, BuildContext context, string split, string folder)
{
    private readonly CompiledPrompt[] _prompts = [.. program.Prompts];
    private readonly object _read = new();
    private readonly Turnstile _ordinals = new();
    private readonly Turnstile _positions = new();
    private readonly Turnstile _commits = new();
    private readonly long _end = jobs.Max(job => job.Range.To);
    private readonly bool _roundRobin = jobs.Any(job => job.Assign == TemplateAssignment.RoundRobin);
    private readonly KeyedHash _random = new(context.Plan.Seed, "random", $"{program.Task.Key}\n{split}");
    private readonly LostRows _lost = new(program.Task.Key, reader.Files, context, split, folder);
    private readonly List<Thread> _others = [];
    private long _tickets;
    private long _nextOrdinal;
    private volatile bool _done;
    private Exception? _failure;

    /// <summary>Rows read so far, faulty ones included.</summary>
    public long Rows => Volatile.Read(ref _nextOrdinal);

    /// <summary>Runs to the end of the split, or to where no slice wants more.</summary>
    /// <exception cref="DiagnosticException">The input is bad and the plan says to fail, or cannot be read on.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void Run()
    {
        Work();
        foreach (var thread in _others)
        {
            thread.Join();
        }

        if (_failure is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(_failure);
        }

        context.Cancel.ThrowIfCancellationRequested();
        foreach (var job in jobs)
        {
            job.Finish();
        }
    }

    // More workers than processors only wait for each other.
    private void StartOthers()
    {
        for (var i = 1; i < Math.Clamp(context.Plan.Jobs, 1, Environment.ProcessorCount); i++)
        {
            var thread = new Thread(Work) { IsBackground = true, Name = $"{program.Task.Key} {i}" };
            thread.Start();
            _others.Add(thread);
        }
    }

    private void Work()
    {
        try
        {
            using var batch = new RowBatch(program.SourceColumns.Count);
            var evaluator = new RowEvaluator(program, context.Limits);
            var results = jobs.Select(_ => new SliceResult()).ToArray();
            while (!context.Cancel.IsCancellationRequested && Next(batch, out var ticket, out var broken))
            {
                // A split of one chunk is done before a thread has even begun.
                if (ticket == 1)
                {
                    StartOthers();
                }

                if (broken is null)
                {
                    reader.Parse(batch);
                }

                if (!_ordinals.Enter(ticket))
                {
                    return;
                }

                var first = _nextOrdinal;
                _nextOrdinal += batch.Count;
                _ordinals.Leave();
                if (!Process(batch, first, ticket, evaluator, results) || !_commits.Enter(ticket))
                {
                    return;
                }

                for (var i = 0; i < results.Length; i++)
                {
                    Commit(batch, first, jobs[i], results[i]);
                }

                if (broken is not null)
                {
                    // Everything before the break has been committed, so the first trouble of the input is always the one that is told.
                    System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(broken);
                }

                // Enough rows: the others find nothing more to read.
                if (_nextOrdinal >= _end || jobs.All(job => job.Counts.Capped))
                {
                    _done = true;
                }

                _commits.Leave();
                context.Report(program.Task.Key, split, batch.Count);
            }
        }
        catch (Exception exception)
        {
            Fail(exception);
        }
    }

    private void Fail(Exception exception)
    {
        Interlocked.CompareExchange(ref _failure, exception, null);
        _done = true;
        _ordinals.Close();
        _positions.Close();
        _commits.Close();
    }

    // The next chunk with its ticket. A reader that breaks gives a last, empty chunk, so that the break is told in order.
    private bool Next(RowBatch batch, out long ticket, out Exception? broken)
    {
        lock (_read)
        {
            broken = null;
            ticket = _tickets;
            if (_done)
            {
                return false;
            }

            try
            {
                if (!reader.ReadChunk(batch))
                {
                    _done = true;
                    return false;
                }
            }
            catch (Exception exception) when (exception is DiagnosticException or IOException or UnauthorizedAccessException)
            {
                _done = true;
                batch.Reset();
                broken = exception;
            }

            _tickets++;
            return true;
        }
    }

    private bool Process(RowBatch batch, long first, long ticket, RowEvaluator evaluator, SliceResult[] results)
    {
        for (var i = 0; i < results.Length; i++)
        {
            results[i].Reset();
            var range = jobs[i].Range;
            results[i].Range = ((int)Math.Clamp(range.From - first, 0, batch.Count), (int)Math.Clamp(range.To - first, 0, batch.Count));
            if (jobs[i].Assign != TemplateAssignment.RoundRobin)
            {
                Render(batch, first, jobs[i], results[i], evaluator, 0, null);
            }
        }

        if (!_roundRobin)
        {
            return true;
        }

        // Round robin goes by the position among the kept rows: find the kept rows, wait for the count before them, then render.
        var kept = new List<int>?[results.Length];
        for (var i = 0; i < results.Length; i++)
        {
            kept[i] = jobs[i].Assign == TemplateAssignment.RoundRobin ? KeptRows(batch, first, jobs[i], results[i], evaluator) : null;
        }

        if (!_positions.Enter(ticket))
        {
            return false;
        }

        var positions = new long[results.Length];
        for (var i = 0; i < results.Length; i++)
        {
            positions[i] = jobs[i].Positions;
            jobs[i].Positions += kept[i]?.Count ?? 0;
        }

        _positions.Leave();
        for (var i = 0; i < results.Length; i++)
        {
            if (kept[i] is { } rows)
            {
                Render(batch, first, jobs[i], results[i], evaluator, positions[i], rows);
            }
        }

        return true;
    }

    private List<int> KeptRows(RowBatch batch, long first, SliceJob job, SliceResult result, RowEvaluator evaluator)
    {
        List<int> rows = [];
        var fault = 0;
        for (var row = result.Range.From; row < result.Range.To; row++)
        {
            if (job.Range.Contains(first + row) && Judge(batch, first, row, job, evaluator, ref fault).Verdict.IsKept)
            {
                rows.Add(row);
            }
        }

        return rows;
    }

    private void Render(RowBatch batch, long first, SliceJob job, SliceResult result, RowEvaluator evaluator, long position, List<int>? kept)
    {
        var fault = 0;
        var next = 0;
        for (var row = result.Range.From; row < result.Range.To; row++)
        {
            if (!job.Range.Contains(first + row))
            {
                continue;
            }

            var what = Judge(batch, first, row, job, evaluator, ref fault);
            if (!what.Verdict.IsKept)
            {
                result.Events.Add(what);
                continue;
            }

            if (kept is not null)
            {
                RenderOne(job, result, evaluator, row, first + row, job.Prompts[(int)((position + next++) % job.Prompts.Length)], 0);
            }
            else if (job.Assign == TemplateAssignment.One)
            {
                RenderOne(job, result, evaluator, row, first + row, job.Prompts[job.TemplateHash.Choose(first + row, job.Prompts.Length)], 0);
            }
            else
            {
                RenderAll(job, result, evaluator, row, first + row);
            }
        }
    }

    private RowEvent Judge(RowBatch batch, long first, int row, SliceJob job, RowEvaluator evaluator, ref int fault)
    {
        foreach (var range in job.Yields)
        {
            if (range.Contains(first + row))
            {
                return new RowEvent(row, RowVerdict.Drop(range.Reason));
            }
        }

        if (batch.FaultCount == 0)
        {
            return new RowEvent(row, evaluator.Load(batch, row, _random[first + row]));
        }

        while (fault < batch.Faults.Count && batch.Faults[fault].Row < row)
        {
            fault++;
        }

        return fault < batch.Faults.Count && batch.Faults[fault].Row == row
            ? new RowEvent(row, RowVerdict.Fault(batch.Faults[fault].Code, batch.Faults[fault].Message), batch.Faults[fault].Column)
            : new RowEvent(row, evaluator.Load(batch, row, _random[first + row]));
    }

    private void RenderAll(SliceJob job, SliceResult result, RowEvaluator evaluator, int row, long ordinal)
    {
        var lines = result.Lines.Count;
        var events = result.Events.Count;
        for (var i = 0; i < job.Prompts.Length; i++)
        {
            RenderLine(job, result, evaluator, row, ordinal, job.Prompts[i], i);
        }

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

    private void RenderOne(SliceJob job, SliceResult result, RowEvaluator evaluator, int row, long ordinal, int prompt, int n)
    {
        if (RenderLine(job, result, evaluator, row, ordinal, prompt, n))
        {
            result.Select(row);
        }
    }

    private bool RenderLine(SliceJob job, SliceResult result, RowEvaluator evaluator, int row, long ordinal, int index, int n)
    {
        var prompt = _prompts[index];
        var start = result.Output.Length;
        RowVerdict verdict;
        try
        {
            if (job.Format.Write(evaluator, prompt, index, ordinal, result.Output) is not { } reason)
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

        result.Events.Add(new RowEvent(row, verdict, Template: prompt.Definition.Id, WholeRow: job.Assign != TemplateAssignment.All));
        return false;
    }

    // In turn: takes what fits under the cap and accounts for every row up to there.
    private void Commit(RowBatch batch, long first, SliceJob job, SliceResult result)
    {
        if (job.Counts.Capped)
        {
            return;
        }

        var room = job.Room;
        var rows = (int)Math.Min(result.Selected, room);
        var last = result.Selected >= room && room < long.MaxValue ? rows == 0 ? result.Range.From : result.RowOf(rows - 1) + 1 : result.Range.To;
        foreach (var what in result.Events)
        {
            if (what.Row < last)
            {
                _lost.Account(batch, first, job.Counts, what);
            }
        }

        job.Take(result.Output.Written, result.Lines, result.Prompts, result.LinesOf(rows), rows);
        job.Counts.Read += job.Range.CountWithin(first + result.Range.From, first + last);
        job.Counts.Capped = result.Selected >= room;
    }
}
