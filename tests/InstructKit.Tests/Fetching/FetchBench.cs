using InstructKit.Fetching;
using InstructKit.Parquet;
using InstructKit.Parquet.Format;
using InstructKit.Sources.Hub;
using InstructKit.Tasks;
using Xunit;

namespace InstructKit.Tests.Fetching;

/// <summary>A fake hub, a separate cache and a task on it; retries record their pauses without waiting.</summary>
internal sealed class FetchBench : IDisposable
{
    public const string Id = "toys/colour";

    private readonly HttpMessageHandler _handler = HubClient.CreateHandler();

    public FetchBench() => Data = Hub.Add(Id);

    public FakeHub Hub { get; } = new();

    public FakeDataset Data { get; }

    public ScratchFolder Scratch { get; } = new();

    public List<TimeSpan> Pauses { get; } = [];

    public HubToken? Token { get; set; }

    public bool Offline { get; set; }

    public TimeSpan ReadTimeout { get; set; } = TimeSpan.FromSeconds(10);

    public HubCache Cache => new(Scratch.At("cache"));

    public static string Yaml(string hub = "{ id: toys/colour, config: default }", string files = "{ train: \"data/train-*.parquet\", test: \"data/test-*.parquet\" }") => $$$"""
        task: colour
        title: Toy colours
        columns: { text: string, label: "int?" }
        layouts:
          - name: hub
            format: parquet
            hub: {{{hub}}}
            files: {{{files}}}
          - name: hub_export
            format: jsonl
            files: { train: train.jsonl, test: test.jsonl }
        splits: { train: "train[:-3]", validation: "train[-3:]", test: test }
        keep_if: { unlabelled: "label is not none" }
        options: [ "no", "yes" ]
        answer: "options[label]"
        metrics: [ accuracy ]
        templates:
          - id: ask
            input: "colour? {{ text }} {{ options_block }}"
            target: "{{ answer }}"
        """;

    public static FakeFile Large(string path, int size, int seed = 1)
    {
        // A pattern that is no power of two long, so that a shifted range shows.
        var content = new byte[size];
        for (var i = 0; i < size; i++) content[i] = (byte)((i * 31) + (i / 251) + (seed * 7));

        return new FakeFile(path, content, true);
    }

    public static FakeFile Small(string path, string content) => new(path, Encoding.UTF8.GetBytes(content), false);

    /// <summary>Rows of the task as a Parquet file.</summary>
    public static byte[] Parquet(string split, int from, int count)
    {
        using var stream = new MemoryStream();
        var writer = new ParquetWriter(stream, [ParquetField.Text("text"), ParquetField.Integer("label")]);
        for (var i = from; i < from + count; i++)
        {
            writer.WriteText(Encoding.UTF8.GetBytes(TextOf(split, i)));
            if (i % 7 == 6) writer.WriteNull();
            else writer.WriteInteger(i % 2);

            writer.EndRow();
        }

        writer.Finish();
        return stream.ToArray();
    }

    public static string TextOf(string split, int i) => string.Create(CultureInfo.InvariantCulture, $"{split} row {i} \"é\" 😀\n\\");

    public string DefaultCommit() => Data.Commit("main", Small("README.md", "# toys"), Large("data/train-00000-of-00002.parquet", 9000), Large("data/train-00001-of-00002.parquet", 3000, 2), Small("data/test-00000-of-00001.parquet", "test rows"));

    public TaskDefinition Task(string? yaml = null)
    {
        var catalog = new TaskFiles();
        catalog.AddOwn(Scratch.Write("tasks/colour.yaml", yaml ?? Yaml()));
        return catalog.Get("colour");
    }

    public HubFetcher Fetcher() => new(
        new HubSettings { Endpoint = Hub.Address, Token = Token, Cache = Cache, Offline = Offline, ReadTimeout = ReadTimeout },
        _handler,
        new HubPacing
        {
            Jitter = () => 0.5,
            Delay = (pause, _) =>
            {
                lock (Pauses) Pauses.Add(pause);

                return System.Threading.Tasks.Task.CompletedTask;
            },
        });

    public async Task<FetchReport> FetchAsync(FetchRequest? request = null, IFetchObserver? observer = null)
    {
        using var fetcher = Fetcher();
        var plan = await fetcher.PlanAsync(request ?? new FetchRequest { Tasks = [Task()] }, TestContext.Current.CancellationToken);
        return await fetcher.FetchAsync(plan, 3, observer, TestContext.Current.CancellationToken);
    }

    /// <summary>The file in the snapshot, or null.</summary>
    public byte[]? Read(string commit, string path) => File.Exists(Cache.FileOf(Id, commit, path)) ? File.ReadAllBytes(Cache.FileOf(Id, commit, path)) : null;

    /// <summary>Everything below the scratch folder that contains text, to search for secrets.</summary>
    public IEnumerable<string> FilesWith(string text) =>
        Directory.GetFiles(Scratch.Path, "*", SearchOption.AllDirectories).Where(path => path.Contains(text, StringComparison.Ordinal) || Encoding.Latin1.GetString(File.ReadAllBytes(path)).Contains(text, StringComparison.Ordinal));

    public string Trace() => string.Join('\n', Hub.Requests.Select(request => string.Create(CultureInfo.InvariantCulture, $"{(request.IsHub ? "hub" : "files")} {request.Target} {request.Range}")));

    public void Dispose()
    {
        Hub.Dispose();
        _handler.Dispose();
        Scratch.Dispose();
    }
}
