namespace InstructKit.Sources.Hub;

/// <summary>The hub's address, the access token, and where downloads are kept: the environment variables shared by all of the hub's clients.</summary>
public sealed record HubSettings
{
    private static readonly string[] True = ["1", "ON", "YES", "TRUE"];

    /// <summary>Address of the hub, without a slash at its end (<c>HF_ENDPOINT</c>).</summary>
    public Uri Endpoint { get; init; } = new("https://huggingface.co");

    /// <summary>The token, or null (<c>HF_TOKEN</c>, else the file <c>HF_TOKEN_PATH</c>, else <c>$HF_HOME/token</c>). Sent to <see cref="Endpoint"/> only.</summary>
    public HubToken? Token { get; init; }

    /// <summary>The cache (<c>HF_HUB_CACHE</c>, else <c>$HF_HOME/hub</c>).</summary>
    public required HubCache Cache { get; init; }

    /// <summary>True when the network must not be used (<c>HF_HUB_OFFLINE</c>).</summary>
    public bool Offline { get; init; }

    /// <summary>Longest wait for the headers of a response (<c>HF_HUB_ETAG_TIMEOUT</c>).</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest wait for the next bytes of a body (<c>HF_HUB_DOWNLOAD_TIMEOUT</c>).</summary>
    public TimeSpan ReadTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Reads the settings.</summary>
    /// <param name="variable">The value of an environment variable, or null.</param>
    /// <exception cref="DiagnosticException">A variable is invalid (IK8016).</exception>
    public static HubSettings FromEnvironment(Func<string, string?> variable)
    {
        var (home, hubHome) = HomesOf(variable);
        return new HubSettings
        {
            Endpoint = EndpointOf(Given(variable, "HF_ENDPOINT") ?? "https://huggingface.co"),
            Token = IsTrue(variable("HF_HUB_DISABLE_IMPLICIT_TOKEN")) ? null : TokenOf(variable, PathOf(variable, "HF_TOKEN_PATH", home) ?? Path.Combine(hubHome, "token")),
            Cache = CacheFromEnvironment(variable),
            Offline = IsTrue(variable("HF_HUB_OFFLINE")),
            AnswerTimeout = Seconds(variable, "HF_HUB_ETAG_TIMEOUT"),
            ReadTimeout = Seconds(variable, "HF_HUB_DOWNLOAD_TIMEOUT"),
        };
    }

    /// <summary>Only the cache, for callers that only read it: they are not affected by errors in other variables.</summary>
    /// <param name="variable">The value of an environment variable, or null.</param>
    public static HubCache CacheFromEnvironment(Func<string, string?> variable)
    {
        var (home, hubHome) = HomesOf(variable);
        return new HubCache(PathOf(variable, "HF_HUB_CACHE", home) ?? Path.Combine(hubHome, "hub"));
    }

    private static (string Home, string HubHome) HomesOf(Func<string, string?> variable)
    {
        var home = Given(variable, "HOME") ?? Given(variable, "USERPROFILE") ?? ".";
        return (home, PathOf(variable, "HF_HOME", home) ?? Path.Combine(PathOf(variable, "XDG_CACHE_HOME", home) ?? Path.Combine(home, ".cache"), "huggingface"));
    }

    private static string? Given(Func<string, string?> variable, string name) => variable(name) is { Length: > 0 } value ? value : null;

    private static bool IsTrue(string? value) => value is not null && True.Contains(value.Trim().ToUpperInvariant());

    private static string? PathOf(Func<string, string?> variable, string name, string home) => Given(variable, name) switch
    {
        null => null,
        "~" => home,
        ['~', '/', .. var rest] => Path.Combine(home, rest),
        var path => path,
    };

    private static TimeSpan Seconds(Func<string, string?> variable, string name)
    {
        if (Given(variable, name) is not { } text) return TimeSpan.FromSeconds(10);

        return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= 86_400
            ? TimeSpan.FromSeconds(seconds)
            : throw Wrong($"{name} is a number of seconds above 0, found '{text}'.");
    }

    private static Uri EndpointOf(string text) =>
        Uri.TryCreate(text.TrimEnd('/'), UriKind.Absolute, out var uri)
        && uri is { Scheme: "http" or "https", UserInfo: "", Query: "", Fragment: "" }
            ? uri
            : throw Wrong("HF_ENDPOINT is an address such as https://huggingface.co, without user, query or fragment.");

    private static HubToken? TokenOf(Func<string, string?> variable, string file)
    {
        var name = "HF_TOKEN";
        var text = Given(variable, name)?.Trim();
        if (string.IsNullOrEmpty(text) && File.Exists(file))
        {
            name = $"The token file '{file}'";
            text = File.ReadAllText(file).Trim();
        }

        if (string.IsNullOrEmpty(text)) return null;

        try
        {
            return new HubToken(text);
        }
        catch (ArgumentException exception)
        {
            throw new DiagnosticException(
                new Diagnostic(HubCodes.BadSetting, Severity.Error, $"{name} holds no token: spaces, line ends or characters outside ASCII are in it."),
                exception);
        }
    }

    private static DiagnosticException Wrong(string message) => new(new Diagnostic(HubCodes.BadSetting, Severity.Error, message));
}

/// <summary>An access token that does not print itself.</summary>
public sealed class HubToken
{
    private const string Hidden = "(token)";

    /// <summary>Wraps a token.</summary>
    /// <exception cref="ArgumentException">It is empty or has characters that a header cannot hold; the message does not show it.</exception>
    public HubToken(string value)
    {
        if (value.Length == 0 || !value.All(letter => letter is > ' ' and <= '~'))
            throw new ArgumentException("a token is visible ASCII characters without spaces", nameof(value));

        Value = value;
    }

    /// <summary>The token itself, for the one header that carries it.</summary>
    internal string Value { get; }

    /// <summary>Removes the token from a text, such as a server's message that repeats it.</summary>
    public string Hide(string text) => text.Replace(Value, Hidden, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Hidden;
}
