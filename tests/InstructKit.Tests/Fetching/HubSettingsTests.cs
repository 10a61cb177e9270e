using InstructKit.Sources.Hub;
using Xunit;

namespace InstructKit.Tests.Fetching;

/// <summary>The environment variables of the hub's clients.</summary>
public sealed class HubSettingsTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("", "/h/.cache/huggingface/hub")]
    [InlineData("XDG_CACHE_HOME=/x", "/x/huggingface/hub")]
    [InlineData("XDG_CACHE_HOME=/x HF_HOME=/y", "/y/hub")]
    [InlineData("HF_HOME=~/y", "/h/y/hub")]
    [InlineData("HF_HOME=/y HF_HUB_CACHE=/z", "/z")]
    public void The_cache_is_where_the_other_clients_have_it(string variables, string expected) => Assert.Equal(expected, Read(variables).Cache.Root);

    [Theory]
    [InlineData("", "https://huggingface.co/")]
    [InlineData("HF_ENDPOINT=http://127.0.0.1:8080/", "http://127.0.0.1:8080/")]
    [InlineData("HF_ENDPOINT=https://mirror.example/hub/", "https://mirror.example/hub")]
    public void The_endpoint(string variables, string expected) => Assert.Equal(expected, Read(variables).Endpoint.AbsoluteUri);

    [Theory]
    [InlineData("HF_ENDPOINT=huggingface")]
    [InlineData("HF_ENDPOINT=ftp://x")]
    [InlineData("HF_ENDPOINT=https://user:geheim@x")]
    [InlineData("HF_HUB_DOWNLOAD_TIMEOUT=soon")]
    [InlineData("HF_HUB_ETAG_TIMEOUT=0")]
    [InlineData("HF_TOKEN=geheimé")]
    public void What_cannot_be_followed_is_refused_without_repeating_secrets(string variables)
    {
        var exception = Assert.Throws<DiagnosticException>(() => Read(variables));
        Assert.Equal(HubCodes.BadSetting, exception.Diagnostics[0].Code);
        Assert.DoesNotContain("geheim", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_token_comes_from_the_variable_then_from_the_file()
    {
        _scratch.Write("token", "from-file\n");
        _scratch.Write("other", "from-other\n");
        Assert.Equal("from-file", Read($"HF_HOME={_scratch.Path}").Token!.Value);
        Assert.Equal("from-other", Read($"HF_HOME={_scratch.Path} HF_TOKEN_PATH={_scratch.At("other")}").Token!.Value);
        Assert.Equal("from-variable", Read($"HF_HOME={_scratch.Path} HF_TOKEN=from-variable").Token!.Value);
        Assert.Null(Read($"HF_HOME={_scratch.Path} HF_HUB_DISABLE_IMPLICIT_TOKEN=1").Token);
        Assert.Null(Read(string.Empty).Token);
    }

    [Theory]
    [InlineData("1", true)]
    [InlineData("yes", true)]
    [InlineData("True", true)]
    [InlineData("on", true)]
    [InlineData("0", false)]
    [InlineData("no", false)]
    public void Offline(string value, bool expected) => Assert.Equal(expected, Read($"HF_HUB_OFFLINE={value}").Offline);

    private static HubSettings Read(string variables)
    {
        var all = variables.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2)).Append(["HOME", "/h"]).ToDictionary(pair => pair[0], pair => pair[1]);
        return HubSettings.FromEnvironment(name => all.GetValueOrDefault(name));
    }
}
