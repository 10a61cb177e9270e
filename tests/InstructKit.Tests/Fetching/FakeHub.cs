using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace InstructKit.Tests.Fetching;

/// <summary>A server on loopback that plays the hub: commits of branches, lists of files in pages, files sent directly or from a second origin with signed
/// addresses, ranges, ETags, access. <see cref="Misfortune"/> can change any response.</summary>
internal sealed class FakeHub : IDisposable
{
    public const string Token = "hf_canaryXq7secretTokenNobodyMaySee";
    public const string Signature = "Signature=s1gnedAddressOfTheSecondHost";

    private readonly TcpListener _hub = new(IPAddress.Loopback, 0);
    private readonly TcpListener _files = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();

    public FakeHub()
    {
        _hub.Start();
        _files.Start();
        _ = AcceptAsync(_hub, isHub: true);
        _ = AcceptAsync(_files, isHub: false);
    }

    public Dictionary<string, FakeDataset> Datasets { get; } = new(StringComparer.Ordinal);

    /// <summary>Old names of datasets.</summary>
    public Dictionary<string, string> Renamed { get; } = new(StringComparer.Ordinal);

    /// <summary>Entries of a page of a list.</summary>
    public int PageSize { get; set; } = 1000;

    /// <summary>Changes a response; receives the request and the original response.</summary>
    public Func<FakeRequest, FakeAnswer, FakeAnswer> Misfortune { get; set; } = (_, answer) => answer;

    public ConcurrentQueue<FakeRequest> Requests { get; } = new();

    public Uri Address => new($"http://127.0.0.1:{Port(_hub)}");

    public Uri FilesAddress => new($"http://127.0.0.1:{Port(_files)}");

    public FakeDataset Add(string id) => Datasets[id] = new FakeDataset();

    public void Dispose()
    {
        _stop.Cancel();
        _hub.Dispose();
        _files.Dispose();
        _stop.Dispose();
    }

    private static int Port(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;

    private async Task AcceptAsync(TcpListener listener, bool isHub)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var client = await listener.AcceptTcpClientAsync(_stop.Token);
                _ = Task.Run(() => ServeAsync(client, isHub));
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(TcpClient client, bool isHub)
    {
        using (client)
        {
            try
            {
                client.NoDelay = true;
                var stream = client.GetStream();
                if (await ReadAsync(stream, isHub) is not { } request) return;

                Requests.Enqueue(request);
                await WriteAsync(client, stream, Misfortune(request, isHub ? OfHub(request) : OfFiles(request)));
            }
            catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // The caller disconnected, which is allowed.
            }
        }
    }

