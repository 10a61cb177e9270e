using InstructKit.Fetching;
using InstructKit.Sources.Hub;
using Xunit;

namespace InstructKit.Tests.Fetching;

/// <summary>Every failure separately: what is retried, what is not, and what is reported.</summary>
public sealed class MisbehavingHubTests : IDisposable
{
    private const string Train = "data/train-00000-of-00002.parquet";
    private readonly FetchBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task A_download_that_breaks_off_goes_on_where_it_stopped(bool resets, bool stalls)
    {
        var commit = _bench.DefaultCommit();
        // Every response of the second host ends after 1 KiB.
        _bench.Hub.Misfortune = (request, answer) => request.IsHub ? answer : answer with { CutAfter = 1024, Resets = resets, Stalls = stalls };
        if (stalls)
        {
            _bench.ReadTimeout = TimeSpan.FromMilliseconds(150);
            _bench.Data.Commits[commit] = [FetchBench.Large(Train, 2500), FetchBench.Small("data/test-0.parquet", "x")];
        }

        var report = await _bench.FetchAsync();
        Assert.Empty(report.Failures);
        Assert.Equal(_bench.Data.Commits[commit].Find(file => file.Path == Train)!.Content, _bench.Read(commit, Train));
        var ranges = _bench.Hub.Requests.Where(request => !request.IsHub && request.Range is not null).ToList();
        Assert.NotEmpty(ranges);
        // Bytes that arrived before a reset may be lost on the way, so only orderly ends show where the next attempt begins.
        Assert.True(resets || ranges.Exists(request => request.Range == "bytes=1024-"), _bench.Trace());
        Assert.Contains(ranges, request => request.Headers.ContainsKey("If-Range"));
    }

    [Fact]
    public async Task A_server_that_ignores_ranges_is_begun_anew()
    {
        var commit = _bench.DefaultCommit();
        var cut = 0;
        _bench.Hub.Misfortune = (request, answer) => request.IsHub || answer.Whole is null ? answer
            : Interlocked.Increment(ref cut) <= 2 ? answer with { CutAfter = 1000 }
            : new FakeAnswer(200, answer.Whole);
        Assert.Empty((await _bench.FetchAsync()).Failures);
        Assert.Equal(9000, _bench.Read(commit, Train)!.Length);
    }

    [Fact]
    public async Task A_file_that_is_swapped_between_two_tries_is_begun_anew()
    {
        var commit = _bench.DefaultCommit();
        var cut = false;
        _bench.Hub.Misfortune = (request, answer) =>
        {
            if (request.IsHub || answer.Whole is not { Length: 9000 }) return answer;

            var first = !cut;
            cut = true;
            // First the beginning of other content, with another tag.
            return first ? new FakeAnswer(200, new byte[9000]) { CutAfter = 2000, Headers = { ["ETag"] = "\"other\"" } } : answer;
        };
        Assert.Empty((await _bench.FetchAsync()).Failures);
        Assert.Equal(_bench.Data.Commits[commit][1].Content, _bench.Read(commit, Train));
    }

    [Fact]
    public async Task A_wrong_beginning_from_an_earlier_run_is_noticed_by_its_hash()
    {
        var commit = _bench.DefaultCommit();
        var blob = _bench.Cache.BlobOf(FetchBench.Id, new ContentHash(FetchBench.Large("", 9000).Sha256));
        Directory.CreateDirectory(Path.GetDirectoryName(blob)!);
        File.WriteAllBytes(blob + ".incomplete", new byte[5000]);
        Assert.Empty((await _bench.FetchAsync()).Failures);
        Assert.Equal(_bench.Data.Commits[commit][1].Content, _bench.Read(commit, Train));
    }

