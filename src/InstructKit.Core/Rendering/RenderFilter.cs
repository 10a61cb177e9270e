using System.Runtime.ExceptionServices;
using InstructKit.Building;
using InstructKit.Cells;
using InstructKit.Diagnostics;
using InstructKit.Sources;
using InstructKit.Sources.Files;
using InstructKit.Sources.Formats;
using InstructKit.Text;

namespace InstructKit.Rendering;

/// <summary>
/// The template engine as a filter: JSON Lines in, JSON Lines out, one line per row, in order. Memory is bounded by the number of threads, not by
/// the input.
/// </summary>
public sealed class RenderFilter
{
    /// <summary>
    /// Stack of a worker, in bytes. Every render ends within 1 MiB; the rest is for platforms whose frames are larger.
    /// </summary>
    public const int StackBytes = 16 << 20;

    // A block's output may be many times its input; what is more than this goes out before the block is done.
    private const int OutputBytes = 8 << 20;

    private readonly RenderRequest _request;
    private readonly LineBlocks _blocks;
    private readonly Stream _output;
    private readonly CancellationToken _cancel;
    private readonly TicketGate _turnstile = new();
    private readonly object _read = new();
    private readonly RepairCounts _repaired = new();
    private long _tickets;
    private long _rows;
    private long _failed;
    private volatile bool _done;
    private Exception? _failure;

    private RenderFilter(RenderRequest request, Stream input, string inputName, Stream output, CancellationToken cancel)
    {
        _request = request;
        _blocks = new LineBlocks(input, inputName, request.InputLimits.MaxLineBytes);
        _output = output;
        _cancel = cancel;
    }

    /// <summary>Renders all rows of a stream.</summary>
    /// <param name="request">What to do.</param>
    /// <param name="input">JSON Lines, UTF-8.</param>
    /// <param name="inputName">Name of the input in messages.</param>
    /// <param name="output">Where the lines go; flushed after every block.</param>
    /// <param name="cancel">Stops between blocks.</param>
    /// <exception cref="DiagnosticException">The shared template is none (IK1xxx), or a line is too long to be held (IK3012).</exception>
    /// <exception cref="IOException">Reading or writing failed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static RenderCounts Run(RenderRequest request, Stream input, string inputName, Stream output, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(output);
        if (request.Template is null == request.TemplateColumn is null) throw new ArgumentException("either a template or a template column", nameof(request));

        return new RenderFilter(request, input, inputName, output, cancel).Run();
    }

    /// <summary>As <see cref="Run(RenderRequest, Stream, string, Stream, CancellationToken)"/>, from a file, which may be compressed or lie in an archive.</summary>
    /// <exception cref="DiagnosticException">As there, or the file cannot be read (IK30xx).</exception>
    public static RenderCounts RunFile(RenderRequest request, string path, Stream output, CancellationToken cancel = default)
    {
        var file = new SourceFile(path, path);
        using var opener = new SourceOpener(new SourceSpec { Format = SourceFormats.Jsonl, Limits = request.InputLimits }, [file]);
        using var input = opener.Open(file);
        return Run(request, input, path, output, cancel);
    }

    private RenderCounts Run()
    {
        var threads = new Thread[Math.Max(1, _request.Jobs)];
        for (var i = 0; i < threads.Length; i++)
        {
            threads[i] = new Thread(Work, StackBytes) { IsBackground = true, Name = "render" };
            threads[i].Start();
        }

        foreach (var thread in threads) thread.Join();

        if (_failure is not null) ExceptionDispatchInfo.Throw(_failure);

        _cancel.ThrowIfCancellationRequested();
        return new RenderCounts(_rows, _failed, _repaired);
    }

    private void Work()
    {
        try
        {
            using var batch = new RowBatch(0);
            var renderer = new BlockRenderer(_request);
            var output = new Utf8Output(1 << 16) { JsonEscaped = true };
            while (!_cancel.IsCancellationRequested && Next(batch, out var ticket))
            {
                var isInside = false;
                renderer.Render(batch, output, full =>
                {
                    if (full.Length > OutputBytes && (isInside || (isInside = _turnstile.Enter(ticket)))) Flush(full);
                });
                if (!isInside && !_turnstile.Enter(ticket)) return;

                Flush(output);
                _output.Flush();
                _turnstile.Leave();
            }

            Interlocked.Add(ref _rows, renderer.Rows);
            Interlocked.Add(ref _failed, renderer.Failed);
            lock (_repaired)
            {
                _repaired.Add(renderer.Repaired);
            }
        }
        catch (Exception exception)
        {
            Interlocked.CompareExchange(ref _failure, exception, null);
            _done = true;
            _turnstile.Close();
        }
    }

    private void Flush(Utf8Output output)
    {
        _output.Write(output.Written);
        output.Length = 0;
    }

    private bool Next(RowBatch batch, out long ticket)
    {
        lock (_read)
        {
            ticket = _tickets;
            if (_done || !_blocks.Read(batch))
            {
                _done = true;
                return false;
            }

            _tickets++;
            return true;
        }
    }
}
