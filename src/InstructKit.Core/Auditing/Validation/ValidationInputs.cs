using System.Text.RegularExpressions;
using InstructKit.Sources;

namespace InstructKit.Auditing.Validation;

/// <summary>A file to validate.</summary>
/// <param name="File">The file; null for standard input.</param>
/// <param name="Split">The split stated by its name or the card, such as <c>train</c>; empty if neither does.</param>
internal sealed record ValidationInput(SourceFile? File, string Split)
{
    /// <summary>The card's configuration that it belongs to, whose files form one table.</summary>
    public string Config { get; init; } = string.Empty;

    /// <summary>Paths that the card declares to hold any JSON.</summary>
    public IReadOnlySet<string> JsonPlaces { get; init; } = System.Collections.Frozen.FrozenSet<string>.Empty;

    /// <summary>Its name in messages.</summary>
    public string Name => File?.Name ?? "<stdin>";
}

/// <summary>Finds the data files for the command line's arguments, and the split in a file's name.</summary>
internal static partial class ValidationInputs
{
    private static readonly string[] Data = [".jsonl", ".json", ".ndjson", ".parquet", ".csv", ".tsv"];
    private static readonly string[] Packed = [".gz", ".zst", ".bz2", ".xz"];

    // Files that `datasets` ignores next to data (data_files.py FILES_TO_IGNORE), and what this tool writes.
    private static readonly string[] Ignored = ["README.md", "config.json", "dataset_info.json", "dataset_infos.json", "dataset_dict.json", "state.json", "croissant.json", "manifest.json"];

    private static readonly (string Split, string[] Words)[] Splits =
    [
        ("train", ["train", "training"]), ("validation", ["validation", "valid", "val", "dev"]), ("test", ["test", "testing", "eval", "evaluation"]),
    ];

    /// <summary>
    /// The files of the inputs, in order; those of a folder in ordinal order, with all folders in it that are not hidden. Where the card of a folder lists its
    /// files, only those are taken.
    /// </summary>
    /// <param name="inputs">The arguments.</param>
    /// <param name="onCard">Receives the card of each folder with its errors.</param>
    /// <exception cref="DiagnosticException">An input does not exist, or a folder has no data files (IK3001).</exception>
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
    /// The split in a file's path in its folder by the <c>datasets</c> rules (data_files.py): the name of numbered shards in <c>data</c>, otherwise a keyword
    /// between delimiters in a folder's name, otherwise in its own.
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

    // For a file given directly, its own name takes precedence over those of its folders.
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

    /// <summary>True for files whose cells are texts whose types a reader infers.</summary>
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

    /// <summary>Files next to data that this tool ignores but <c>datasets</c> treats as data where neither a card nor names select files.</summary>
    public static IReadOnlyList<string> Mistaken { get; } = ["state.json", "croissant.json", "manifest.json"];

    /// <summary>The <c>datasets</c> module that loads a file of this name, by its extension; null if none.</summary>
    public static string? ModuleOf(string name) => Path.GetExtension(Bare(name)).ToLowerInvariant() switch
    {
        ".json" or ".jsonl" or ".ndjson" => "json",
        ".csv" or ".tsv" => "csv",
        ".parquet" => "parquet",
        _ => null,
    };

    private static bool IsData(string name) => Data.Contains(Path.GetExtension(Bare(name)).ToLowerInvariant());

    /// <summary>A name without compression extensions.</summary>
    public static string Bare(string name)
    {
        foreach (var packed in Packed)
        {
            if (name.EndsWith(packed, StringComparison.OrdinalIgnoreCase)) name = name[..^packed.Length];
        }

        return name;
    }
}