    [Theory]
    [InlineData(9000)] // complete and correct
    [InlineData(9001)] // longer than the file
    public async Task What_an_earlier_run_left_is_checked_without_asking_for_nothing(int length)
    {
        var commit = _bench.DefaultCommit();
        var content = FetchBench.Large("", 9000).Content;
        var blob = _bench.Cache.BlobOf(FetchBench.Id, new ContentHash(FetchBench.Large("", 9000).Sha256));
        Directory.CreateDirectory(Path.GetDirectoryName(blob)!);
        File.WriteAllBytes(blob + ".incomplete", [.. content, .. new byte[length - 9000]]);
        Assert.Empty((await _bench.FetchAsync()).Failures);
        Assert.Equal(content, _bench.Read(commit, Train));
        Assert.Equal(length == 9000 ? 0 : 1, _bench.Hub.Requests.Count(request => request.IsHub && request.Target.EndsWith(Train, StringComparison.Ordinal)));
    }

    public static TheoryData<string> Lies => ["content", "short", "long", "announced-long", "announced-short", "range", "encoding", "not-satisfiable"];

    [Theory]
    [MemberData(nameof(Lies))]
    public async Task A_lie_is_asked_for_three_times_and_then_named(string lie)
    {
        var commit = _bench.DefaultCommit();
        if (lie is "range" or "not-satisfiable")
        {
            var blob = _bench.Cache.BlobOf(FetchBench.Id, new ContentHash(FetchBench.Large("", 9000).Sha256));
            Directory.CreateDirectory(Path.GetDirectoryName(blob)!);
            File.WriteAllBytes(blob + ".incomplete", FetchBench.Large("", 9000).Content[..4000]);
        }

        _bench.Hub.Misfortune = (request, answer) => answer.Whole is not { Length: 9000 } whole ? answer : lie switch
        {
            "content" => new FakeAnswer(200, [.. whole[..^1], (byte)(whole[^1] ^ 1)]),
            "short" => new FakeAnswer(200, whole[..^1]),
            "long" => new FakeAnswer(200, [.. whole, 0]) { Length = null },
            "announced-long" => answer with { Length = 9500 },
            "announced-short" => answer with { Length = 20 },
            "range" => new FakeAnswer(206, whole[3999..]) { Headers = { ["Content-Range"] = "bytes 3999-8999/9000" } },
            "not-satisfiable" => new FakeAnswer(416, []),
            _ => new FakeAnswer(200, whole) { Headers = { ["Content-Encoding"] = "gzip" } },
        };
        var report = await _bench.FetchAsync();
        var reason = Assert.Single(report.Failures);
        Assert.Equal(HubCodes.ContentMismatch, reason.Code);
        Assert.StartsWith($"'toys/colour/{Train}' arrived 3 times as something else than the hub announced: ", reason.Message, StringComparison.Ordinal);
        Assert.Null(_bench.Read(commit, Train));
        Assert.DoesNotContain(Directory.GetFiles(_bench.Scratch.At("cache"), "*", SearchOption.AllDirectories), path => path.EndsWith(".incomplete", StringComparison.Ordinal));
        Assert.Empty(report.Lock.Datasets);
    }

