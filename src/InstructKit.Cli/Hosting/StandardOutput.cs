using System.Runtime.InteropServices;

namespace InstructKit.Cli.Hosting;

/// <summary>Standard output, unbuffered. The console's own stream silently drops writes to a closed pipe, so <c>render | head</c> would read
/// its input to the end, and its errors do not name the output.</summary>
internal sealed partial class StandardOutput : WriteOnlyStream
{
    private const int Descriptor = 1;
    private const int Interrupted = 4;
    private const int BrokenPipe = 32;

    /// <summary>Standard output; on Windows the console's own stream.</summary>
    public static Stream Open() => OperatingSystem.IsWindows() ? Console.OpenStandardOutput() : new StandardOutput();

    /// <inheritdoc/>
    /// <exception cref="ClosedPipeException">The reader has closed the pipe.</exception>
    /// <exception cref="IOException">The write failed.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (StandardStreams.IsMissing(Descriptor)) throw new IOException("Standard output cannot be written: it is closed.");

        while (buffer.Length > 0)
        {
            var written = WriteTo(Descriptor, in MemoryMarshal.GetReference(buffer), buffer.Length);
            if (written >= 0)
            {
                buffer = buffer[(int)written..];
                continue;
            }

            var error = Marshal.GetLastPInvokeError();
            if (error == TryLater)
            {
                // The pipe is non-blocking.
                Thread.Sleep(1);
            }
            else if (error != Interrupted)
            {
                throw error == BrokenPipe
                    ? new ClosedPipeException()
                    : new IOException($"Standard output cannot be written: {Marshal.GetPInvokeErrorMessage(error)}.", error);
            }
        }
    }

    private static int TryLater => OperatingSystem.IsLinux() ? 11 : 35;

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint WriteTo(int file, in byte buffer, nint count);
}

/// <summary>The reader of standard output has closed it, as <c>head</c> does: there is nothing more to do, and it is not an error.</summary>
internal sealed class ClosedPipeException : IOException;
