using System.Runtime.ExceptionServices;
using InstructKit.Sources;
using InstructKit.Sources.Formats;

namespace InstructKit.Pipeline;

/// <summary>What a pass does with the rows: work on chunks side by side, commit them in the order of the input.</summary>
internal interface IPassBody<TChunk>
    where TChunk : RowChunk
{
    /// <summary>Makes an empty chunk.</summary>
    TChunk MakeChunk();

    /// <summary>Makes the work of one worker, on the thread that will do it. False from it when the pass was closed meanwhile.</summary>
    /// <param name="pass">The pass, for work that has to wait for its turn.</param>
    Func<TChunk, bool> MakeWorker(RowPass<TChunk> pass);

    /// <summary>Takes what was made of a chunk, in the order of the input, one chunk at a time. False when no more rows are wanted.</summary>
    bool Commit(TChunk chunk);

    /// <summary>The pass failed: releases workers that wait for each other.</summary>
    void Close()
    {
    }
}

/// <summary>How a pass runs.</summary>
/// <param name="Workers">Threads; more than processors only wait for each other, so they are not used.</param>
/// <param name="Cancel">Ends the pass.</param>
/// <param name="StackBytes">Stack of each worker in bytes; 0 for the platform's, with the calling thread as one of the workers.</param>
internal sealed record PassOptions(int Workers, CancellationToken Cancel, int StackBytes = 0);

/// <summary>The one loop over the rows of a reader: workers share the reader, parse and work on their own chunks side by side, and results are committed in the
/// order of the input. Numbering, errors and cancellation are handled here. The outcome does not depend on the number of workers or on chunk borders.</summary>
/// <param name="body">What is done with them.</param>
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

    /// <summary>Runs to the end of the input, or to where no more rows are wanted; returns the rows read, faulty ones included.</summary>
    /// <exception cref="DiagnosticException">The input cannot be read any further, or the body refused it; the first error in the input is always the one reported.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public long Run()
    {
        // More chunks than workers, so that none waits while another writes.
        using var chunks = new OrderedChunkQueue<TChunk>(body.MakeChunk, _workers == 1 ? 1 : _workers + 1, Commit);
        _chunks = chunks;
        if (options.StackBytes > 0) Start(0);
        else Work();
        foreach (var thread in Started()) thread.Join();

        if (_failure is not null) ExceptionDispatchInfo.Throw(_failure);
        options.Cancel.ThrowIfCancellationRequested();
        return _nextOrdinal;
    }

    /// <summary>Waits until everything before a chunk has been committed; then its worker may write ahead of its commit. False when the pass was closed.</summary>
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

                // An input of one chunk is done before a thread has even begun.
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

    // Reads the next chunk and numbers it. A reader that breaks gives a last, empty chunk, so that the error is reported in input order.
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
        // Chunks that were read ahead after the last wanted row are ignored, including their errors.
        if (_enough) return;

        _enough = !body.Commit(chunk);
        if (chunk.Broken is not null) ExceptionDispatchInfo.Throw(chunk.Broken);
        _done |= _enough;
    }
}

/// <summary>Looks at one row. False when no more rows are wanted.</summary>
/// <param name="row">Index of the row in its batch.</param>
/// <param name="ordinal">Its number in the input, from 0.</param>
/// <param name="error">Why it could not be read, or null.</param>
internal delegate bool RowVisitor(RowBatch batch, int row, long ordinal, RowError? error);

/// <summary>Passes that need no body of their own.</summary>
internal static class RowPass
{
    /// <summary>Shows every row to a visitor, in order, on the calling thread; returns the rows that were read.</summary>
    /// <exception cref="DiagnosticException">The input cannot be read any further.</exception>
    public static long Visit(RowReader reader, RowVisitor visit, CancellationToken cancel = default) =>
        new RowPass<RowChunk>(reader, new Visiting(reader.Columns.Count, visit), new PassOptions(1, cancel)).Run();

    /// <summary>Counts the rows of a source, faulty ones included; by several workers where they have to be read for it.</summary>
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
