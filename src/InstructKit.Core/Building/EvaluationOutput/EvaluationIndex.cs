using System.Text.Json;
using System.Text.Json.Serialization;
using InstructKit.Answers;
using InstructKit.Building.Plans;
using InstructKit.Tasks;

namespace InstructKit.Building.EvaluationOutput;

/// <summary><c>eval/sets.json</c>: the evaluation sets of a build, for <c>instructkit score</c> and for scripts.</summary>
public sealed record EvaluationIndex
{
    /// <summary>Schema version that this tool writes.</summary>
    public const int CurrentVersion = 1;

    /// <summary>Name of the file in the folder of the sets.</summary>
    public const string FileName = "sets.json";

    /// <summary>Schema version.</summary>
    public required int SchemaVersion { get; init; }

    /// <summary>The sets, in the order of tasks, templates and trees.</summary>
    public required IReadOnlyList<EvaluationSetEntry> Sets { get; init; }

    /// <summary>As a file: indented JSON with a final line feed.</summary>
    public byte[] ToUtf8() => [.. JsonSerializer.SerializeToUtf8Bytes(this, EvaluationIndexJson.Relaxed.EvaluationIndex), (byte)'\n'];

    /// <summary>Reads an index.</summary>
    /// <param name="name">Name of the file, for messages.</param>
    /// <param name="utf8">Its content.</param>
    /// <exception cref="DiagnosticException">It is not an index, or of an unknown version (IK2203).</exception>
    public static EvaluationIndex Read(string name, ReadOnlySpan<byte> utf8)
    {
        try
        {
            var index = JsonSerializer.Deserialize(utf8, EvaluationIndexJson.Relaxed.EvaluationIndex) ?? throw new JsonException("it is null");
            return index.SchemaVersion == CurrentVersion ? index
                : throw new JsonException($"it is of version {index.SchemaVersion}; this tool reads version {CurrentVersion}");
        }
        catch (JsonException exception)
        {
            throw new DiagnosticException(
                Diagnostic.Error(BuildCodes.BadEvaluationIndex, $"The index of evaluation sets '{name}' cannot be read: {exception.Message.TrimEnd('.')}."), exception);
        }
    }
}

/// <summary>One evaluation set: rows of a task under a template.</summary>
public sealed record EvaluationSetEntry
{
    /// <summary>The file below the folder of the sets, with <c>/</c>.</summary>
    public required string Path { get; init; }

    /// <summary>Name of the set, which is also that of the harness's task.</summary>
    public required string Name { get; init; }

    /// <summary>The tree of sets that it belongs to: <c>test</c>, <c>dev</c>, <c>in-task</c>, or one of these followed by the variant.</summary>
    public required string Tree { get; init; }

    /// <summary>The output split: <c>held_out</c>, <c>held_out_validation</c> or <c>test</c>.</summary>
    public required string Split { get; init; }

    /// <summary>The variant that differs from the tasks' own, such as <c>no-options</c>; empty for none.</summary>
    public string Variant { get; init; } = string.Empty;

    /// <summary>Position of the correct option in all rows, from 1; 0 where options are in the tasks' order.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int GoldPlace { get; init; }

    /// <summary>Key of the task.</summary>
    public required string Task { get; init; }

    /// <summary>Cluster of the task.</summary>
    public required string Cluster { get; init; }

    /// <summary>Id of the template.</summary>
    public required string Template { get; init; }

    /// <summary>True when the rows can be scored by ranking their options.</summary>
    public required bool Ranked { get; init; }

    /// <summary>Number of rows.</summary>
    public required long Rows { get; init; }

    /// <summary>SHA-256 of the file, lower-case hex.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Names of the task's metrics, the first of which is used in summaries.</summary>
    public required IReadOnlyList<string> Metrics { get; init; }

    /// <summary>How answers are extracted from a model's output.</summary>
    public required EvaluationContract Contract { get; init; }

    /// <summary>Fixed options in label order; null if every row has its own, or there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Options { get; init; }
}

/// <summary>An answer contract in text form.</summary>
/// <param name="Format">See <see cref="AnswerFormat"/>, lower case.</param>
/// <param name="Match">See <see cref="OptionMatch"/>, lower case.</param>
/// <param name="Stop">Stop texts.</param>
/// <param name="Pattern">Regular expression; null for none.</param>
public sealed record EvaluationContract(string Format, string Match, IReadOnlyList<string> Stop, string? Pattern)
{
    internal static EvaluationContract Of(AnswerContract contract) =>
        new(contract.Format.ToString().ToLowerInvariant(), contract.Match.ToString().ToLowerInvariant(), contract.Stops, contract.Pattern);

    /// <summary>The contract.</summary>
    /// <exception cref="ArgumentException">A value or the pattern is invalid.</exception>
    public AnswerContract ToContract() => new(Enum.Parse<AnswerFormat>(Format, ignoreCase: true), Enum.Parse<OptionMatch>(Match, ignoreCase: true), Stop, Pattern);
}

[JsonSerializable(typeof(EvaluationIndex))]
internal sealed partial class EvaluationIndexJson : JsonSerializerContext
{
    public static EvaluationIndexJson Relaxed { get; } = new(JsonWriting.SnakeCase);
}
