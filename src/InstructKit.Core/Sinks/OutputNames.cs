using System.Text.RegularExpressions;

namespace InstructKit.Sinks;

/// <summary>The names in an output folder. Names in a manifest or a journal are only trusted if a build would use them: the folder may be anyone's.</summary>
internal static partial class OutputNames
{
    /// <summary>Folder of the examples.</summary>
    public const string Data = "data";

    /// <summary>Folder of manifest, rejects and staged files.</summary>
    public const string Records = ".instructkit";

    /// <summary>The dataset card.</summary>
    public const string Card = "README.md";

    public const string Manifest = $"{Records}/{OutputFolder.ManifestName}";

    /// <summary>Folder of evaluation sets; of held-out examples in builds of earlier versions.</summary>
    public const string Evaluation = "eval";

    /// <summary>Folder of additional formats of the examples, each in a folder named after it.</summary>
    public const string Also = "also";

    /// <summary>Folder of snippets for trainers.</summary>
    public const string Snippets = "snippets";

    /// <summary>Folder of packed sequences in Megatron-LM's format.</summary>
    public const string Megatron = "megatron";

    private const string Rejects = $"{Records}/rejects.jsonl";

    /// <summary>Names at the top of an output folder.</summary>
    public static bool IsTop(string name) => name is Data or Records or Card or Evaluation or Also or Snippets or Megatron or "dataset_info.json";

    /// <summary>True for a relative path, with <c>/</c>, used by builds.</summary>
    public static bool IsOwn(string path) => path is Card or Manifest or Rejects or "dataset_info.json" || Shard().IsMatch(path) || Set().IsMatch(path);

    /// <summary>True for a temporary file of a killed build.</summary>
    public static bool IsTemporary(string path) => Temporary().IsMatch(Path.GetFileName(path));

    [GeneratedRegex(@"^(data|eval|also/[a-z0-9-]+)/(\w+-\d{5,}-of-\d{5,}\.[a-z.]+|(training|validation|test|held_out|held_out_validation)\.jsonl)\z|^snippets/[a-z_-]+\.(py|sh|yaml)\z|^megatron/(train|validation)\.(bin|idx)\z", RegexOptions.ExplicitCapture)]
    private static partial Regex Shard();

    // Names of tasks, templates and sets; never one that begins with a dot.
    [GeneratedRegex(@"^eval(/[\w-][\w.+-]*){1,4}\.(jsonl|yaml|json|md)\z", RegexOptions.ExplicitCapture)]
    private static partial Regex Set();

    [GeneratedRegex(@"^\.(README\.md|dataset_info\.json|manifest\.json|rejects\.jsonl|journal|shuffle|\w+-\d{5,})\.\d+\.tmp\z", RegexOptions.ExplicitCapture)]
    private static partial Regex Temporary();
}
