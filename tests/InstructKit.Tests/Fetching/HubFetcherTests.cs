using InstructKit.Fetching;
using InstructKit.Sources.Hub;
using InstructKit.Tasks;
using Xunit;

namespace InstructKit.Tests.Fetching;

/// <summary>Fetching from a well-behaved hub.</summary>
public sealed class HubFetcherTests : IDisposable
{
    private readonly FetchBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task The_cache_is_laid_out_as_the_hub_documents_it()
    {
        var commit = _bench.DefaultCommit();
        var report = await _bench.FetchAsync();

        Assert.Empty(report.Failures);
        Assert.Equal(12_009, report.BytesReceived);
        var root = _bench.Scratch.At("cache", "datasets--toys--colour");
        Assert.Equal(commit, File.ReadAllText(Path.Combine(root, "refs", "main")));
        var train = FetchBench.Large("data/train-00000-of-00002.parquet", 9000);
        var link = Path.Combine(root, "snapshots", commit, "data", "train-00000-of-00002.parquet");
        Assert.Equal($"../../../blobs/{train.Sha256}", new FileInfo(link).LinkTarget);
        Assert.Equal(train.Content, File.ReadAllBytes(link));
        var test = FetchBench.Small("data/test-00000-of-00001.parquet", "test rows");
        Assert.Equal("test rows", File.ReadAllText(Path.Combine(root, "blobs", test.GitSha1)));
        // Three blobs, nothing incomplete, and nothing that was not requested.
        Assert.Equal(3, Directory.GetFiles(Path.Combine(root, "blobs")).Length);
        Assert.Null(_bench.Read(commit, "README.md"));
        Assert.Empty(Directory.GetFiles(_bench.Scratch.At("cache"), "*.tmp", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task The_lock_names_commit_and_hash_of_every_file()
    {
        var commit = _bench.DefaultCommit();
        var text = Encoding.UTF8.GetString((await _bench.FetchAsync()).Lock.ToUtf8());
        Assert.Equal(
            $$"""
            {
              "version": 1,
              "datasets": [
                {
                  "id": "toys/colour",
                  "revision": "main",
                  "commit": "{{commit}}",
                  "files": [
                    {
                      "path": "data/test-00000-of-00001.parquet",
                      "bytes": 9,
                      "git_sha1": "{{FetchBench.Small("", "test rows").GitSha1}}"
                    },
                    {
                      "path": "data/train-00000-of-00002.parquet",
                      "bytes": 9000,
                      "sha256": "{{FetchBench.Large("", 9000).Sha256}}"
                    },
                    {
                      "path": "data/train-00001-of-00002.parquet",
                      "bytes": 3000,
                      "sha256": "{{FetchBench.Large("", 3000, 2).Sha256}}"
                    }
                  ]
                }
              ]
            }

            """,
            text);
        Assert.Equal(text, Encoding.UTF8.GetString(HubLock.Parse("x", Encoding.UTF8.GetBytes(text)).ToUtf8()));
    }

    [Fact]
    public async Task What_is_here_is_not_fetched_again()
    {
        _bench.DefaultCommit();
        await _bench.FetchAsync();
        var before = _bench.Hub.Requests.Count(request => request.IsContent);
        var report = await _bench.FetchAsync();
        Assert.Equal(0, report.BytesReceived);
        Assert.All(report.Plan.Files, file => Assert.Equal(FileState.Cached, file.State));
        Assert.Equal(before, _bench.Hub.Requests.Count(request => request.IsContent));
    }

    [Fact]
    public async Task What_Python_downloaded_is_taken_as_it_is()
    {
        // As huggingface_hub leaves it: a blob by its ETag, a relative link, a ref without a line end.
        var commit = _bench.DefaultCommit();
        var file = FetchBench.Large("data/train-00000-of-00002.parquet", 9000);
        var root = _bench.Scratch.At("cache", "datasets--toys--colour");
        foreach (var folder in new[] { "blobs", "refs", $"snapshots/{commit}/data" }) Directory.CreateDirectory(Path.Combine(root, folder));

        File.WriteAllBytes(Path.Combine(root, "blobs", file.Sha256), file.Content);
        File.CreateSymbolicLink(Path.Combine(root, "snapshots", commit, "data", "train-00000-of-00002.parquet"), $"../../../blobs/{file.Sha256}");
        var report = await _bench.FetchAsync();
        Assert.Equal(3009, report.BytesReceived);
        Assert.DoesNotContain(_bench.Hub.Requests, request => request.Target.Contains("train-00000", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_new_commit_shares_the_blobs_that_did_not_change()
    {
        var first = _bench.DefaultCommit();
        await _bench.FetchAsync();
        var second = _bench.Data.Commit("main", [.. _bench.Data.Commits[first].SkipLast(1), FetchBench.Small("data/test-00000-of-00001.parquet", "other rows")]);
        var report = await _bench.FetchAsync();
        Assert.Equal(10, report.BytesReceived);
        Assert.Equal(9000, _bench.Read(second, "data/train-00000-of-00002.parquet")!.Length);
        Assert.Equal("test rows", Encoding.UTF8.GetString(_bench.Read(first, "data/test-00000-of-00001.parquet")!));
    }

    [Fact]
    public async Task A_plan_says_what_is_here_and_writes_nothing()
    {
        _bench.DefaultCommit();
        var blobs = _bench.Scratch.At("cache", "datasets--toys--colour", "blobs");
        Directory.CreateDirectory(blobs);
        File.WriteAllBytes(Path.Combine(blobs, FetchBench.Large("", 9000).Sha256 + ".incomplete"), new byte[4000]);
        using var fetcher = _bench.Fetcher();
        var plan = await fetcher.PlanAsync(new FetchRequest { Tasks = [_bench.Task()] }, TestContext.Current.CancellationToken);
        Assert.Equal([FileState.Missing, FileState.Begun, FileState.Missing], plan.Files.Select(file => file.State));
        Assert.Equal((12_009, 8_009), (plan.Bytes, plan.Left));
        Assert.Single(Directory.GetFiles(_bench.Scratch.At("cache"), "*", SearchOption.AllDirectories));
        Assert.DoesNotContain(_bench.Hub.Requests, request => request.IsContent);
    }

    [Fact]
    public async Task Lists_come_in_pages()
    {
        _bench.DefaultCommit();
        _bench.Hub.PageSize = 1;
        Assert.Equal(3, (await _bench.FetchAsync()).Plan.Files.Count);
        Assert.Equal(4, _bench.Hub.Requests.Count(request => request.Target.Contains("/tree/", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task An_old_name_is_followed_with_the_token_to_the_same_origin()
    {
        _bench.Token = new HubToken(FakeHub.Token);
        _bench.Data.IsPrivate = true;
        _bench.DefaultCommit();
        _bench.Hub.Renamed["colour"] = FetchBench.Id;
        var report = await _bench.FetchAsync(new FetchRequest { Tasks = [_bench.Task(FetchBench.Yaml(hub: "{ id: colour }"))] });
        Assert.Empty(report.Failures);
        Assert.True(Directory.Exists(_bench.Scratch.At("cache", "datasets--colour", "snapshots")));
        Assert.All(_bench.Hub.Requests, request => Assert.Equal(request.IsHub ? $"Bearer {FakeHub.Token}" : null, request.Authorization));
        Assert.Contains(_bench.Hub.Requests, request => !request.IsHub);
    }

    [Theory]
    [InlineData("default/train/0000.parquet", "default/test/0000.parquet")]
    [InlineData("default/colour-train.parquet", "default/colour-test.parquet")]
    [InlineData("default/colour-train-00000-of-00001.parquet", "default/colour-test-00000-of-00001.parquet")]
    public async Task The_conversion_of_the_hub_is_used_where_the_main_branch_has_no_Parquet(string train, string test)
    {
        _bench.Data.Commit("main", FetchBench.Small("colour.py", "import datasets"));
        var commit = _bench.Data.Commit(HubVariant.Converted, FetchBench.Large(train, 500), FetchBench.Large(test, 300, 2));
        var report = await _bench.FetchAsync();
        Assert.Empty(report.Failures);
        Assert.Equal([test, train], report.Plan.Files.Select(file => file.Path).Order(StringComparer.Ordinal));
        Assert.Equal(commit, File.ReadAllText(_bench.Scratch.At("cache", "datasets--toys--colour", "refs", "refs", "convert", "parquet")));
        Assert.Contains(_bench.Hub.Requests, request => request.Target.EndsWith("/revision/refs%2Fconvert%2Fparquet", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_layout_with_the_names_of_the_conversion_finds_it_without_naming_the_branch()
    {
        _bench.Data.Commit("main", FetchBench.Small("colour.py", "import datasets"));
        _bench.Data.Commit(HubVariant.Converted, FetchBench.Large("v3/train/0000.parquet", 500), FetchBench.Large("v3/dev/0000.parquet", 300, 2));
        var task = _bench.Task(FetchBench.Yaml(hub: "{ id: toys/colour, config: v3 }", files: "{ train: \"v3/train/*.parquet\", test: \"v3/dev/*.parquet\" }"));
        var report = await _bench.FetchAsync(new FetchRequest { Tasks = [task] });
        Assert.Equal(["v3/dev/0000.parquet", "v3/train/0000.parquet"], report.Plan.Files.Select(file => file.Path));
        var found = new InstructKit.Tasks.TaskLocator([_bench.Scratch.At("cache")]).Find(task, InstructKit.Tasks.SliceKind.Test);
        Assert.Equal(HubVariant.Converted, found!.Snapshot!.Revision);
        Assert.Equal(["test", "train"], found.Splits.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_conversion_that_was_cut_short_is_refused_unless_agreed_to()
    {
        _bench.Data.Commit("main", FetchBench.Small("colour.py", "import datasets"));
        _bench.Data.Commit(HubVariant.Converted, FetchBench.Large("default/partial-train/0000.parquet", 500), FetchBench.Large("default/test/0000.parquet", 300, 2));
        var refused = await _bench.FetchAsync();
        var reason = Assert.Single(refused.Failures);
        Assert.Equal(HubCodes.PartialConversion, reason.Code);
        Assert.Contains("'toys/colour' holds only the beginning of the split train", reason.Message, StringComparison.Ordinal);
        Assert.Contains("--allow-partial", reason.Hint, StringComparison.Ordinal);
        Assert.Equal(0, refused.BytesReceived);
        Assert.Empty(refused.Lock.Datasets);

        var agreed = await _bench.FetchAsync(new FetchRequest { Tasks = [_bench.Task()], AllowPartial = true });
        Assert.Empty(agreed.Failures);
        Assert.Equal(["default/partial-train/0000.parquet", "default/test/0000.parquet"], agreed.Lock.Datasets[0].Files.Select(file => file.Path));

        // The lock records the consent.
        var again = await _bench.FetchAsync(new FetchRequest { Tasks = [_bench.Task()], Lock = agreed.Lock, Locked = true });
        Assert.Equal((0, 2), (again.Failures.Count, again.Plan.Files.Count));
    }

    [Fact]
    public async Task A_split_that_the_dataset_lacks_is_warned_about()
    {
        _bench.Data.Commit("main", FetchBench.Large("data/train-00000-of-00001.parquet", 500));
        var report = await _bench.FetchAsync();
        Assert.Empty(report.Failures);
        Assert.Contains("no files for the split 'test' of the task 'colour'", Assert.Single(report.Plan.Warnings).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_of_other_names_are_offered()
    {
        _bench.Data.Commit("main", FetchBench.Large("rows/training.parquet", 500));
        var reason = Assert.Single((await _bench.FetchAsync()).Failures);
        Assert.Equal(HubCodes.FilesMissing, reason.Code);
        Assert.Equal("Its Parquet files are rows/training.parquet.", reason.Hint);
        Assert.Contains("colour.yaml:5:", reason.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_task_without_a_hub_layout_says_which_layouts_it_has()
    {
        var yaml = FetchBench.Yaml().Replace("    hub: { id: toys/colour, config: default }\n", string.Empty, StringComparison.Ordinal);
        var reason = Assert.Single((await _bench.FetchAsync(new FetchRequest { Tasks = [_bench.Task(yaml)] })).Failures);
        Assert.Equal(HubCodes.NoHubLayout, reason.Code);
        Assert.Contains("hub, hub_export", reason.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Offline_takes_what_the_cache_has_and_asks_nobody()
    {
        var commit = _bench.DefaultCommit();
        var first = await _bench.FetchAsync();
        _bench.Hub.Requests.Clear();
        _bench.Offline = true;
        var second = await _bench.FetchAsync();
        Assert.Empty(second.Failures);
        Assert.Equal(first.Lock.ToUtf8(), second.Lock.ToUtf8());

        Directory.Delete(_bench.Cache.SnapshotOf(FetchBench.Id, commit), recursive: true);
        var reason = Assert.Single((await _bench.FetchAsync()).Failures);
        Assert.Equal(HubCodes.NotInCache, reason.Code);
        Assert.Empty(_bench.Hub.Requests);
    }

    [Fact]
    public async Task A_damaged_file_in_the_cache_is_found_when_asked_for_and_fetched_anew()
    {
        var commit = _bench.DefaultCommit();
        await _bench.FetchAsync();
        var good = _bench.Read(commit, "data/train-00001-of-00002.parquet")!;
        var blob = _bench.Cache.BlobOf(FetchBench.Id, new ContentHash(FetchBench.Large("", 3000, 2).Sha256));
        File.WriteAllBytes(blob, new byte[3000]);
        Assert.Equal(0, (await _bench.FetchAsync()).BytesReceived);
        Assert.Equal(3000, (await _bench.FetchAsync(new FetchRequest { Tasks = [_bench.Task()], Verify = true })).BytesReceived);
        Assert.Equal(good, _bench.Read(commit, "data/train-00001-of-00002.parquet"));
    }

    [Fact]
    public async Task Two_tasks_with_one_dataset_ask_for_its_list_once()
    {
        _bench.DefaultCommit();
        var task = _bench.Task();
        var report = await _bench.FetchAsync(new FetchRequest { Tasks = [task, task with { Key = "hue" }] });
        Assert.All(report.Plan.Files, file => Assert.Equal(["colour", "hue"], file.Tasks));
        Assert.Equal(2, _bench.Hub.Requests.Count(request => !request.IsContent));
    }

    [Fact]
    public async Task One_task_that_cannot_be_had_does_not_stop_the_others()
    {
        _bench.DefaultCommit();
        var task = _bench.Task();
        var missing = task with { Key = "hue", Layouts = [task.Layouts[0] with { Hub = new("toys/nothing", null, null) }] };
        var report = await _bench.FetchAsync(new FetchRequest { Tasks = [missing, task] });
        Assert.Equal(HubCodes.DatasetMissing, Assert.Single(report.Failures).Code);
        Assert.Equal(12_009, report.BytesReceived);
        Assert.Equal([FetchBench.Id], report.Lock.Datasets.Select(one => one.Snapshot.Id));
    }

    [Fact]
    public async Task A_cancelled_download_keeps_what_arrived()
    {
        _bench.DefaultCommit();
        _bench.Hub.Misfortune = (request, answer) => request.IsHub ? answer : answer with { CutAfter = 1000, Stalls = true };
        _bench.ReadTimeout = TimeSpan.FromMilliseconds(150);
        using var source = new CancellationTokenSource();
        using var fetcher = _bench.Fetcher();
        var plan = await fetcher.PlanAsync(new FetchRequest { Tasks = [_bench.Task()] }, TestContext.Current.CancellationToken);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fetcher.FetchAsync(plan, 1, new CancelOnRetry(source), source.Token));
        Assert.Contains(Directory.GetFiles(_bench.Scratch.At("cache"), "*.incomplete", SearchOption.AllDirectories), path => new FileInfo(path).Length == 1000);

        _bench.Hub.Misfortune = (_, answer) => answer;
        _bench.Hub.Requests.Clear();
        Assert.Empty((await _bench.FetchAsync()).Failures);
        Assert.Contains(_bench.Hub.Requests, request => request.Range == "bytes=1000-");
    }

    private sealed class CancelOnRetry(CancellationTokenSource source) : IFetchObserver
    {
        public void Begin(FetchFile file, long have)
        {
        }

        public void Progress(FetchFile file, long have)
        {
        }

        public void Retry(FetchFile file, string reason, TimeSpan pause) => source.Cancel();

        public void End(FetchFile file, bool done)
        {
        }
    }
}
