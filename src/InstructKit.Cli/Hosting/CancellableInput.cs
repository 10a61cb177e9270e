using System.Diagnostics.CodeAnalysis;

namespace InstructKit.Cli.Hosting;

/// <summary>Standard input whose reads end on a signal; a read from a pipe or terminal would otherwise wait for its other end.</summary>
/// <param name="inner">The stream; a pending read is abandoned at the end.</param>
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
