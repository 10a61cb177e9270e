using InstructKit.Examples;
using InstructKit.Sinks;
using InstructKit.Sources.Files;

namespace InstructKit.Building.EvaluationOutput;

/// <summary>Samples and a registry of openai/evals: <c>evals/instructkit.yaml</c> and <c>data/</c>, the layout that its option <c>--registry_path</c> expects.
/// Rows with options are matched from the start of the answer (<c>Match</c>), the others if one text contains the other (<c>FuzzyMatch</c>).</summary>
internal sealed class OpenAiEvals(EvaluationSets sets) : IEvaluationRows
{
    private const string Folder = "openai-evals";

    private readonly Dictionary<EvaluationSet, OutputFile> _files = [];

    public static (string Path, byte[] Content) Registry(IReadOnlyList<EvaluationSet> all)
    {
        var text = new StringBuilder();
        foreach (var set in all)
        {
            text.Append($"{set.Name}:\n  id: {set.Name}.test.v1\n  metrics: [accuracy]\n{set.Name}.test.v1:\n");
            text.Append($"  class: evals.elsuite.basic.{(set.IsRanked ? "match:Match" : "fuzzy_match:FuzzyMatch")}\n  args:\n    samples_jsonl: \"{set.Path}\"\n");
        }

        return ($"{Folder}/evals/instructkit.yaml", Encoding.UTF8.GetBytes(text.ToString()));
    }

    /// <summary>Usage instructions, in Markdown.</summary>
    public static string Usage(IReadOnlyList<EvaluationSet> all) => $"""
        For openai/evals: `oaieval MODEL {all[0].Name} --registry_path {Folder}`, in this folder; `{Folder}/evals/instructkit.yaml` names all sets.
        """;

    public void Encode(in Example example, EvaluationJob job, Utf8Output output)
    {
        output.AppendRaw("{\"id\":\""u8);
        ExampleId.Append(example, output);
        output.AppendRaw("\",\"input\":[{\"role\":\"user\",\"content\":\""u8);
        example.Input.AppendTo(output);
        output.AppendRaw("\"}],\"ideal\":["u8);
        var indexes = example.AnswerIndexes;
        var count = indexes.IsEmpty ? example.Answers.Count : indexes.Length;
        for (var i = 0; i < count; i++)
        {
            output.AppendRaw(i == 0 ? "\""u8 : ",\""u8);
            (indexes.IsEmpty ? example.Answers[i] : example.Options[indexes[i]]).AppendTo(output);
            output.AppendRaw("\""u8);
        }

        output.AppendRaw("]}\n"u8);
    }

    public void Write(EvaluationSet set, ReadOnlySpan<byte> row)
    {
        if (!_files.TryGetValue(set, out var file)) _files[set] = file = sets.OpenFile($"{Folder}/data/{set.Tree.Name}", Path.GetFileNameWithoutExtension(set.Path));
        file.Write(row, 1);
    }

    public IReadOnlyList<PublishedFile> Finish()
    {
        List<PublishedFile> published = [];
        foreach (var (set, file) in _files.OrderBy(pair => pair.Key.Path, StringComparer.Ordinal))
        {
            file.Finish();
            file.Rename(Path.GetFileName(set.Path));
            published.Add(new PublishedFile($"{OutputNames.Evaluation}/{Folder}/data/{set.Path}", file.Rows, file.Bytes, file.Sha256));
        }

        return published;
    }

    public void Dispose()
    {
        foreach (var file in _files.Values) file.Dispose();
    }


}
