using System.Text.RegularExpressions;
using InstructKit.Sources;

namespace InstructKit.Auditing.Validation;

/// <summary>A file to validate.</summary>
/// <param name="File">The file; null for standard input.</param>
/// <param name="Split">The split that its name or the card says, such as <c>train</c>; empty when neither says one.</param>
internal sealed record ValidationInput(SourceFile? File, string Split)
{
    /// <summary>The configuration of the card that it belongs to, whose files are one table.</summary>
    public string Config { get; init; } = string.Empty;

    /// <summary>Places that the card declares to hold any JSON.</summary>
    public IReadOnlySet<string> JsonPlaces { get; init; } = System.Collections.Frozen.FrozenSet<string>.Empty;

    /// <summary>What messages call it.</summary>
    public string Name => File?.Name ?? "<stdin>";
}

/// <summary>Finds the data files of what was named on the command line, and the split that a file's name says.</summary>
internal static partial class ValidationInputs
{
    private static readonly string[] Data = [".jsonl", ".json", ".ndjson", ".parquet", ".csv", ".tsv"];
    private static readonly string[] Packed = [".gz", ".zst", ".bz2", ".xz"];

    // What `datasets` ignores beside data (data_files.py FILES_TO_IGNORE), and what this tool writes.
    private static readonly string[] Ignored = ["README.md", "config.json", "dataset_info.json", "dataset_infos.json", "dataset_dict.json", "state.json", "croissant.json", "manifest.json"];

    private static readonly (string Split, string[] Words)[] Splits =
    [
        ("train", ["train", "training"]), ("validation", ["validation", "valid", "val", "dev"]), ("test", ["test", "testing", "eval", "evaluation"]),
    ];

    /// <summary>
    /// The files of the inputs, in order; those of a folder in ordinal order, with all folders in it that are not hidden. Where the card of a folder lists its
    /// files, only those are taken.
    /// </summary>
    /// <param name="inputs">What was named.</param>
    /// <param name="onCard">Receives the card of each folder with what is wrong with it.</param>
    /// <exception cref="DiagnosticException">An input is not there, or a folder has no data files (IK3001).</exception>
    public static List<ValidationInput> Expand(IReadOnlyList<string> inputs, Action<string, DatasetCardFiles> onCard)
    {
        List<ValidationInput> files = [];
        foreach (var input in inputs)
        {
            if (input == "-")
            {
                files.Add(new ValidationInput(null, string.Empty));
            }
            else if (Directory.Exists(input))
            {
                var before = files.Count;
                var name = Path.TrimEndingDirectorySeparator(input);
                var card = DatasetCardFiles.Read(input, name);
                onCard(input, card);
                Walk(input, name, string.Empty, files);
                if (card.Files.Count > 0)
                {
                    var listed = files.Skip(before).Where(file => card.Files.ContainsKey(Path.GetFullPath(file.File!.Path))).Select(file => card.Files[Path.GetFullPath(file.File!.Path)] is var entry
                        ? file with
                        {
                            Config = entry.Config,
                            Split = entry.Split.Length == 0 ? file.Split : entry.Split,
                            JsonPlaces = card.JsonPlaces.TryGetValue(entry.Config, out var places) ? places : file.JsonPlaces,
                        }
                        : file).ToList();
                    files.RemoveRange(before, files.Count - before);
                    files.AddRange(listed);
                }

                if (files.Count == before)
                    throw new DiagnosticException(new Diagnostic(SourceCodes.FileMissing, Severity.Error, $"The folder '{VisibleText.Of(input)}' has no data files.") { Hint = $"Data files end in {string.Join(", ", Data)}, compressed or not." });
            }
            else
            {
                files.Add(new ValidationInput(new SourceFile(input, input), SplitOf(input.Replace('\\', '/').Split('/').Reverse())));
            }
        }

        return files;
    }

    /// <summary>
    /// The split that a file's path in its folder says by the rules of <c>datasets</c> (data_files.py): the name of numbered shards in <c>data</c>, else a keyword
    /// between delimiters in a folder's name, else one in its own.
    /// </summary>
    public static string SplitIn(string path)
    {
        var parts = path.Split('/');
        return parts is ["data", var name] && ShardOf(name) is { } split ? split : SplitOf(parts[..^1]) is { Length: > 0 } own ? own : SplitOf([parts[^1]]);
    }

    /// <summary>The split of a shard's name, such as <c>train</c> of <c>train-00000-of-00002.jsonl</c>; null for another name.</summary>
    public static string? ShardOf(string name) => Shard.Match(name) is { Success: true } match ? match.Groups["split"].Value : null;

    [GeneratedRegex(@"^(?<split>.+)-[0-9]{5}-of-[0-9]{5}.*\..*$")]
    private static partial Regex Shard { get; }

    // Of a file that was named by itself, its own name is looked at before those of its folders.
    private static string SplitOf(IEnumerable<string> parts)
    {
        foreach (var part in parts)
        {
            foreach (var word in part.ToLowerInvariant().Split(['-', '.', '_', ' ', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9'], StringSplitOptions.RemoveEmptyEntries))
            {
                foreach (var (split, words) in Splits)
                {
                    if (words.Contains(word)) return split;
                }
            }
        }

        return string.Empty;
    }

    /// <summary>True for files whose cells are texts that a reader gives types to.</summary>
    public static bool IsUntyped(string name) => Path.GetExtension(Bare(name)).ToLowerInvariant() is ".csv" or ".tsv";

    /// <summary>True for the name of a file of tab-separated fields.</summary>
    public static bool HasFields(string name) => Path.GetExtension(Bare(name)).Equals(".tsv", StringComparison.OrdinalIgnoreCase);

    private static void Walk(string folder, string name, string inner, List<ValidationInput> files)
    {
        foreach (var path in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
        {
            var own = Path.GetFileName(path);
            if (own.StartsWith('.') || Ignored.Contains(own) || !IsData(own)) continue;

            var label = $"{name}/{own}";
            files.Add(new ValidationInput(new SourceFile(path, label), SplitIn(inner + own)));
        }

        foreach (var path in Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal))
        {
            var own = Path.GetFileName(path);
            if (!own.StartsWith('.') && !own.StartsWith("__", StringComparison.Ordinal) && new DirectoryInfo(path).LinkTarget is null) Walk(path, $"{name}/{own}", $"{inner}{own}/", files);
        }
    }

    /// <summary>Files beside data that this tool ignores and <c>datasets</c> takes for data where no card and no name says which files are.</summary>
    public static IReadOnlyList<string> Mistaken { get; } = ["state.json", "croissant.json", "manifest.json"];

    /// <summary>What loads a file of this name: the module of <c>datasets</c> for its extension; null for another one.</summary>
    public static string? ModuleOf(string name) => Path.GetExtension(Bare(name)).ToLowerInvariant() switch
    {
        ".json" or ".jsonl" or ".ndjson" => "json",
        ".csv" or ".tsv" => "csv",
        ".parquet" => "parquet",
        _ => null,
    };

    private static bool IsData(string name) => Data.Contains(Path.GetExtension(Bare(name)).ToLowerInvariant());

    /// <summary>A name without the extensions of compression.</summary>
    public static string Bare(string name)
    {
        foreach (var packed in Packed)
        {
            if (name.EndsWith(packed, StringComparison.OrdinalIgnoreCase)) name = name[..^packed.Length];
        }

        return name;
    }
}
