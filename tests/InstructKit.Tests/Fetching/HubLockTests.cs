using InstructKit.Fetching;
using InstructKit.Sources.Hub;
using InstructKit.Tasks;
using Xunit;

namespace InstructKit.Tests.Fetching;

/// <summary>What the lock enforces.</summary>
public sealed class HubLockTests : IDisposable
{
    private readonly FetchBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task A_dataset_in_the_lock_stays_at_its_commit_until_it_is_updated()
    {
        var first = _bench.DefaultCommit();
        var locked = (await _bench.FetchAsync()).Lock;
        var second = _bench.Data.Commit("main", FetchBench.Large("data/train-00000-of-00001.parquet", 70), FetchBench.Large("data/test-00000-of-00001.parquet", 60));

        var stayed = await _bench.FetchAsync(new FetchRequest { Tasks = [_bench.Task()], Lock = locked });
        Assert.Equal(locked.ToUtf8(), stayed.Lock.ToUtf8());
        var moved = await _bench.FetchAsync(new FetchRequest { Tasks = [_bench.Task()], Lock = locked, Update = true });
        Assert.Equal([first, second], new[] { stayed, moved }.Select(report => report.Lock.Datasets[0].Snapshot.Commit));
        Assert.Equal(2, moved.Lock.Datasets[0].Files.Count);
    }

    [Fact]
    public async Task An_update_moves_the_files_of_other_tasks_along()
    {
        _bench.Data.Commit("main", FetchBench.Large("data/train-0.parquet", 10), FetchBench.Large("data/test-0.parquet", 20), FetchBench.Large("other/train-0.parquet", 30));
        var task = _bench.Task();
        var other = _bench.Task(FetchBench.Yaml(files: "{ train: \"other/train-*.parquet\" }"));
        var locked = (await _bench.FetchAsync(new FetchRequest { Tasks = [task, other] })).Lock;
        _bench.Data.Commit("main", FetchBench.Large("data/train-0.parquet", 11), FetchBench.Large("data/test-0.parquet", 21), FetchBench.Large("other/train-0.parquet", 31));
        var moved = await _bench.FetchAsync(new FetchRequest { Tasks = [task], Lock = locked, Update = true });
        Assert.Equal([21L, 11L, 31L], moved.Lock.Datasets[0].Files.Select(file => file.Size));
    }

    [Fact]
    public async Task Locked_fetches_without_asking_for_lists_and_refuses_what_is_not_named()
    {
        var commit = _bench.DefaultCommit();
        var locked = (await _bench.FetchAsync()).Lock;
        Directory.Delete(_bench.Scratch.At("cache"), recursive: true);
        _bench.Hub.Requests.Clear();
        var report = await _bench.FetchAsync(new FetchRequest { Tasks = [_bench.Task()], Lock = locked, Locked = true });
        Assert.Empty(report.Failures);
        Assert.Equal(9000, _bench.Read(commit, "data/train-00000-of-00002.parquet")!.Length);
        Assert.All(_bench.Hub.Requests, request => Assert.True(request.IsContent));

        var reason = Assert.Single((await _bench.FetchAsync(new FetchRequest { Tasks = [_bench.Task(FetchBench.Yaml(files: "{ train: \"other/*.parquet\" }"))], Lock = locked, Locked = true })).Failures);
        Assert.Equal(HubCodes.NotLocked, reason.Code);
        Assert.Contains("for the task 'colour' ('other/*.parquet')", reason.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Locked_without_tasks_fetches_all_that_is_named()
    {
        _bench.DefaultCommit();
        var locked = (await _bench.FetchAsync()).Lock;
        Directory.Delete(_bench.Scratch.At("cache"), recursive: true);
        var report = await _bench.FetchAsync(new FetchRequest { Lock = locked, Locked = true });
        Assert.Equal(12_009, report.BytesReceived);
        Assert.Equal(locked.ToUtf8(), report.Lock.ToUtf8());
    }

    [Fact]
    public async Task Locked_replaces_a_file_in_the_cache_that_has_other_content()
    {
        _bench.DefaultCommit();
        var locked = (await _bench.FetchAsync()).Lock;
        var blob = _bench.Cache.BlobOf(FetchBench.Id, new ContentHash(FetchBench.Large("", 3000, 2).Sha256));
        File.WriteAllBytes(blob, new byte[3000]);
        Assert.Equal(3000, (await _bench.FetchAsync(new FetchRequest { Lock = locked, Locked = true })).BytesReceived);
    }

    [Fact]
    public async Task A_hub_that_changes_a_commit_is_not_believed()
    {
        var commit = _bench.DefaultCommit();
        var locked = (await _bench.FetchAsync()).Lock;
        _bench.Data.Commits[commit][1] = FetchBench.Large("data/train-00000-of-00002.parquet", 9000, 5);
        var reason = Assert.Single((await _bench.FetchAsync(new FetchRequest { Tasks = [_bench.Task()], Lock = locked })).Failures);
        Assert.Equal(HubCodes.LockContradicted, reason.Code);

        // Locked trusts no list at all: the download has a different hash.
        Directory.Delete(_bench.Scratch.At("cache"), recursive: true);
        _bench.Hub.Misfortune = (request, answer) => request.Target.Contains("train-00000", StringComparison.Ordinal) ? new FakeAnswer(200, _bench.Data.Commits[commit][1].Content) : answer;
        var report = await _bench.FetchAsync(new FetchRequest { Lock = locked, Locked = true });
        Assert.Equal(HubCodes.ContentMismatch, Assert.Single(report.Failures).Code);
        Assert.Null(_bench.Read(commit, "data/train-00000-of-00002.parquet"));
    }

    [Fact]
    public async Task A_dataset_that_is_not_whole_does_not_change_the_lock()
    {
        var commit = _bench.DefaultCommit();
        _bench.Hub.Misfortune = (request, answer) => request.Target.Contains("test-0", StringComparison.Ordinal) ? FakeAnswer.Refusal(404, "EntryNotFound") : answer;
        var report = await _bench.FetchAsync();
        Assert.Equal(HubCodes.FilesMissing, Assert.Single(report.Failures).Code);
        Assert.Empty(report.Lock.Datasets);
        Assert.Equal(9000, _bench.Read(commit, "data/train-00000-of-00002.parquet")!.Length);
        Assert.False(File.Exists(_bench.Cache.RefOf(FetchBench.Id, "main")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"version": 2, "datasets": []}""")]
    [InlineData("""{"version": 1, "datasets": [{"id": "../x", "revision": "main", "commit": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "files": []}]}""")]
    [InlineData("""{"version": 1, "datasets": [{"id": "a/b", "revision": "../../x", "commit": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "files": []}]}""")]
    [InlineData("""{"version": 1, "datasets": [{"id": "a/b", "revision": "main", "commit": "main", "files": []}]}""")]
    [InlineData("""{"version": 1, "datasets": [{"id": "a/b", "revision": "main", "commit": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "files": [{"path": "/etc/passwd", "bytes": 1, "git_sha1": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}]}]}""")]
    [InlineData("""{"version": 1, "datasets": [{"id": "a/b", "revision": "main", "commit": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "files": [{"path": "x", "bytes": 1, "sha256": "aaaa"}]}]}""")]
    public void A_file_that_is_no_lock_is_refused(string text)
    {
        var exception = Assert.Throws<DiagnosticException>(() => HubLock.Parse("instructkit.lock", Encoding.UTF8.GetBytes(text)));
        Assert.Equal(HubCodes.BadLock, exception.Diagnostics[0].Code);
        Assert.Contains("'instructkit.lock'", exception.Message, StringComparison.Ordinal);
    }
}
