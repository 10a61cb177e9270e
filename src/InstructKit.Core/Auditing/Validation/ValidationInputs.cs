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
internal static class ValidationInputs
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
                Walk(input, name, files);
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
                files.Add(new ValidationInput(new SourceFile(input, input), SplitOf(input)));
            }
        }

        return files;
    }

    /// <summary>The split that the name of a file or of one of its folders says, by the rules of <c>datasets</c>: a keyword between delimiters.</summary>
    public static string SplitOf(string path)
    {
        foreach (var part in path.Replace('\\', '/').Split('/').Reverse())
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

    /// <summary>True for the name of a file of tab-separated fields.</summary>
    public static bool HasFields(string name) => Path.GetExtension(Bare(name)).Equals(".tsv", StringComparison.OrdinalIgnoreCase);

    private static void Walk(string folder, string name, List<ValidationInput> files)
    {
        foreach (var path in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
        {
            var own = Path.GetFileName(path);
            if (own.StartsWith('.') || Ignored.Contains(own) || !IsData(own)) continue;

            var label = $"{name}/{own}";
            files.Add(new ValidationInput(new SourceFile(path, label), SplitOf(label)));
        }

        foreach (var path in Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal))
        {
            var own = Path.GetFileName(path);
            if (!own.StartsWith('.') && !own.StartsWith("__", StringComparison.Ordinal) && new DirectoryInfo(path).LinkTarget is null) Walk(path, $"{name}/{own}", files);
        }
    }

    private static bool IsData(string name) => Data.Contains(Path.GetExtension(Bare(name)).ToLowerInvariant());

    private static string Bare(string name)
    {
        foreach (var packed in Packed)
        {
            if (name.EndsWith(packed, StringComparison.OrdinalIgnoreCase)) name = name[..^packed.Length];
        }

        return name;
    }
}
