using System.Net;
using System.Net.Http.Headers;
using System.Security.Authentication;

namespace InstructKit.Sources.Hub;

/// <summary>Requests to a hub. Follows redirects itself, to enforce two rules: the token is sent only to the hub's own origin, and nothing is redirected
/// from https to http. Everything transient is a <see cref="TransientException"/>, everything else a diagnostic.</summary>
internal sealed class HubClient : IDisposable
{
    private const int MaxRedirects = 10;
    private const int MaxBytes = 64 << 20;

    private readonly HubSettings _settings;
    private readonly HubPacing _pacing;
    private readonly HttpClient _http;
    private readonly HubRefusals _refusals;

    /// <summary>Creates a client.</summary>
    /// <param name="settings">Where the hub is and who asks.</param>
    /// <param name="pacing">Provides the clock.</param>
    /// <param name="handler">What sends the requests; must not follow redirects.</param>
    public HubClient(HubSettings settings, HubPacing pacing, HttpMessageHandler handler)
    {
        _settings = settings;
        _pacing = pacing;
        _refusals = new HubRefusals(settings);
        _http = new HttpClient(handler, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>The handler for real use.</summary>
    public static SocketsHttpHandler CreateHandler() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    };

    /// <summary>True for a failure that would also hit the next request: the hub does not respond or accepts no more requests for now.</summary>
    public static bool IsDown(DiagnosticException failure) =>
        failure.Diagnostics[0].Code == HubCodes.RateLimited || failure.InnerException is TransientException
        {
            InnerException: HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.ProxyTunnelError },
        };

    /// <summary>An address of the hub's interface or files.</summary>
    /// <param name="path">Path and query, already escaped.</param>
    public Uri At(string path) => new($"{_settings.Endpoint.AbsoluteUri.TrimEnd('/')}/{path}");

    /// <summary>Gets a JSON document, retrying where that may help.</summary>
    /// <param name="subject">The dataset, for messages.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <exception cref="DiagnosticException">It is not available (IK80xx).</exception>
    public async Task<HubAnswer> GetAsync(Uri address, string subject, CancellationToken cancel)
    {
        var retries = new Retries($"The list of files of '{subject}'", _pacing, null);
        return await retries.RunAsync(
            async () =>
            {
                using var response = await SendAsync(address, subject, null, cancel).ConfigureAwait(false);
                if (response.StatusCode != HttpStatusCode.OK) throw _refusals.Unexpected(response, subject);

                var body = await ReadAllAsync(response, subject, cancel).ConfigureAwait(false);
                return new HubAnswer(body, NextOf(response, address));
            },
            cancel).ConfigureAwait(false);
    }

    /// <summary>Sends one GET, follows redirects, and turns refusals into exceptions. The response has a 2xx status, or 416.</summary>
    /// <param name="subject">The dataset, for messages.</param>
    /// <param name="prepare">Adds headers to each request.</param>
    /// <param name="cancel">Cancels the operation.</param>
    public async Task<HttpResponseMessage> SendAsync(Uri address, string subject, Action<HttpRequestMessage>? prepare, CancellationToken cancel)
    {
        for (var hop = 0; hop <= MaxRedirects; hop++)
        {
            var response = await SendOnceAsync(address, prepare, cancel).ConfigureAwait(false);
            if (response.StatusCode is not (HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
                or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect))
            {
                return Checked(response, subject);
            }

            using (response) address = TargetOf(response, address, subject);
        }

        throw Bad(subject, $"it redirects more than {MaxRedirects} times");
    }