    [Theory]
    [InlineData(408)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task Passing_trouble_is_tried_five_times_with_growing_pauses(int status)
    {
        _bench.DefaultCommit();
        _bench.Hub.Misfortune = (request, _) => FakeAnswer.Refusal(status);
        var reason = Assert.Single((await _bench.FetchAsync()).Failures);
        Assert.Equal(HubCodes.Unavailable, reason.Code);
        Assert.Equal($"The list of files of 'toys/colour' could not be fetched, 5 tries in a row: 127.0.0.1 answered {status}.", reason.Message);
        Assert.Equal([1.0, 2, 4, 8], _bench.Pauses.Select(pause => pause.TotalSeconds));
        Assert.Equal(5, _bench.Hub.Requests.Count);
    }

    [Fact]
    public async Task Trouble_that_passes_is_not_mentioned()
    {
        var commit = _bench.DefaultCommit();
        var seen = new System.Collections.Concurrent.ConcurrentDictionary<string, int>();
        _bench.Hub.Misfortune = (request, answer) => seen.AddOrUpdate(request.Target, 1, (_, count) => count + 1) < 3 ? FakeAnswer.Refusal(502) : answer;
        Assert.Empty((await _bench.FetchAsync()).Failures);
        Assert.Equal(9000, _bench.Read(commit, Train)!.Length);
    }

    [Theory]
    [InlineData("RateLimit", "\"api\";r=0;t=55", 56)]
    [InlineData("RateLimit", "\"pages\";r=12;t=200, \"api\";r=0;t=7", 8)]
    [InlineData("Retry-After", "17", 17)]
    [InlineData("Retry-After", "120", 120)]
    [InlineData("RateLimit", "nonsense", 1)]
    [InlineData("Retry-After", "soon", 1)]
    public async Task The_pause_is_the_one_that_the_hub_asks_for(string header, string value, double seconds)
    {
        _bench.DefaultCommit();
        var refused = 0;
        _bench.Hub.Misfortune = (request, answer) => Interlocked.Exchange(ref refused, 1) == 0 ? FakeAnswer.Refusal(429, null, null, (header, value)) : answer;
        Assert.Empty((await _bench.FetchAsync()).Failures);
        Assert.Equal([seconds], _bench.Pauses.Select(pause => pause.TotalSeconds));
    }

    [Theory]
    [InlineData("RateLimit", "\"api\";r=0;t=900")]
    [InlineData("Retry-After", "121")]
    [InlineData("Retry-After", "Fri, 01 Jan 2100 00:00:00 GMT")]
    public async Task A_pause_that_is_too_long_is_reported_at_once(string header, string value)
    {
        _bench.DefaultCommit();
        _bench.Hub.Misfortune = (_, _) => FakeAnswer.Refusal(429, null, null, (header, value));
        var reason = Assert.Single((await _bench.FetchAsync()).Failures);
        Assert.Equal(HubCodes.RateLimited, reason.Code);
        Assert.Empty(_bench.Pauses);
        Assert.Single(_bench.Hub.Requests);
    }

    [Theory]
    [InlineData(401, "RepoNotFound", HubCodes.DatasetMissing, "HF_TOKEN")]
    [InlineData(401, null, HubCodes.DatasetMissing, "HF_TOKEN")]
    [InlineData(404, null, HubCodes.DatasetMissing, "/datasets/toys/colour")]
    [InlineData(403, null, HubCodes.Forbidden, "/datasets/toys/colour")]
    [InlineData(403, "GatedRepo", HubCodes.Gated, "/datasets/toys/colour")]
    [InlineData(401, "GatedRepo", HubCodes.Gated, "/datasets/toys/colour")]
    [InlineData(404, "RevisionNotFound", HubCodes.RevisionMissing, "revision")]
    [InlineData(400, null, HubCodes.BadAnswer, "HF_ENDPOINT")]
    public async Task A_refusal_is_not_tried_again_and_says_what_to_do(int status, string? error, string code, string hint)
    {
        _bench.DefaultCommit();
        _bench.Hub.Misfortune = (_, _) => FakeAnswer.Refusal(status, error);
        var reason = Assert.Single((await _bench.FetchAsync()).Failures);
        Assert.Equal(code, reason.Code);
        Assert.Contains(hint, reason.Hint, StringComparison.Ordinal);
        Assert.Empty(_bench.Pauses);
        Assert.Equal(_bench.Hub.Requests.Count, _bench.Hub.Requests.Select(request => request.Target).Distinct().Count());
    }

    [Fact]
    public async Task A_gated_dataset_says_where_its_terms_are()
    {
        _bench.DefaultCommit();
        _bench.Data.IsGated = true;
        var report = await _bench.FetchAsync();
        Assert.All(report.Failures, reason => Assert.Equal(HubCodes.Gated, reason.Code));
        Assert.Equal(
            $"error IK8002: The dataset 'toys/colour' is gated: its owner wants terms to be accepted first (\"Access to this dataset is restricted\"). Accept them in a browser at {_bench.Hub.Address}datasets/toys/colour, then set HF_TOKEN to a token of that account and fetch again.",
            report.Failures[0].ToString());
    }

    [Theory]
    [InlineData("<html>Log in to the network</html>")]
    [InlineData("{\"sha\": \"main\"}")]
    [InlineData("{\"sha\": 7}")]
    [InlineData("[]")]
    public async Task An_answer_that_is_no_commit_is_refused(string body)
    {
        _bench.DefaultCommit();
        _bench.Hub.Misfortune = (request, answer) => request.Target.Contains("/revision/", StringComparison.Ordinal) ? new FakeAnswer(200, System.Text.Encoding.UTF8.GetBytes(body)) : answer;
        Assert.Equal(HubCodes.BadAnswer, Assert.Single((await _bench.FetchAsync()).Failures).Code);
    }

    [Theory]
    [InlineData("../../../etc/data.parquet")]
    [InlineData("/etc/data.parquet")]
    [InlineData("data\\..\\train-0.parquet")]
    [InlineData("data/../train-0.parquet")]
    [InlineData("C:/data/train-0.parquet")]
    [InlineData("data/\0train-0.parquet")]
    [InlineData("data//train-0.parquet")]
    public async Task A_path_that_leads_out_of_its_folder_is_refused(string path)
    {
        _bench.Data.Commit("main", FetchBench.Large("data/train-1.parquet", 10), FetchBench.Large("data/test-1.parquet", 10), FetchBench.Large(path, 10));
        var reason = Assert.Single((await _bench.FetchAsync()).Failures);
        Assert.Equal(HubCodes.BadAnswer, reason.Code);
        Assert.Contains("could lead out of its folder", reason.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", "is not a list")]
    [InlineData("[{\"type\": \"file\", \"path\": \"\\ud800\"}]", "is not text")]
    [InlineData("[7, null, {}, {\"type\": \"file\"}, {\"type\": \"file\", \"path\": \"data/train-0.parquet\", \"size\": -1, \"oid\": \"x\"}]", "has no files such as")]
    public async Task A_list_of_something_else_is_refused(string body, string words)
    {
        _bench.DefaultCommit();
        _bench.Hub.Misfortune = (request, answer) => request.Target.Contains("/tree/", StringComparison.Ordinal) ? new FakeAnswer(200, System.Text.Encoding.UTF8.GetBytes(body)) : answer;
        Assert.Contains(words, Assert.Single((await _bench.FetchAsync()).Failures).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_disk_has_no_room_for_is_not_begun()
    {
        _bench.DefaultCommit();
        var body = $$"""[{"type": "file", "path": "{{Train}}", "oid": "x", "lfs": { "size": 1152921504606846976, "oid": "{{new string('a', 64)}}" } }]""";
        _bench.Hub.Misfortune = (request, answer) => request.Target.Contains("/tree/", StringComparison.Ordinal) ? new FakeAnswer(200, System.Text.Encoding.UTF8.GetBytes(body)) : answer;
        var exception = await Assert.ThrowsAsync<InstructKit.Diagnostics.DiagnosticException>(() => _bench.FetchAsync());
        Assert.Equal(HubCodes.NoRoom, exception.Diagnostics[0].Code);
        Assert.DoesNotContain(_bench.Hub.Requests, request => request.IsContent);
    }

    [Fact]
    public async Task Redirects_in_circles_end()
    {
        _bench.DefaultCommit();
        _bench.Hub.Misfortune = (request, _) => FakeAnswer.Refusal(302, null, null, ("Location", request.Target));
        var reason = Assert.Single((await _bench.FetchAsync()).Failures);
        Assert.Contains("redirects more than 10 times", reason.Message, StringComparison.Ordinal);
        Assert.Equal(11, _bench.Hub.Requests.Count);
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://127.0.0.1/x")]
    public async Task A_redirect_to_no_web_address_is_refused(string target)
    {
        _bench.DefaultCommit();
        _bench.Hub.Misfortune = (_, _) => FakeAnswer.Refusal(302, null, null, ("Location", target));
        Assert.Equal(HubCodes.BadAnswer, Assert.Single((await _bench.FetchAsync()).Failures).Code);
    }

    [Fact]
    public async Task A_hub_that_is_not_there_may_be_later()
    {
        using var fetcher = new HubFetcher(
            new HubSettings { Endpoint = new Uri("http://127.0.0.1:1"), Cache = _bench.Cache }, null, new HubPacing { Delay = (_, _) => Task.CompletedTask });
        var plan = await fetcher.PlanAsync(new FetchRequest { Tasks = [_bench.Task()] }, TestContext.Current.CancellationToken);
        var reason = Assert.Single(plan.Failures).Reason;
        Assert.Equal(HubCodes.Unavailable, reason.Code);
        Assert.Contains("no connection to 127.0.0.1", reason.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_failed_for_one_task_is_not_tried_again_for_the_next()
    {
        var connections = 0;
        using var handler = new Unreachable(() => connections++);
        using var fetcher = new HubFetcher(new HubSettings { Cache = _bench.Cache }, handler, new HubPacing { Delay = (_, _) => Task.CompletedTask });
        var task = _bench.Task();
        var other = task with { Key = "hue", Layouts = [task.Layouts[0] with { Hub = new("toys/other", null, null) }] };
        var plan = await fetcher.PlanAsync(new FetchRequest { Tasks = [task, task with { Key = "tint" }, other] }, TestContext.Current.CancellationToken);
        Assert.Equal(["colour", "tint", "hue"], plan.Failures.Select(failure => failure.Task));
        Assert.Equal(5, connections);
    }

    [Fact]
    public async Task A_hub_that_goes_away_is_given_up_once_not_for_every_file()
    {
        _bench.DefaultCommit();
        var locked = (await _bench.FetchAsync()).Lock;
        Directory.Delete(_bench.Scratch.At("cache"), recursive: true);
        var connections = 0;
        using var handler = new Unreachable(() => connections++);
        using var fetcher = new HubFetcher(new HubSettings { Cache = _bench.Cache }, handler, new HubPacing { Delay = (_, _) => Task.CompletedTask });
        var plan = await fetcher.PlanAsync(new FetchRequest { Lock = locked, Locked = true }, TestContext.Current.CancellationToken);
        var report = await fetcher.FetchAsync(plan, 1, null, TestContext.Current.CancellationToken);
        Assert.Equal((3, 5), (plan.Files.Count, connections));
        Assert.Equal(HubCodes.Unavailable, Assert.Single(report.Failures).Code);
    }

    [Fact]
    public void A_transfer_slower_than_the_floor_is_given_up_and_a_burst_does_not_help()
    {
        var clock = new StoppedClock();
        var speed = new TransferSpeed(clock);
        // A kilobyte a second is the floor: 30 KiB in half a minute pass, one byte less does not.
        for (var second = 0; second < 30; second++)
        {
            clock.Now += TimeSpan.FromSeconds(1);
            speed.Add(1024);
        }

        clock.Now += TimeSpan.FromSeconds(29);
        speed.Add(1024);
        clock.Now += TimeSpan.FromSeconds(1);
        var fault = Assert.Throws<TransientException>(() => speed.Add((29 * 1024) - 1));
        Assert.True(fault.IsSlow);
        Assert.Equal("only 30719 bytes arrived in 30 seconds", fault.Message);
    }

    [Fact]
    public async Task A_list_of_files_that_comes_back_to_an_earlier_page_is_refused()
    {
        _bench.DefaultCommit();
        var pages = 0;
        _bench.Hub.Misfortune = (request, answer) =>
        {
            if (!request.Target.Contains("/tree/", StringComparison.Ordinal)) return answer;

            pages++;
            answer.Headers["Link"] = $"<{new Uri(_bench.Hub.Address, request.Target)}>; rel=\"next\"";
            return answer;
        };
        var failure = Assert.Single((await _bench.FetchAsync()).Failures);
        Assert.Equal(HubCodes.BadAnswer, failure.Code);
        Assert.Contains("comes back to a page", failure.Message, StringComparison.Ordinal);
        Assert.Equal(1, pages);
    }

    private sealed class StoppedClock : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }

    private sealed class Unreachable(Action tried) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            tried();
            throw new HttpRequestException(HttpRequestError.ConnectionError);
        }
    }
}
