namespace InstructKit.Formats.Snippets;

/// <summary>A ready-made configuration, or a few lines of code, with which a trainer loads exactly a build's output. Evaluation during training is on <c>validation</c>, never on held-out data.</summary>
public abstract class TrainerSnippet
{
    /// <summary>A small model to start with, to be replaced by the user.</summary>
    protected const string Model = "Qwen/Qwen2.5-0.5B-Instruct";

    /// <summary>Name of the trainer.</summary>
    public abstract string Name { get; }

    /// <summary>Names of the formats that it can load, the best one first.</summary>
    public abstract IReadOnlyList<string> Formats { get; }

    /// <summary>True when it loads what LLaMA-Factory's <c>dataset_info.json</c> registers.</summary>
    public virtual bool NeedsDatasetInfo => false;

    /// <summary>The files, by their names in the folder <c>snippets</c>.</summary>
    public abstract IEnumerable<(string Name, string Text)> Write(SnippetData data);

    /// <summary>Items of a YAML list of files, one per line, after an indent.</summary>
    protected static string List(IEnumerable<string> files, string indent) => string.Concat(files.Select(file => $"{indent}- {file}\n"));
}

/// <summary>A build's output in one format.</summary>
/// <param name="Format">The format.</param>
/// <param name="Config">Configuration of the dataset card that has the training split.</param>
/// <param name="Loader">Name of the files' loader in Hugging Face <c>datasets</c>: <c>json</c> or <c>parquet</c>.</param>
/// <param name="Train">Files of the training split below the output folder.</param>
/// <param name="Validation">Files of the validation split; empty for none.</param>
public sealed record SnippetData(string Format, string Config, string Loader, IReadOnlyList<string> Train, IReadOnlyList<string> Validation)
{
    /// <summary>The key that marks trained turns; empty for none.</summary>
    internal string Mark { get; init; } = string.Empty;

    /// <summary>True when rows offer tools.</summary>
    internal bool HasTools { get; init; }
}

/// <summary>The table of snippets. To add one: a type, and one line here.</summary>
public static class TrainerSnippets
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<TrainerSnippet> All { get; } = [new TrlSnippet(), new AxolotlSnippet(), new LlamaFactorySnippet(), new TorchtuneSnippet(), new OpenAiSnippet(), new VerlSnippet()];
}
