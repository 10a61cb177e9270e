using System.Globalization;
using InstructKit.Diagnostics;

namespace InstructKit.Sources.Hub;

/// <summary>
/// Holds a lock file of the cache, so that no two processes write one blob. On Unix an exclusively opened file is an advisory lock of the system
/// (flock), which is what the hub's Python client uses, too.
/// </summary>
internal sealed class CacheLock : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    private readonly FileStream _file;

    private CacheLock(FileStream file) => _file = file;

    /// <summary>Takes the lock, waiting while another process has it.</summary>
    /// <param name="path">The lock file.</param>
    /// <param name="pacing">The clock.</param>
    /// <param name="patience">Longest wait.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <exception cref="DiagnosticException">Another process does not let go (IK8018).</exception>
    /// <exception cref="IOException">The lock file cannot be made.</exception>
    public static async Task<CacheLock> TakeAsync(string path, HubPacing pacing, TimeSpan patience, CancellationToken cancel)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        for (var waited = TimeSpan.Zero; ; waited += Pause)
        {
            try
            {
                return new CacheLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            }
            catch (IOException exception) when (exception.GetType() == typeof(IOException) && File.Exists(path))
            {
                if (waited >= patience)
                {
                    var message = string.Create(CultureInfo.InvariantCulture, $"Another process has held the same file for {patience.TotalSeconds:0} seconds (lock '{path}').");
                    throw new DiagnosticException(new Diagnostic(HubCodes.CacheBusy, Severity.Error, message) { Hint = "Wait for it to end and fetch again." }, exception);
                }
            }

            await pacing.Delay(Pause, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Lets go. The file stays, as the hub's own client leaves it: removing it would let two others in at once.</summary>
    public void Dispose() => _file.Dispose();
}
