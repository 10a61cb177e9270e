using System.Net;

namespace InstructKit.Sources.Hub;

/// <summary>Turns a hub's refusals into actionable messages. The server's text is quoted, but never a token that it may repeat.</summary>
/// <param name="settings">Where the hub is and who asks.</param>
internal sealed class HubRefusals(HubSettings settings)
{
    private const int MaxQuoted = 200;

    /// <summary>The diagnostic for a 4xx response.</summary>
    /// <param name="response">The response.</param>
    /// <param name="id">The dataset.</param>
    /// <param name="isHub">False when it came from the host of files that the hub pointed to.</param>
    public DiagnosticException Of(HttpResponseMessage response, string id, bool isHub)
    {
        if (!isHub) return Bad(id, $"the host of its files, {response.RequestMessage!.RequestUri!.Host}, answered {(int)response.StatusCode}");

        var page = $"{settings.Endpoint.AbsoluteUri.TrimEnd('/')}/datasets/{id}";
        return (Header(response, "X-Error-Code"), response.StatusCode) switch
        {
            ("GatedRepo", _) => Wrong(
                HubCodes.Gated, $"The dataset '{id}' is gated: its owner wants terms to be accepted first{Quote(response)}.",
                $"Accept them in a browser at {page}, then set HF_TOKEN to a token of that account and fetch again."),
            ("RevisionNotFound", _) => Wrong(
                HubCodes.RevisionMissing, $"The dataset '{id}' has no such revision{Quote(response)}.",
                "Check `revision` in the task's hub layout, or the commit in the lock (--update moves it)."),
            ("EntryNotFound", _) => Wrong(HubCodes.FilesMissing, $"The dataset '{id}' has no such file{Quote(response)}.", $"Look at {page}/tree/main."),
            (not "RepoNotFound", HttpStatusCode.Unauthorized) when settings.Token is not null => Wrong(
                HubCodes.Forbidden, $"The hub does not accept the token for '{id}'{Quote(response)}.",
                "Make a new one in the settings of your account and set HF_TOKEN to it."),
            (_, HttpStatusCode.Forbidden) => Wrong(
                HubCodes.Forbidden, $"The hub forbids access to '{id}'{Quote(response)}.",
                $"Check at {page} what the account may read, and that HF_TOKEN is a token with read access."),
            ("RepoNotFound", _) or (_, HttpStatusCode.Unauthorized or HttpStatusCode.NotFound or HttpStatusCode.Gone) => Wrong(
                HubCodes.DatasetMissing,
                $"There is no dataset '{id}' on {settings.Endpoint.Host}, or it is private or gated and the hub does not say so{Quote(response)}.",
                settings.Token is null
                    ? $"Look at {page}; if it exists, set HF_TOKEN to a token of an account that may read it."
                    : $"Look at {page} with the account that the token belongs to."),
            _ => Unexpected(response, id),
        };
    }

    /// <summary>The diagnostic for a response of an unexpected kind.</summary>
    public DiagnosticException Unexpected(HttpResponseMessage response, string id) =>
        Bad(id, string.Create(CultureInfo.InvariantCulture, $"the hub answered {(int)response.StatusCode}{Quote(response)}"));

    /// <summary>The diagnostic for an unusable response.</summary>
    public DiagnosticException Bad(string id, string what) =>
        Wrong(HubCodes.BadAnswer, $"The hub's answer about '{id}' cannot be used: {Hide(what)}.", $"Check HF_ENDPOINT ({settings.Endpoint.Host}) and any proxy in between.");

    private string Quote(HttpResponseMessage response) => Header(response, "X-Error-Message") is { Length: > 0 } text ? $" (\"{Hide(text)}\")" : string.Empty;

    private string Hide(string text)
    {
        // Before truncating, or half a token would remain.
        var hidden = settings.Token?.Hide(text) ?? text;
        var clean = new string([.. hidden.Where(letter => !char.IsControl(letter))]);
        return clean.Length > MaxQuoted ? $"{clean[..MaxQuoted]}..." : clean;
    }

    private static string? Header(HttpResponseMessage response, string name) => response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    private static DiagnosticException Wrong(string code, string message, string hint) => new(new Diagnostic(code, Severity.Error, message) { Hint = hint });
}

/// <summary>Codes of errors between a dataset hub and this machine. Unavailable data ends with exit code 69, what may work later with 75, what the
/// user has to change first with 2.</summary>
internal static class HubCodes
{
    /// <summary>The hub has no such dataset, or does not show it to this caller.</summary>
    public const string DatasetMissing = "IK8001";

    /// <summary>The dataset's owner requires terms to be accepted first.</summary>
    public const string Gated = "IK8002";

    /// <summary>The dataset has no such branch, tag or commit.</summary>
    public const string RevisionMissing = "IK8003";

    /// <summary>The token is rejected or lacks permission.</summary>
    public const string Forbidden = "IK8004";

    /// <summary>The dataset has no files that match the layout.</summary>
    public const string FilesMissing = "IK8005";

    /// <summary>The hub's conversion contains only the beginning of a split.</summary>
    public const string PartialConversion = "IK8006";

    /// <summary>The download's size or hash differs from the announced one.</summary>
    public const string ContentMismatch = "IK8007";

    /// <summary>An unusable response: not JSON, an unsafe path, a redirect in circles or away from https.</summary>
    public const string BadAnswer = "IK8008";

    /// <summary>The hub was unreachable or failed several times in a row.</summary>
    public const string Unavailable = "IK8009";

    /// <summary>The hub asks for a longer pause than the limit.</summary>
    public const string RateLimited = "IK8010";

    /// <summary>Offline mode, and the files are not in the cache.</summary>
    public const string NotInCache = "IK8011";

    /// <summary>The lock does not list the requested files, and nothing else may be fetched.</summary>
    public const string NotLocked = "IK8012";

    /// <summary>The hub or the cache has different content than recorded in the lock.</summary>
    public const string LockContradicted = "IK8013";

    /// <summary>The lock file cannot be read.</summary>
    public const string BadLock = "IK8014";

    /// <summary>The task has no layout on the hub.</summary>
    public const string NoHubLayout = "IK8015";

    /// <summary>An invalid setting or environment variable.</summary>
    public const string BadSetting = "IK8016";

    /// <summary>The disk does not have enough space.</summary>
    public const string NoRoom = "IK8017";

    /// <summary>Another process holds the file in the cache.</summary>
    public const string CacheBusy = "IK8018";
}
