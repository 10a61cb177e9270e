using System.Runtime.InteropServices;

namespace InstructKit.Cli.Hosting;

/// <summary>Turns the first SIGINT, SIGTERM or SIGHUP into a cancellation, so that temporary files are removed; the second one ends the process at once (.NET
/// 10 handles none of them itself).</summary>
internal sealed class Signals : IDisposable
{
    private const int FileSizeExceeded = 25; // SIGXFSZ on Linux and macOS

    private readonly CancellationTokenSource _source = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private int _received;

    /// <summary>Starts listening.</summary>
    public Signals()
    {
        foreach (var signal in (ReadOnlySpan<PosixSignal>)[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP])
            _registrations.Add(PosixSignalRegistration.Create(signal, Receive));

        // Beyond the file size limit a write then fails with a message, instead of killing the process and leaving temporary files.
        if (!OperatingSystem.IsWindows()) _registrations.Add(PosixSignalRegistration.Create((PosixSignal)FileSizeExceeded, context => context.Cancel = true));
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Number of the first signal, or null if none was received.</summary>
    public int? Received => Volatile.Read(ref _received) is var number and not 0 ? number : null;

    /// <summary>Name of a signal's number.</summary>
    public static string NameOf(int number) => number switch { 1 => "SIGHUP", 15 => "SIGTERM", _ => "SIGINT" };

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();

        _source.Dispose();
    }

    private void Receive(PosixSignalContext context)
    {
        context.Cancel = true;
        var number = context.Signal switch { PosixSignal.SIGHUP => 1, PosixSignal.SIGTERM => 15, _ => 2 };
        if (Interlocked.CompareExchange(ref _received, number, 0) != 0) Environment.Exit(ExitCode.Signal + number);

        _source.Cancel();
    }
}
