using System.Runtime.ExceptionServices;
using InstructKit.Sources;
using InstructKit.Sources.Formats;

namespace InstructKit.Pipeline;

/// <summary>The work of a pass: processes chunks in parallel, commits them in input order.</summary>
internal interface IPassBody<TChunk>
    where TChunk : RowChunk
{
    /// <summary>Creates an empty chunk.</summary>
    TChunk MakeChunk();

    /// <summary>Creates the work function of one worker, on its thread. The function returns false if the pass was closed meanwhile.</summary>
    /// <param name="pass">The pass, for work that must wait for its turn.</param>
    Func<TChunk, bool> MakeWorker(RowPass<TChunk> pass);

    /// <summary>Commits the results of a chunk, in input order, one chunk at a time. False if no more rows are needed.</summary>
    bool Commit(TChunk chunk);

    /// <summary>Called when the pass failed: releases workers that wait for each other.</summary>
    void Close()
    {
    }
}

/// <summary>How a pass runs.</summary>
/// <param name="Workers">Number of threads, limited to the number of processors.</param>
/// <param name="Cancel">Cancels the pass.</param>
/// <param name="StackBytes">Stack of each worker in bytes; 0 for the platform's default, with the calling thread as one of the workers.</param>
internal sealed record PassOptions(int Workers, CancellationToken Cancel, int StackBytes = 0);

/// <summary>The only loop over the rows of a reader: workers share the reader, parse and process their own chunks in parallel, and results are committed in
/// input order. Numbering, errors and cancellation are handled here. The outcome does not depend on the number of workers or on chunk boundaries.</summary>
/// <param name="body">The work on the rows.</param>
internal sealed class RowPass<TChunk>(RowReader reader, IPassBody<TChunk> body, PassOptions options)
    where TChunk : RowChunk
{
    private readonly object _read = new();
    private readonly TicketGate _ordinals = new();
    private readonly List<Thread> _threads = [];
    private readonly int _workers = Math.Clamp(options.Workers, 1, Environment.ProcessorCount);
    private OrderedChunkQueue<TChunk>? _chunks;
    private long _tickets;
    private long _nextOrdinal;
    private volatile bool _done;
    private bool _enough;
    private Exception? _failure;

    /// <summary>Runs to the end of the input, or until no more rows are needed; returns the number of rows read, including faulty ones.</summary>
    /// <exception cref="DiagnosticException">The input cannot be read any further, or the body rejected it; the first error in the input is always the one reported.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public long Run()
    {
        // More chunks than workers, so none waits while another writes.
        using var chunks = new OrderedChunkQueue<TChunk>(body.MakeChunk, _workers == 1 ? 1 : _workers + 1, Commit);
        _chunks = chunks;
        if (options.StackBytes > 0) Start(0);
        else Work();
        foreach (var thread in Started()) thread.Join();

        if (_failure is not null) ExceptionDispatchInfo.Throw(_failure);
        options.Cancel.ThrowIfCancellationRequested();
        return _nextOrdinal;
    }

    /// <summary>Waits until everything before a chunk has been committed; then its worker may write before its commit. False if the pass was closed.</summary>
    public bool AwaitTurn(TChunk chunk) => _chunks!.AwaitTurn(chunk); // set before any worker begins

    // Workers start workers, so the list grows while it is walked.
    private IEnumerable<Thread> Started()
    {
        for (var i = 0; ; i++)
        {
            lock (_threads)
            {
                if (i == _threads.Count) yield break;
            }

            yield return _threads[i];
        }
    }

    private void Start(int number)
    {
        var thread = new Thread(Work, options.StackBytes) { IsBackground = true, Name = $"rows {number}" };
        lock (_threads) _threads.Add(thread);

        thread.Start();
    }

    private void Work()
    {
        try
        {
            var work = body.MakeWorker(this);
            while (!options.Cancel.IsCancellationRequested && _chunks!.Rent() is { } chunk) // set before any worker begins
            {
                if (!Next(chunk))
                {
                    _chunks.Return(chunk);
                    return;
                }

                // An input of one chunk is finished before another thread has even started.
                if (chunk.Ticket == 1)
                {
                    for (var i = 1; i < _workers; i++) Start(i);
                }

                if (chunk.Broken is null) reader.Parse(chunk.Batch);
                if (!_ordinals.Enter(chunk.Ticket)) return;

                chunk.First = _nextOrdinal;
                _nextOrdinal += chunk.Batch.Count;
                _ordinals.Leave();
                if (!work(chunk)) return;

                _chunks.Submit(chunk);
            }
        }
        catch (Exception exception)
        {
            Interlocked.CompareExchange(ref _failure, exception, null);
            _done = true;
            _ordinals.Close();
            body.Close();
            _chunks?.Close();
        }
    }

    // Reads the next chunk and numbers it. A reader error yields a last, empty chunk, so that it is reported in input order.
    private bool Next(TChunk chunk)
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

    private void Commit(TChunk chunk)
    {
        // Chunks read ahead after the last needed row are ignored, including their errors.
        if (_enough) return;

        _enough = !body.Commit(chunk);
        if (chunk.Broken is not null) ExceptionDispatchInfo.Throw(chunk.Broken);
        _done |= _enough;
    }
}

/// <summary>Visits one row. False if no more rows are needed.</summary>
/// <param name="row">Index of the row in its batch.</param>
/// <param name="ordinal">Its number in the input, from 0.</param>
/// <param name="error">Why it could not be read, or null.</param>
internal delegate bool RowVisitor(RowBatch batch, int row, long ordinal, RowError? error);

/// <summary>Passes without their own body.</summary>
internal static class RowPass
{
    /// <summary>Shows every row to a visitor, in order, on the calling thread; returns the number of rows read.</summary>
    /// <exception cref="DiagnosticException">The input cannot be read any further.</exception>
    public static long Visit(RowReader reader, RowVisitor visit, CancellationToken cancel = default) =>
        new RowPass<RowChunk>(reader, new Visiting(reader.Columns.Count, visit), new PassOptions(1, cancel)).Run();

    /// <summary>Counts the rows of a source, including faulty ones; in parallel if they must be read.</summary>
    /// <exception cref="DiagnosticException">The input cannot be read.</exception>
    public static long Count(SourceSpec spec, IReadOnlyList<SourcePart> parts, CancellationToken cancel = default)
    {
        if (RowReaders.KnownRows(spec, parts) is { } count) return count;

        using var reader = RowReaders.Open(spec, parts, []);
        return new RowPass<RowChunk>(reader, new Visiting(0, null), new PassOptions(Environment.ProcessorCount, cancel)).Run();
    }

    private sealed class Visiting(int columns, RowVisitor? visit) : IPassBody<RowChunk>
    {
        public RowChunk MakeChunk() => new(columns);

        public Func<RowChunk, bool> MakeWorker(RowPass<RowChunk> pass) => static _ => true;

        public bool Commit(RowChunk chunk)
        {
            var next = 0;
            for (var row = 0; visit is not null && row < chunk.Batch.Count; row++)
            {
                if (!visit(chunk.Batch, row, chunk.First + row, chunk.Batch.ErrorOf(row, ref next))) return false;
            }

            return true;
        }
    }
}
