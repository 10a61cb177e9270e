using InstructKit.Cells;
using InstructKit.Diagnostics;
using InstructKit.Sources;
using InstructKit.Templates;

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
internal sealed class SplitRunner(CompiledTask program, RowReader reader, IReadOnlyList<SliceJob> jobs, BuildContext context, string split, string folder)
{
    private readonly object _read = new();
    private readonly TicketGate _ordinals = new();
    private readonly TicketGate _positions = new();
    private readonly long _end = jobs.Max(job => job.Range.To);
    private readonly RejectRecorder _lost = new(program.Task.Key, reader.Files, context, split, folder);
    private readonly List<Thread> _others = [];
    private readonly int _workers = Math.Clamp(context.Plan.Jobs, 1, Environment.ProcessorCount); // more than processors only wait for each other
    private OrderedChunkQueue? _chunks;
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
        using var chunks = new OrderedChunkQueue(() => new RowChunk(program.SourceColumns.Count, jobs.Count), _workers == 1 ? 1 : _workers + 1, Commit);
        _chunks = chunks;
        Work();
        foreach (var thread in _others) thread.Join();

        if (_failure is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(_failure);

        context.Cancel.ThrowIfCancellationRequested();
        foreach (var job in jobs) job.Finish();
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
            var renderer = new ChunkRenderer(program, jobs, context, split, _positions);
            while (!context.Cancel.IsCancellationRequested && _chunks!.Rent() is { } chunk) // set before any worker begins
            {
                if (!Next(chunk))
                {
                    _chunks.Return(chunk);
                    return;
                }

                // A split of one chunk is done before a thread has even begun.
                if (chunk.Ticket == 1) StartOthers();

                if (chunk.Broken is null) reader.Parse(chunk.Batch);

                if (!_ordinals.Enter(chunk.Ticket)) return;

                chunk.First = _nextOrdinal;
                _nextOrdinal += chunk.Batch.Count;
                _ordinals.Leave();
                if (!renderer.Render(chunk)) return;

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
            if (_done) return false;

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

    // In the order of the input, one chunk at a time.
    private void Commit(RowChunk chunk)
    {
        if (_enough)
        {
            // Read ahead by another worker: what stands there, and whether it can be read, is nobody's business.
            return;
        }

        for (var i = 0; i < chunk.Results.Length; i++) Commit(chunk.Batch, chunk.First, jobs[i], chunk.Results[i]);

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
        if (job.Counts.Capped) return;

        var room = job.Room;
        var rows = (int)Math.Min(result.Selected, room);
        var last = result.Selected >= room && room < long.MaxValue ? rows == 0 ? result.Range.From : result.RowOf(rows - 1) + 1 : result.Range.To;
        foreach (var what in result.Events)
        {
            if (what.Row < last) _lost.Account(batch, first, job.Counts, what);
        }

        job.Take(result.Output.Written, result.Lines, result.Prompts, result.LinesOf(rows), rows);
        job.CountRepaired(batch, first, result.Range.From, last);
        job.Counts.Read += job.Range.CountWithin(first + result.Range.From, first + last);
        job.Counts.Capped = result.Selected >= room;
    }
}
