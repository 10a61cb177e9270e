using System.Diagnostics.CodeAnalysis;

namespace InstructKit.Cli.Hosting;

/// <summary>Standard input whose reads end when a signal comes; a read of a pipe or of a terminal would wait for its other side.</summary>
/// <param name="inner">The stream; a read of it that is under way at the end is left behind.</param>
/// <param name="cancel">Cancelled by the signal.</param>
internal sealed class CancellableInput(Stream inner, CancellationToken cancel) : ReadOnlyStream
{
    private byte[]? _buffer;

    /// <exception cref="OperationCanceledException">The signal came first.</exception>
    [SuppressMessage("Usage", "CA2016", Justification = "The wait ends, the read cannot.")]
    public override int Read(Span<byte> buffer)
    {
        var own = _buffer ??= new byte[1 << 16];
        var wanted = Math.Min(buffer.Length, own.Length);
        var reading = Task.Run(() => inner.Read(own, 0, wanted), CancellationToken.None);
        Task.WaitAny([reading], cancel);
        var read = reading.GetAwaiter().GetResult();
        own.AsSpan(0, read).CopyTo(buffer);
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }
}
