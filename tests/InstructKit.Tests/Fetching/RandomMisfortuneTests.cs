using System.Collections.Concurrent;
using InstructKit.Sources.Hub;
using Xunit;

namespace InstructKit.Tests.Fetching;

/// <summary>Many fetches from a hub with random failures: each ends with the right bytes or a clear message, and the token is seen nowhere
/// except in requests to the hub. A failing seed can be rerun by its number.</summary>
public sealed class RandomMisfortuneTests
{
    private const int Runs = 200;

    private static readonly string[] Known =
    [
        HubCodes.DatasetMissing, HubCodes.Gated, HubCodes.Forbidden, HubCodes.FilesMissing, HubCodes.ContentMismatch, HubCodes.BadAnswer, HubCodes.Unavailable, HubCodes.RateLimited,
    ];

    [Fact]
    public async Task Two_hundred_runs_end_in_the_right_bytes_or_a_clear_message()
    {
        var outcomes = new ConcurrentDictionary<string, int>();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = TestContext.Current.CancellationToken };
        await Parallel.ForEachAsync(Enumerable.Range(0, Runs), parallel, async (run, _) =>
        {
            foreach (var code in await RunAsync(run)) outcomes.AddOrUpdate(code, 1, (_, count) => count + 1);
        });

        // Both outcomes must occur, or the failures are too mild or too severe to be meaningful.
        Assert.InRange(outcomes["whole"], Runs / 4, Runs * 9 / 10);
        Assert.True(outcomes.Count >= 5, string.Join(", ", outcomes));
    }

    private static async Task<List<string>> RunAsync(int run)
    {
        using var bench = new FetchBench { Token = new HubToken(FakeHub.Token), ReadTimeout = TimeSpan.FromMilliseconds(100) };
        var commit = bench.Data.Commit(
            "main", FetchBench.Large("data/train-00000-of-00002.parquet", 1 + Draw(run, "size", 40_000), run),
            FetchBench.Large("data/train-00001-of-00002.parquet", Draw(run, "size2", 3) * 700, run + 1),
            FetchBench.Small("data/test-00000-of-00001.parquet", new string('x', Draw(run, "size3", 3000))));
        bench.Data.IsPrivate = Draw(run, "private", 2) == 0;
        bench.Hub.PageSize = 1 + Draw(run, "page", 3);
        var share = run % 4 == 0 ? 60 + Draw(run, "share", 40) : Draw(run, "share", 50);
        var tries = new ConcurrentDictionary<string, int>();
        bench.Hub.Misfortune = (request, answer) =>
        {
            var attempt = tries.AddOrUpdate(request.Target, 0, (_, count) => count + 1);
            return Draw(run, $"{request.Target.Split('?')[0]} {attempt}", 100) >= share ? answer : Spoil(request, answer, $"{run} {request.Target.Split('?')[0]} {attempt}", bench);
        };
        var watch = new WatchingObserver();
        var report = await bench.FetchAsync(observer: watch);
        foreach (var file in bench.Data.Commits[commit])
        {
            // Every file with its final name has the right content, whatever happened.
            Assert.True(bench.Read(commit, file.Path) is not { } bytes || bytes.AsSpan().SequenceEqual(file.Content), $"run {run}: wrong bytes in {file.Path}\n{bench.Trace()}");
            Assert.True(report.Failures.Count > 0 || bench.Read(commit, file.Path) is not null, $"run {run}: {file.Path} is lacking\n{bench.Trace()}");
        }

        Assert.All(report.Failures, reason => Assert.Contains(reason.Code, Known));
        Assert.All(report.Failures, reason => Assert.NotNull(reason.Hint));
        Assert.Equal(report.Failures.Count == 0 ? 1 : 0, report.Lock.Datasets.Count);
        Assert.Empty(bench.FilesWith(FakeHub.Token));
        Assert.DoesNotContain(FakeHub.Token, string.Join('\n', report.Failures) + watch.Text + System.Text.Encoding.UTF8.GetString(report.Lock.ToUtf8()), StringComparison.Ordinal);
        Assert.All(bench.Hub.Requests.Where(request => !request.IsHub), request => Assert.Null(request.Authorization));
        Assert.All(bench.Pauses, pause => Assert.InRange(pause, TimeSpan.Zero, TimeSpan.FromSeconds(301)));
        return report.Failures.Count == 0 ? ["whole"] : [.. report.Failures.Select(reason => reason.Code)];
    }

    private static FakeAnswer Spoil(FakeRequest request, FakeAnswer answer, string place, FetchBench bench)
    {
        var length = answer.Body.Length;
        var at = length == 0 ? 0 : Draw(0, place + " at", length);
        return Draw(0, place + " kind", 24) switch
        {
            0 => FakeAnswer.Refusal(503, null, $"busy with {request.Authorization}"),
            1 => FakeAnswer.Refusal(429, null, null, ("RateLimit", $"\"resolvers\";r=0;t={Draw(0, place + " t", 400)}")),
            2 => FakeAnswer.Refusal(429, null, null, ("Retry-After", Draw(0, place + " ra", 200).ToString(CultureInfo.InvariantCulture))),
            3 => FakeAnswer.Refusal(request.IsHub ? 401 : 403, null, $"no entry with {request.Authorization}"),
            4 when Draw(0, place + " rare", 4) == 0 => FakeAnswer.Refusal(403, "GatedRepo"),
            5 => answer with { CutAfter = at, Stalls = Draw(0, place + " stall", 4) == 0 },
            6 or 7 or 8 or 9 => answer with { CutAfter = at },
            10 or 11 => answer with { CutAfter = at, Resets = true },
            12 => answer with { Length = length + 10 },
            13 => answer with { Length = null, CutAfter = at },
            14 when length > 0 => answer with { Body = [.. answer.Body[..at], (byte)(answer.Body[at] ^ 0x20), .. answer.Body[(at + 1)..]] },
            15 when answer.Whole is { } whole => new FakeAnswer(200, whole),
            16 when answer.Whole is { } whole => new FakeAnswer(206, whole) { Headers = { ["Content-Range"] = $"bytes 0-{whole.Length - 1}/{whole.Length}" } },
            17 => FakeAnswer.Refusal(302, null, null, ("Location", request.Target)),
            18 when request.IsHub => FakeAnswer.Refusal(307, null, null, ("Location", $"{bench.Hub.FilesAddress}blob/0000?{FakeHub.Signature}")),
            19 => answer with { Body = [.. answer.Body, 1, 2, 3], Length = length + 3 },
            20 => FakeAnswer.Refusal(416),
            21 => FakeAnswer.Refusal(500) with { Resets = true },
            _ => answer with { CutAfter = 0 },
        };
    }

    private static int Draw(int run, string what, int below) => new KeyedHash(run, "misfortune", what).Choose(0, below);

    private sealed class WatchingObserver : IFetchObserver
    {
        private readonly ConcurrentQueue<string> _words = new();

        public string Text => string.Join('\n', _words);

        public void Begin(FetchFile file, long have) => _words.Enqueue(file.ToString());

        public void Progress(FetchFile file, long have) => Assert.InRange(have, 0, file.Size);

        public void Retry(FetchFile file, string reason, TimeSpan pause) => _words.Enqueue(reason);

        public void End(FetchFile file, bool done) => _words.Enqueue(file.Name);
    }
}