    private static async Task<FakeRequest?> ReadAsync(NetworkStream stream, bool isHub)
    {
        var text = new StringBuilder();
        var one = new byte[1024];
        while (!text.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            var read = await stream.ReadAsync(one);
            if (read == 0) return null;

            text.Append(Encoding.ASCII.GetString(one, 0, read));
        }

        var lines = text.ToString().Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var headers = lines.Skip(1).Select(line => line.Split(": ", 2)).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase);
        return new FakeRequest(isHub, lines[0].Split(' ')[1], headers);
    }

    private async Task WriteAsync(TcpClient client, NetworkStream stream, FakeAnswer answer)
    {
        var head = new StringBuilder($"HTTP/1.1 {answer.Status} Whatever\r\nConnection: close\r\n");
        foreach (var (name, value) in answer.Headers) head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");

        if (answer.Length is { } length) head.Append(CultureInfo.InvariantCulture, $"Content-Length: {length}\r\n");

        await stream.WriteAsync(Encoding.Latin1.GetBytes(head.Append("\r\n").ToString()));
        await stream.WriteAsync(answer.Body.AsMemory(0, Math.Min(answer.CutAfter ?? answer.Body.Length, answer.Body.Length)));
        await stream.FlushAsync();
        if (answer.Stalls) await Task.Delay(TimeSpan.FromSeconds(30), _stop.Token);

        if (answer.Resets) client.LingerState = new LingerOption(true, 0);
    }

    private FakeAnswer OfHub(FakeRequest request)
    {
        var parts = request.Target.Split('?')[0].TrimStart('/').Split('/');
        var isApi = parts[0] == "api";
        var rest = parts[(isApi ? 2 : 1)..];
        var verb = Array.FindIndex(rest, part => part is "revision" or "tree" or "resolve");
        var id = string.Join('/', rest[..verb]);
        if (Renamed.TryGetValue(id, out var now))
            return FakeAnswer.Refusal(307, null, null, ("Location", request.Target.Replace($"/{id}/", $"/{now}/", StringComparison.Ordinal)));

        var hasToken = request.Authorization == $"Bearer {Token}";
        if (!Datasets.TryGetValue(id, out var dataset) || (dataset.IsPrivate && !hasToken))
            return FakeAnswer.Refusal(hasToken ? 404 : 401, "RepoNotFound", "Repository not found");

        var revision = Uri.UnescapeDataString(rest[verb + 1]);
        if (dataset.Branches.GetValueOrDefault(revision, revision) is not { } commit || !dataset.Commits.TryGetValue(commit, out var files))
            return FakeAnswer.Refusal(404, "RevisionNotFound", $"Invalid rev id: {revision}");

        return rest[verb] switch
        {
            "revision" => Json(new Dictionary<string, string> { ["id"] = id, ["sha"] = commit }),
            "tree" => Tree(request, files),
            _ when dataset.IsGated => FakeAnswer.Refusal(403, "GatedRepo", "Access to this dataset is restricted"),
            _ => Resolve(request, files, commit, string.Join('/', rest[(verb + 2)..].Select(Uri.UnescapeDataString))),
        };
    }

    private FakeAnswer Tree(FakeRequest request, List<FakeFile> files)
    {
        var query = request.Target.Contains("cursor=", StringComparison.Ordinal) ? request.Target.Split("cursor=")[1] : "0";
        var from = int.Parse(query, CultureInfo.InvariantCulture);
        var entries = files.Skip(from).Take(PageSize).Select(file =>
        {
            var entry = new Dictionary<string, object> { ["type"] = "file", ["path"] = file.Path, ["size"] = file.Content.Length, ["oid"] = file.GitSha1 };
            if (file.IsLarge)
            {
                entry["oid"] = new string('0', 40);
                entry["lfs"] = new Dictionary<string, object> { ["oid"] = file.Sha256, ["size"] = file.Content.Length, ["pointerSize"] = 134 };
            }

            return entry;
        }).Prepend(new Dictionary<string, object> { ["type"] = "directory", ["path"] = "a-folder", ["size"] = 0, ["oid"] = new string('1', 40) });
        var answer = Json(entries);
        if (from + PageSize < files.Count)
            answer.Headers["Link"] = $"<{Address}{request.Target.Split('?')[0].TrimStart('/')}?recursive=true&cursor={from + PageSize}>; rel=\"next\"";

        return answer;
    }

    private FakeAnswer Resolve(FakeRequest request, List<FakeFile> files, string commit, string path)
    {
        if (files.Find(one => one.Path == path) is not { } file) return FakeAnswer.Refusal(404, "EntryNotFound", "Entry not found");

        if (!file.IsLarge)
        {
            var direct = Content(request, file.Content, file.GitSha1);
            direct.Headers["X-Repo-Commit"] = commit;
            return direct;
        }

        return FakeAnswer.Refusal(
            302, null, null, ("Location", $"{FilesAddress}blob/{file.Sha256}?{Signature}"), ("X-Repo-Commit", commit), ("X-Linked-Etag", $"\"{file.Sha256}\""),
            ("X-Linked-Size", file.Content.Length.ToString(CultureInfo.InvariantCulture)));
    }

    private FakeAnswer OfFiles(FakeRequest request)
    {
        var hash = request.Target.Split('?')[0].Split('/')[^1];
        var file = Datasets.Values.SelectMany(dataset => dataset.Commits.Values).SelectMany(files => files).FirstOrDefault(one => one.Sha256 == hash);
        return file is null || !request.Target.EndsWith(Signature, StringComparison.Ordinal) ? FakeAnswer.Refusal(403) : Content(request, file.Content, $"cdn-{hash[..8]}");
    }

    private static FakeAnswer Content(FakeRequest request, byte[] content, string tag)
    {
        var isSame = request.Headers.GetValueOrDefault("If-Range") is not { } condition || condition == $"\"{tag}\"";
        FakeAnswer answer;
        if (request.Range is { } range && isSame)
        {
            var from = int.Parse(range["bytes=".Length..].TrimEnd('-'), CultureInfo.InvariantCulture);
            answer = from >= content.Length ? new FakeAnswer(416, []) : new FakeAnswer(206, content[from..]) { Whole = content };
            answer.Headers["Content-Range"] = from >= content.Length ? $"bytes */{content.Length}" : $"bytes {from}-{content.Length - 1}/{content.Length}";
        }
        else
        {
            answer = new FakeAnswer(200, content) { Whole = content };
        }

        answer.Headers["ETag"] = $"\"{tag}\"";
        return answer;
    }

    private static FakeAnswer Json(object value)
    {
        var answer = new FakeAnswer(200, JsonSerializer.SerializeToUtf8Bytes(value));
        answer.Headers["Content-Type"] = "application/json";
        return answer;
    }
}