    /// <summary>Reads from a body with the time limit of a single read.</summary>
    /// <exception cref="TransientException">Nothing arrived in time, or the connection broke.</exception>
    public async Task<int> ReadAsync(Stream body, Memory<byte> buffer, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(_settings.ReadTimeout);
        try
        {
            return await body.ReadAsync(buffer, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (!cancel.IsCancellationRequested)
        {
            throw new TransientException($"nothing arrived for {_settings.ReadTimeout.TotalSeconds:0.#} seconds", null, exception);
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            cancel.ThrowIfCancellationRequested();
            throw new TransientException("the connection broke", null, exception);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> SendOnceAsync(Uri address, Action<HttpRequestMessage>? prepare, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.UserAgent.ParseAdd($"instructkit/{ToolVersion.Text}");
        request.Headers.AcceptEncoding.ParseAdd("identity");
        if (_settings.Token is { } token && IsHub(address)) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Value);

        prepare?.Invoke(request);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(_settings.AnswerTimeout);
        try
        {
            return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (!cancel.IsCancellationRequested)
        {
            throw new TransientException($"{address.Host} did not answer within {_settings.AnswerTimeout.TotalSeconds:0.#} seconds", null, exception);
        }
        catch (HttpRequestException exception) when (exception.InnerException is AuthenticationException)
        {
            var message = $"No safe connection to {address.Host}: {exception.InnerException.Message}";
            throw new DiagnosticException(new Diagnostic(HubCodes.BadAnswer, Severity.Error, message) { Hint = "Check the certificates of this machine, and HF_ENDPOINT." }, exception);
        }
        catch (HttpRequestException exception)
        {
            throw new TransientException($"no connection to {address.Host} ({exception.HttpRequestError})", null, exception);
        }
    }

    private bool IsHub(Uri address) =>
        address.Scheme == _settings.Endpoint.Scheme
        && address.Port == _settings.Endpoint.Port
        && string.Equals(address.Host, _settings.Endpoint.Host, StringComparison.OrdinalIgnoreCase);

    private HttpResponseMessage Checked(HttpResponseMessage response, string subject)
    {
        var status = (int)response.StatusCode;
        if (status is >= 200 and < 300 or 416) return response;

        using (response)
        {
            throw status is 408 or 429 or >= 500
                ? new TransientException($"{response.RequestMessage!.RequestUri!.Host} answered {status}", RequestedPause.Of(response.Headers, _pacing.Clock))
                : _refusals.Of(response, subject, IsHub(response.RequestMessage!.RequestUri!));
        }
    }

    private async Task<byte[]> ReadAllAsync(HttpResponseMessage response, string subject, CancellationToken cancel)
    {
        var body = await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        using var whole = new MemoryStream();
        var buffer = new byte[1 << 16];
        var speed = new TransferSpeed(_pacing.Clock);
        while (await ReadAsync(body, buffer, cancel).ConfigureAwait(false) is > 0 and var read)
        {
            whole.Write(buffer, 0, read);
            speed.Add(read);
            if (whole.Length > MaxBytes) throw Bad(subject, $"its list of files is larger than {MaxBytes >> 20} MiB");
        }

        return whole.ToArray();
    }

    private Uri TargetOf(HttpResponseMessage response, Uri from, string subject)
    {
        if (response.Headers.Location is not { } location || !Uri.TryCreate(from, location, out var target) || target.Scheme is not ("http" or "https"))
            throw Bad(subject, "it redirects to no usable address");

        return target.Scheme == "http" && from.Scheme == "https" ? throw Bad(subject, $"it redirects from https to http ({target.Host})") : target;
    }

    // `Link: <address>; rel="next"` where a list has another page.
    private static Uri? NextOf(HttpResponseMessage response, Uri address)
    {
        if (!response.Headers.TryGetValues("Link", out var links)) return null;

        foreach (var link in links.SelectMany(value => value.Split(',')))
        {
            var end = link.IndexOf('>', StringComparison.Ordinal);
            var start = link.IndexOf('<', StringComparison.Ordinal);
            if (start >= 0 && end > start && link.AsSpan(end).Contains("rel=\"next\"", StringComparison.Ordinal) && Uri.TryCreate(address, link[(start + 1)..end], out var next)
                && next.Scheme is "http" or "https")
            {
                return next;
            }
        }

        return null;
    }

    private DiagnosticException Bad(string subject, string what) => _refusals.Bad(subject, what);
}

/// <summary>One page of a response.</summary>
/// <param name="Next">Address of the next page, or null.</param>
internal sealed record HubAnswer(byte[] Body, Uri? Next);
