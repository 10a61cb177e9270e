using System.Net;
using InstructKit.Sources.Files;

namespace InstructKit.Sources.Hub;

/// <summary>Downloads one blob into the cache: into <c>HASH.incomplete</c>, resuming where an earlier attempt stopped, with its final name only when size and
/// hash match.</summary>
/// <param name="client">Sends the requests.</param>
/// <param name="pacing">Provides the clock.</param>
/// <param name="blob">Path of the blob.</param>
/// <param name="observer">Receives progress; may be null.</param>
internal sealed class BlobDownload(HubClient client, HubPacing pacing, FetchFile file, string blob, IFetchObserver? observer) : IDisposable
{
    /// <summary>Suffix of the name of an incomplete blob.</summary>
    public const string Incomplete = ".incomplete";

    private const int BufferBytes = 1 << 17;
    private const int MaxContentFaults = 3;
    private const int ReportBytes = 1 << 20;

    private readonly byte[] _buffer = new byte[BufferBytes];
    private ContentHasher? _hasher;
    private long _have;
    private string? _validator;

    /// <summary>Bytes received over the network.</summary>
    public long Received { get; private set; }

    /// <summary>Downloads, checks and publishes the blob.</summary>
    /// <exception cref="DiagnosticException">It is not available, or not the right one (IK80xx).</exception>
    /// <exception cref="IOException">The write failed.</exception>
    public async Task RunAsync(CancellationToken cancel)
    {
        var path = blob + Incomplete;
        using (var output = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, 0))
        {
            try
            {
                Recover(output);
                observer?.Begin(file, _have);
                await CompleteAsync(output, cancel).ConfigureAwait(false);
                Durable.Sync(output.SafeFileHandle, path);
            }
            catch (Exception exception) when (exception is DiagnosticException or OperationCanceledException && _have == 0)
            {
                File.Delete(path);
                throw;
            }
        }

        File.Move(path, blob, overwrite: true);
        Durable.SyncFolder(Path.GetDirectoryName(blob)!);
    }

    public void Dispose() => _hasher?.Dispose();

    // What an earlier run left is taken as the beginning; only the hash of the whole can verify it.
    private void Recover(FileStream output)
    {
        if (output.Length > file.Size) output.SetLength(0);

        _hasher = new ContentHasher(file.Hash, file.Size);
        _hasher.Append(output);
        _have = output.Length;
    }

    private void Reset(FileStream output)
    {
        output.SetLength(0);
        output.Position = 0;
        _hasher?.Dispose();
        _hasher = new ContentHasher(file.Hash, file.Size);
        _have = 0;
        _validator = null;
        observer?.Progress(file, 0);
    }

    private async Task CompleteAsync(FileStream output, CancellationToken cancel)
    {
        var retries = new Retries($"'{file.Name}'", pacing, (reason, pause) => observer?.Retry(file, reason, pause));
        for (var contentFaults = 0; ;)
        {
            var before = _have;
            try
            {
                await AttemptAsync(output, cancel).ConfigureAwait(false);
                return;
            }
            catch (TransientException fault)
            {
                if (_have > before && !fault.IsSlow) retries.Advanced();

                await retries.PauseAsync(fault, cancel).ConfigureAwait(false);
            }
            catch (ContentException fault)
            {
                Reset(output);
                if (++contentFaults == MaxContentFaults)
                {
                    var message = $"'{file.Name}' arrived {MaxContentFaults} times as something else than the hub announced: {fault.Message}.";
                    throw new DiagnosticException(
                        new Diagnostic(HubCodes.ContentMismatch, Severity.Error, message) { Hint = "Nothing of it is kept. Try again later, or with another HF_ENDPOINT." },
                        fault);
                }
            }
        }
    }

    private async Task AttemptAsync(FileStream output, CancellationToken cancel)
    {
        if (_have < file.Size || file.Size == 0)
        {
            using var response = await client.SendAsync(AddressOf(), file.Snapshot.Id, AskForRest, cancel).ConfigureAwait(false);
            if (Accept(response, output)) await CopyAsync(response, output, cancel).ConfigureAwait(false);
        }

        var found = _hasher!.Finish();
        if (found != file.Hash) throw new ContentException($"its {file.Hash.Kind} is {found}, not {file.Hash}");
    }

    private Uri AddressOf() => client.At(
        $"datasets/{file.Snapshot.Id}/resolve/{file.Snapshot.Commit}/{string.Join('/', file.Path.Split('/').Select(Uri.EscapeDataString))}");

    private void AskForRest(HttpRequestMessage request)
    {
        if (_have > 0)
        {
            request.Headers.TryAddWithoutValidation("Range", string.Create(CultureInfo.InvariantCulture, $"bytes={_have}-"));
            if (_validator is not null) request.Headers.TryAddWithoutValidation("If-Range", _validator);
        }
    }

    // True when a body follows that continues at _have.
    private bool Accept(HttpResponseMessage response, FileStream output)
    {
        var content = response.Content.Headers;
        switch (response.StatusCode)
        {
            case HttpStatusCode.PartialContent:
                if (content.ContentRange is not { From: { } from } range || from != _have || (range.Length is { } total && total != file.Size))
                    throw new ContentException($"the server sent the range '{content.ContentRange}' when asked for what follows byte {_have} of {file.Size}");

                break;
            case HttpStatusCode.RequestedRangeNotSatisfiable:
                throw new ContentException($"the server has nothing after byte {_have}, and there should be {file.Size}");
            case HttpStatusCode.OK:
                // Also the response to a range that the server ignores, or for a file that has changed.
                Reset(output);
                break;
            default: throw new ContentException($"the server answered {(int)response.StatusCode} to a download");
        }

        if (content.ContentEncoding.Any(encoding => !string.Equals(encoding, "identity", StringComparison.OrdinalIgnoreCase)))
            throw new ContentException($"it is sent as {string.Join(", ", content.ContentEncoding)}, which was not asked for");

        if (content.ContentLength is { } length && length != file.Size - _have)
            throw new ContentException($"{length} bytes are announced where {file.Size - _have} are left");

        _validator = response.Headers.ETag is { IsWeak: false } tag ? tag.Tag : null;
        return file.Size > 0;
    }

    private async Task CopyAsync(HttpResponseMessage response, FileStream output, CancellationToken cancel)
    {
        var body = await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        var reported = _have;
        var speed = new TransferSpeed(pacing.Clock);
        while (await client.ReadAsync(body, _buffer, cancel).ConfigureAwait(false) is > 0 and var read)
        {
            Received += read;
            speed.Add(read);
            if (read > file.Size - _have) throw new ContentException($"more than its {file.Size} bytes arrived");

            output.Write(_buffer.AsSpan(0, read));
            _hasher!.Append(_buffer.AsSpan(0, read));
            _have += read;
            if (_have - reported >= ReportBytes || _have == file.Size)
            {
                reported = _have;
                observer?.Progress(file, _have);
            }
        }

        if (_have < file.Size)
            throw new TransientException(string.Create(CultureInfo.InvariantCulture, $"the connection ended at byte {_have} of {file.Size}"));
    }
}
