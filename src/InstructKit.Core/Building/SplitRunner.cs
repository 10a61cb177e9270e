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
    private readonly long _end = jobs.Max(job => job.Range.To);
    private readonly bool _roundRobin = jobs.Any(job => job.Assign == TemplateAssignment.RoundRobin);
    private readonly KeyedHash _random = new(context.Plan.Seed, "random", $"{program.Task.Key}\n{split}");
    private readonly LostRows _lost = new(program.Task.Key, reader.Files, context, split, folder);
    private readonly List<Thread> _others = [];
    private readonly int _workers = Math.Clamp(context.Plan.Jobs, 1, Environment.ProcessorCount); // more than processors only wait for each other
    private ChunkQueue? _chunks;
    private long _tickets;
    private long _nextOrdinal;
    private volatile bool _done;
    private bool _enough;
    private Exception? _failure;

    /// <summary>Rows read so far, faulty ones included.</summary>
    public long Rows => Volatile.Read(ref _nextOrdinal);

    /// <summary>Runs to the end of the split, or to where no slice wants more.</summary>
    /// <exception cref="DiagnosticException">The input is bad and the plan says to fail, or cannot be read on.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void Run()
    {
        // More chunks than workers, so that none waits while another writes.
        using var chunks = new ChunkQueue(() => new RowChunk(program.SourceColumns.Count, jobs.Count), _workers == 1 ? 1 : _workers + 1, Commit);
        _chunks = chunks;
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

    private void StartOthers()
    {
        for (var i = 1; i < _workers; i++)
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
            var evaluator = new RowEvaluator(program, context.Limits);
            while (!context.Cancel.IsCancellationRequested && _chunks!.Rent() is { } chunk) // set before any worker begins
            {
                if (!Next(chunk))
                {
                    _chunks.Return(chunk);
                    return;
                }

                // A split of one chunk is done before a thread has even begun.
                if (chunk.Ticket == 1)
                {
                    StartOthers();
                }

                if (chunk.Broken is null)
                {
                    reader.Parse(chunk.Batch);
                }

                if (!_ordinals.Enter(chunk.Ticket))
                {
                    return;
                }

                chunk.First = _nextOrdinal;
                _nextOrdinal += chunk.Batch.Count;
                _ordinals.Leave();
                if (!Process(chunk, evaluator))
                {
                    return;
                }

                _chunks.Submit(chunk);
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
        _chunks?.Close();
    }

    // Reads the next chunk and numbers it. A reader that breaks gives a last, empty chunk, so that the break is told in order.
    private bool Next(RowChunk chunk)
    {
        lock (_read)
        {
            chunk.Broken = null;
            chunk.Ticket = _tickets;
            if (_done)
            {
                return false;
            }

            try
            {
                _chunks!.AwaitRoom(); // set before any worker begins
                if (!reader.ReadChunk(chunk.Batch))
                {
                    _done = true;
                    return false;
                }

                _chunks.Weigh(chunk);
            }
            catch (DiagnosticException exception)
            {
                _done = true;
                chunk.Batch.Reset();
                chunk.Broken = exception;
            }

            _tickets++;
            return true;
        }
    }

    private bool Process(RowChunk chunk, RowEvaluator evaluator)
    {
        var (batch, first, results) = (chunk.Batch, chunk.First, chunk.Results);
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

        if (!_positions.Enter(chunk.Ticket))
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

    // In the order of the input, one chunk at a time.
    private void Commit(RowChunk chunk)
    {
        if (_enough)
        {
            // Read ahead by another worker: what stands there, and whether it can be read, is nobody's business.
            return;
        }

        for (var i = 0; i < chunk.Results.Length; i++)
        {
            Commit(chunk.Batch, chunk.First, jobs[i], chunk.Results[i]);
        }

        if (chunk.Broken is not null)
        {
            // Everything before the break has been committed, so the first trouble of the input is always the one that is told.
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(chunk.Broken);
        }

        // The workers find nothing more to read.
        _enough = chunk.First + chunk.Batch.Count >= _end || jobs.All(job => job.Counts.Capped);
        _done |= _enough;

        context.Report(program.Task.Key, split, chunk.Batch.Count);
    }

    // Takes what fits under the cap and accounts for every row up to there.
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
        job.CountMended(batch, first, result.Range.From, last);
        job.Counts.Read += job.Range.CountWithin(first + result.Range.From, first + last);
        job.Counts.Capped = result.Selected >= room;
    }
}
