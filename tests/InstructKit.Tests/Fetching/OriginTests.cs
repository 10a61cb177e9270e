using System.Net;
using InstructKit.Fetching;
using InstructKit.Sources.Hub;
using Xunit;

namespace InstructKit.Tests.Fetching;

/// <summary>What counts as the hub's own origin; without a network, because it is about names and schemes.</summary>
public sealed class OriginTests : IDisposable
{
    private readonly FetchBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData("https://hub.test/elsewhere", true)]
    [InlineData("https://HUB.test:443/elsewhere", true)]
    [InlineData("/elsewhere", true)]
    [InlineData("https://hub.test:444/elsewhere", false)]
    [InlineData("https://hub.test.evil/elsewhere", false)]
    [InlineData("https://files.hub.test/elsewhere", false)]
    [InlineData("https://hub.test@evil/elsewhere", false)]
    [InlineData("//evil/elsewhere", false)]
    public async Task The_token_follows_a_redirect_only_to_the_same_scheme_host_and_port(string location, bool follows)
    {
        using var handler = new Redirecting(location);
        await PlanAsync(handler);
        Assert.Equal("Bearer secret", handler.Seen[0].Authorization);
        Assert.Equal(follows ? "Bearer secret" : null, handler.Seen[1].Authorization);
    }

    [Fact]
    public async Task Nothing_goes_from_https_to_http()
    {
        using var handler = new Redirecting("http://hub.test/elsewhere");
        var plan = await PlanAsync(handler);
        var reason = Assert.Single(plan.Failures).Reason;
        Assert.Equal(HubCodes.BadAnswer, reason.Code);
        Assert.Contains("redirects from https to http (hub.test)", reason.Message, StringComparison.Ordinal);
        Assert.Single(handler.Seen);
    }

    private async Task<FetchPlan> PlanAsync(HttpMessageHandler handler)
    {
        using var fetcher = new HubFetcher(new HubSettings { Endpoint = new Uri("https://hub.test"), Cache = _bench.Cache, Token = new HubToken("secret") }, handler);
        return await fetcher.PlanAsync(new FetchRequest { Tasks = [_bench.Task()] }, TestContext.Current.CancellationToken);
    }

    private sealed class Redirecting(string location) : HttpMessageHandler
    {
        public List<(Uri Address, string? Authorization)> Seen { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Seen.Add((request.RequestUri!, request.Headers.Authorization?.ToString()));
            var isEnd = request.RequestUri!.AbsolutePath == "/elsewhere";
            var response = new HttpResponseMessage(isEnd ? HttpStatusCode.OK : HttpStatusCode.TemporaryRedirect)
            {
                RequestMessage = request,
                Content = new ByteArrayContent(Encoding.UTF8.GetBytes("[]")),
            };
            if (!isEnd) response.Headers.TryAddWithoutValidation("Location", location);

            return Task.FromResult(response);
        }
    }
}
