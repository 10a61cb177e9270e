using InstructKit.Pipeline;
using InstructKit.Sources;
using InstructKit.Sources.Files;
using InstructKit.Sources.Formats;

namespace InstructKit.Rendering;

/// <summary>The template engine as a filter: JSON Lines in, JSON Lines out, one line per row, in order. Memory is bounded by the number of threads, not by the
/// input.</summary>
public sealed class RenderFilter : IPassBody<RenderChunk>
{
    /// <summary>Stack of a worker, in bytes. Every render ends within 1 MiB; the rest is for platforms whose frames are larger.</summary>
    public const int StackBytes = 16 << 20;

    // A block's output may be many times its input; output beyond this is written before the block is done.
    private const int OutputBytes = 8 << 20;

    private readonly RenderRequest _request;
    private readonly Stream _output;
    private readonly CancellationToken _cancel;
    private readonly RepairCounts _repairs = new();
    private long _rows;
    private long _failed;

    private RenderFilter(RenderRequest request, Stream output, CancellationToken cancel)
    {
        _request = request;
        _output = output;
        _cancel = cancel;
    }

    /// <summary>Renders all rows of a stream.</summary>
    /// <param name="request">What to do.</param>
    /// <param name="input">JSON Lines, UTF-8.</param>
    /// <param name="inputName">Name of the input in messages.</param>
    /// <param name="output">Receives the lines; flushed after every block.</param>
    /// <param name="cancel">Stops between blocks and within a render.</param>
    /// <exception cref="DiagnosticException">The shared template is wrong (IK1xxx), or a line is too long to be held (IK3012).</exception>
    /// <exception cref="IOException">Reading or writing failed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static RenderCounts Run(RenderRequest request, Stream input, string inputName, Stream output, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(output);
        if (request.Template is null == request.TemplateColumn is null) throw new ArgumentException("either a template or a template column", nameof(request));

        using var reader = new LineBlockReader(input, inputName, request.InputLimits.MaxLineBytes);
        var filter = new RenderFilter(request, output, cancel);
        new RowPass<RenderChunk>(reader, filter, new PassOptions(request.Jobs, cancel, StackBytes)).Run();
        return new RenderCounts(filter._rows, filter._failed, filter._repairs);
    }

    /// <summary>Like <see cref="Run(RenderRequest, Stream, string, Stream, CancellationToken)"/>, from a file, which may be compressed or in an archive.</summary>
    /// <exception cref="DiagnosticException">As there, or the file cannot be read (IK30xx).</exception>
    public static RenderCounts RunFile(RenderRequest request, string path, Stream output, CancellationToken cancel = default)
    {
        var file = new SourceFile(path, path);
        using var opener = new SourceOpener(new SourceSpec { Format = SourceFormats.Jsonl, Limits = request.InputLimits }, [file]);
        using var input = opener.Open(file);
        return Run(request, input, path, output, cancel);
    }

    RenderChunk IPassBody<RenderChunk>.MakeChunk() => new();

    Func<RenderChunk, bool> IPassBody<RenderChunk>.MakeWorker(RowPass<RenderChunk> pass)
    {
        var renderer = new BlockRenderer(_request, _cancel);
        return chunk =>
        {
            chunk.Begin();
            renderer.Render(chunk, full =>
            {
                if (full.Output.Length > OutputBytes && (full.HasTurn || (full.HasTurn = pass.AwaitTurn(full)))) Flush(full);
            });
            return true;
        };
    }

    bool IPassBody<RenderChunk>.Commit(RenderChunk chunk)
    {
        Flush(chunk);
        _output.Flush();
        _rows += chunk.Lines;
        _failed += chunk.Failed;
        _repairs.Add(chunk.Repairs);
        return true;
    }

    private void Flush(RenderChunk chunk)
    {
        _output.Write(chunk.Output.Written);
        chunk.Output.Length = 0;
    }
}

/// <summary>Result of a run.</summary>
/// <param name="Rows">Rows read, which is lines written.</param>
/// <param name="Failed">Rows that resulted in an error object.</param>
/// <param name="Repaired">Rows that were repaired.</param>
public readonly record struct RenderCounts(long Rows, long Failed, RepairCounts Repaired);

/// <summary>A block of lines, rendered.</summary>
internal sealed class RenderChunk : LineChunk
{
    /// <summary>True when everything before has been written, so lines may be written before the block is done.</summary>
    public bool HasTurn { get; set; }

    public override void Begin()
    {
        base.Begin();
        HasTurn = false;
    }
}
