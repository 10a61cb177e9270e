using InstructKit.Examples;
using InstructKit.Sinks;
using InstructKit.Sources.Files;

namespace InstructKit.Building.EvaluationOutput;

/// <summary>Requests of OpenAI's batch interface, which vLLM's <c>run-batch</c> also reads: one chat completion for each row, <c>custom_id</c> being the row's
/// id. A file ends at 50,000 requests or before 200 MB, the interface's limits.</summary>
/// <param name="sets">Receives the files.</param>
/// <param name="model">The requested model; null to leave a placeholder.</param>
internal sealed class BatchRequests(EvaluationSets sets, string? model) : IEvaluationRows
{
    private const string Folder = "batch";
    private const int MostRequests = 50_000;
    private const long MostBytes = 200_000_000;

    /// <summary>Usage instructions, in Markdown.</summary>
    public const string Usage = """
        For batch interfaces: send the files of `batch/`, each of which is below their limits, and give what comes back to `instructkit score`:

        ```
        vllm run-batch -i batch/test-00000.jsonl -o answers.jsonl --model MODEL
        instructkit score answers.jsonl --eval ..
        ```
        """;

    private readonly Dictionary<string, List<OutputFile>> _files = new(StringComparer.Ordinal);
    private readonly byte[] _model = Encoding.UTF8.GetBytes(model ?? "MODEL");

    public void Encode(in Example example, EvaluationJob job, Utf8Output output)
    {
        output.AppendRaw("{\"custom_id\":\""u8);
        ExampleId.Append(example, output);
        output.AppendRaw("\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":{\"model\":\""u8);
        output.AppendText(_model);
        output.AppendRaw("\",\"messages\":[{\"role\":\"user\",\"content\":\""u8);
        example.Input.AppendTo(output);
        output.AppendRaw("\"}],\"temperature\":0,\"max_tokens\":256"u8);
        var stops = job.Contracts[example.Origin.Index].Stops;
        for (var i = 0; i < stops.Count; i++)
        {
            output.AppendRaw(i == 0 ? ",\"stop\":[\""u8 : ",\""u8);
            output.AppendText(stops[i]);
            output.AppendRaw("\""u8);
        }

        output.AppendRaw(stops.Count > 0 ? "]}}\n"u8 : "}}\n"u8);
    }

    public void Write(EvaluationSet set, ReadOnlySpan<byte> row)
    {
        if (!_files.TryGetValue(set.Tree.Name, out var files)) _files[set.Tree.Name] = files = [];
        if (files.Count == 0 || files[^1].Rows >= MostRequests || files[^1].Bytes + row.Length > MostBytes)
        {
            if (files.Count > 0) files[^1].Finish();
            files.Add(sets.OpenFile(Folder, NameOf(set.Tree.Name, files.Count)));
        }

        files[^1].Write(row, 1);
    }

    public IReadOnlyList<PublishedFile> Finish()
    {
        List<PublishedFile> published = [];
        foreach (var (tree, files) in _files.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            for (var i = 0; i < files.Count; i++)
            {
                files[i].Finish();
                var name = $"{NameOf(tree, i)}.jsonl";
                files[i].Rename(name);
                published.Add(new PublishedFile($"{OutputNames.Evaluation}/{Folder}/{name}", files[i].Rows, files[i].Bytes, files[i].Sha256));
            }
        }

        return published;
    }

    public void Dispose()
    {
        foreach (var file in _files.Values.SelectMany(files => files)) file.Dispose();
    }

    private static string NameOf(string tree, int number) => string.Create(CultureInfo.InvariantCulture, $"{tree}-{number:00000}");
}
