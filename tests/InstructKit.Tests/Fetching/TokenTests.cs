using InstructKit.Fetching;
using InstructKit.Sources.Hub;
using Xunit;

namespace InstructKit.Tests.Fetching;

/// <summary>Where the token goes, and where it must never be seen.</summary>
public sealed class TokenTests : IDisposable
{
    private readonly FetchBench _bench = new() { Token = new HubToken(FakeHub.Token) };

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task The_token_opens_a_private_dataset_and_goes_to_the_hub_alone()
    {
        _bench.Data.IsPrivate = true;
        _bench.DefaultCommit();
        Assert.Empty((await _bench.FetchAsync()).Failures);
        Assert.All(_bench.Hub.Requests.Where(request => request.IsHub), request => Assert.Equal($"Bearer {FakeHub.Token}", request.Authorization));
        Assert.All(_bench.Hub.Requests.Where(request => !request.IsHub), request => Assert.DoesNotContain(FakeHub.Token, string.Join(' ', request.Headers.Values) + request.Target, StringComparison.Ordinal));
        Assert.Contains(_bench.Hub.Requests, request => !request.IsHub);
        Assert.Empty(_bench.FilesWith(FakeHub.Token));
        Assert.Empty(_bench.FilesWith("Signature="));
    }

    [Fact]
    public async Task A_list_that_goes_on_at_another_origin_does_not_get_the_token()
    {
        _bench.DefaultCommit();
        _bench.Hub.Misfortune = (request, answer) =>
        {
            if (request.IsHub && request.Target.Contains("/tree/", StringComparison.Ordinal))
                answer.Headers["Link"] = $"<{_bench.Hub.FilesAddress}api/more>; rel=\"next\"";

            return answer;
        };
        Assert.Equal(HubCodes.BadAnswer, Assert.Single((await _bench.FetchAsync()).Failures).Code);
        var stray = Assert.Single(_bench.Hub.Requests, request => !request.IsHub);
        Assert.Null(stray.Authorization);
    }

    [Theory]
    [InlineData(401, null)]
    [InlineData(403, null)]
    [InlineData(403, "GatedRepo")]
    [InlineData(404, "RepoNotFound")]
    [InlineData(400, null)]
    public async Task A_hub_that_repeats_the_token_is_not_quoted_with_it(int status, string? code)
    {
        _bench.DefaultCommit();
        var echo = $"{new string('x', 150)} your token {FakeHub.Token} is not welcome";
        _bench.Hub.Misfortune = (_, _) => FakeAnswer.Refusal(status, code, echo);
        var report = await _bench.FetchAsync();
        var reason = Assert.Single(report.Failures);
        Assert.DoesNotContain(FakeHub.Token[..12], reason.ToString(), StringComparison.Ordinal);
        Assert.Contains("(token)", reason.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_token_is_told_from_a_missing_dataset()
    {
        _bench.DefaultCommit();
        _bench.Hub.Misfortune = (_, _) => FakeAnswer.Refusal(401, null, "Invalid credentials in Authorization header");
        Assert.Equal(HubCodes.Forbidden, Assert.Single((await _bench.FetchAsync()).Failures).Code);
    }

    [Fact]
    public async Task A_path_with_the_token_in_it_is_not_used()
    {
        _bench.Data.Commit("main", FetchBench.Large("data/train-0.parquet", 10), FetchBench.Large("data/test-0.parquet", 10), FetchBench.Large($"data/train-{FakeHub.Token}.parquet", 10));
        var reason = Assert.Single((await _bench.FetchAsync()).Failures);
        Assert.DoesNotContain(FakeHub.Token, reason.ToString(), StringComparison.Ordinal);
        Assert.Empty(_bench.FilesWith(FakeHub.Token));
    }

    [Fact]
    public void A_token_does_not_print_itself()
    {
        var settings = new HubSettings { Cache = _bench.Cache, Token = _bench.Token };
        Assert.DoesNotContain(FakeHub.Token, $"{settings} {settings.Token} {new FetchRequest()}", StringComparison.Ordinal);
        Assert.DoesNotContain("se cret", Assert.Throws<ArgumentException>(() => new HubToken("se cret")).Message, StringComparison.Ordinal);
    }
}
