using InstructKit.Examples;
using InstructKit.Formats;
using InstructKit.Formats.Snippets;
using InstructKit.Lengths;
using InstructKit.Protocol;
using InstructKit.Sinks;
using InstructKit.Sources;
using InstructKit.Tasks;

namespace InstructKit.Building.Plans;

/// <summary>Everything that determines a build's output. Defaults are those of the FLAN paper where it has any.</summary>
public sealed record BuildPlan
{
    /// <summary>The preset on which the plan is based; null for none. Its values are in the other settings.</summary>
    public LocatedName? Preset { get; init; }

    /// <summary>Tasks or clusters that may take part; null for all.</summary>
    public IReadOnlyList<LocatedName>? Tasks { get; init; }

    /// <summary>Tasks or clusters to train on; null for all that the hold-out leaves.</summary>
    public IReadOnlyList<LocatedName>? Train { get; init; }

    /// <summary>The user's own task files, or folders of them.</summary>
    public IReadOnlyList<LocatedName> TaskFolders { get; init; } = [];

    /// <summary>Data roots in search order; may include a hub cache.</summary>
    public IReadOnlyList<LocatedName> Data { get; init; } = [];

    /// <summary>Pinned commits of datasets in the hub's cache, or null for the latest known of their revisions.</summary>
    public HubLock? Lock { get; init; }

    /// <summary>Output folder.</summary>
    public string Out { get; init; } = "out";

    /// <summary>Cluster scheme; null for the first that contains the held-out names.</summary>
    public LocatedName? Scheme { get; init; }

    /// <summary>Clusters, tasks or a published split to hold out.</summary>
    public IReadOnlyList<LocatedName> HoldOut { get; init; } = [];

    /// <summary>True to keep clusters in training that would be excluded with a held-out one.</summary>
    public bool KeepRelated { get; init; }

    /// <summary>The default seed.</summary>
    public const long DefaultSeed = 42;

    /// <summary>Seed of every random choice.</summary>
    public long Seed { get; init; } = DefaultSeed;

    /// <summary>The order in which slices and caps take rows, if a task sets none.</summary>
    public RowOrder Order { get; init; }

    /// <summary>How training examples get their templates.</summary>
    public TemplateAssignment Assign { get; init; } = TemplateAssignment.One;

    /// <summary>Use only the first n templates of each task; null for all.</summary>
    public int? FirstTemplates { get; init; }

    /// <summary>False to train on direct templates only.</summary>
    public bool Inverted { get; init; } = true;

    /// <summary>Percentage of the training examples of a task that its inverted templates make, where it has some; null for as many as one of all templates makes.</summary>
    public int? InvertedRate { get; init; }

    /// <summary>Instructions of training examples.</summary>
    public InstructionUse Instructions { get; init; }

    /// <summary>Instructions of held-out examples.</summary>
    public InstructionUse HeldOutInstructions { get; init; }

    /// <summary>True to evaluate held-out tasks with their prompts without instructions, if they have any.</summary>
    public bool Baseline { get; init; }

    /// <summary>Which templates of tasks with a rationale are used.</summary>
    public RationaleUse Rationale { get; init; }

    /// <summary>How examples show the answer options.</summary>
    public OptionsDisplay Options { get; init; } = new();

    /// <summary>How exemplars are prepended to queries.</summary>
    public FewShot FewShot { get; init; } = new();

    /// <summary>Tokenizer for counting lengths; null to count words.</summary>
    public LocatedName? Tokenizer { get; init; }

    /// <summary>Unit of example lengths; null for tokens if a tokenizer is given, otherwise not counted.</summary>
    public LengthUnit? Lengths { get; init; }

    /// <summary>The token that ends a text: an id, the text of a special token, or <c>none</c>; null for the tokenizer's own.</summary>
    public LocatedName? EndToken { get; init; }

    /// <summary>Tokens between input and target of packed examples instead of the separator; empty for the separator.</summary>
    public IReadOnlyList<LocatedName> SeparatorTokens { get; init; } = [];

    /// <summary>Length limits of examples.</summary>
    public LengthBudget Budget { get; init; } = new();

    /// <summary>How the examples of training splits are packed.</summary>
    public Packing Packing { get; init; } = new();

    /// <summary>Maximum number of training rows per task; null for no limit.</summary>
    public long? MaxTrain { get; init; } = Mixture.MaxExamples;

    /// <summary>Maximum number of rows of a task's dev slice; null for no limit.</summary>
    public long? MaxValidation { get; init; }

    /// <summary>Maximum number of rows of a held-out task's test slice; null for no limit.</summary>
    public long? MaxHeldOut { get; init; }

    /// <summary>Number of examples of each training task.</summary>
    public Mixture Mixture { get; init; } = new();

    /// <summary>The order of the training examples.</summary>
    public TrainingOrder TrainingOrder { get; init; }

    /// <summary>True to shuffle the training examples of all tasks together; false to keep the order of tasks and sources.</summary>
    public bool Shuffle
    {
        get => TrainingOrder == TrainingOrder.Shuffled;
        init => TrainingOrder = value ? TrainingOrder.Shuffled : TrainingOrder.Source;
    }

    /// <summary>The default mixing width of a curriculum.</summary>
    public const int DefaultMixingWidth = 5;

    /// <summary>By how many percent of the training set examples of a <see cref="TrainingOrder.Curriculum"/> are moved, so that neighbouring tasks overlap.</summary>
    public int MixingWidth { get; init; } = DefaultMixingWidth;

    /// <summary>Bytes of training rows to hold in memory before the shuffle uses the disk.</summary>
    public int ShuffleMemory { get; init; } = 16 << 20;

    /// <summary>Variant to use where a task has it, such as <c>as-released</c>; null for none.</summary>
    public LocatedName? Variant { get; init; }

    /// <summary>Required layouts; the last one for a task wins.</summary>
    public IReadOnlyList<ChosenLayout> Layouts { get; init; } = [];

    /// <summary>How unusable rows are handled.</summary>
    public BadRowPolicy OnBadRow { get; init; }

    /// <summary>Maximum number of rejects under <see cref="BadRowPolicy.Skip"/>; null for no limit.</summary>
    public long? MaxRejects { get; init; }

    /// <summary>How held-out rows among the training rows are handled.</summary>
    public LeakPolicy OnLeak { get; init; }

    /// <summary>How tasks without files are handled.</summary>
    public MissingDataPolicy OnMissing { get; init; }

    /// <summary>True to write the test slices of training tasks as the split <c>test</c>; null to do so when nothing is held out and every task is the user's
    /// answer.</summary>
    public bool? InTaskTest { get; init; }

    /// <summary>True to allow a build without training examples or without held-out examples although there are tasks to train on or hold out.</summary>
    public bool AllowEmpty { get; init; }

    /// <summary>Output format of examples.</summary>
    public ExampleFormat Format { get; init; } = ExampleFormats.Default;

    /// <summary>Additional output formats for the same examples, each in its own folder.</summary>
    public IReadOnlyList<ExampleFormat> Also { get; init; } = [];

    /// <summary>Trainers for which a ready-made configuration is written.</summary>
    public IReadOnlyList<TrainerSnippet> Snippets { get; init; } = [];

    /// <summary>The user's <c>dataset_info.json</c>, into which the build's datasets are merged; null for none.</summary>
    public LocatedName? Register { get; init; }

    /// <summary>How rows are stored; null for the default of the format's readers.</summary>
    public OutputContainer? Container { get; init; }

    /// <summary>The columns of <see cref="Format"/> to write, in order; null for all.</summary>
    public IReadOnlyList<LocatedName>? Columns { get; init; }

    /// <summary>Columns to omit from all output formats.</summary>
    public IReadOnlyList<LocatedName> Drop { get; init; } = [];

    /// <summary>Canonical columns of tasks to carry along, <c>COLUMN</c> or <c>NAME=COLUMN</c>; a task without the column has null.</summary>
    public IReadOnlyList<LocatedName> With { get; init; } = [];

    /// <summary>System text before each conversation; null for none.</summary>
    public string? System { get; init; }

    /// <summary>A model's chat template (<c>tokenizer_config.json</c>, or Jinja) for the format <c>text</c>; null for none.</summary>
    public LocatedName? ChatTemplate { get; init; }

    /// <summary>Separator between input and target where a format joins them.</summary>
    public string Separator { get; init; } = FormatSettings.DefaultSeparator;

    /// <summary>How conversations become examples.</summary>
    public ConversationRules Conversation { get; init; } = new();

    /// <summary>Where formats with turns store the model's reasoning; null for the format's default.</summary>
    public ReasoningForm? Reasoning { get; init; }

    /// <summary>The key that marks trained turns, such as <c>train</c> or <c>weight</c>, empty for none; null for the format's own if there are conversations.</summary>
    public string? TurnMark { get; init; }

    /// <summary>How tabs and line ends are handled in tab-separated lines.</summary>
    public LineBreaks LineBreaks { get; init; }

    /// <summary>True to write evaluation sets of scored rows; null to do so if something is held out.</summary>
    public bool? Eval { get; init; }

    /// <summary>The tool that runs the evaluation sets.</summary>
    public string EvalFormat { get; init; } = "lm-eval";

    /// <summary>Additional evaluation variants of scored rows.</summary>
    public IReadOnlyList<EvaluationWay> EvalAlso { get; init; } = [];

    /// <summary>Folder of the evaluation sets on the machine that runs them, for absolute paths; null for paths relative to it.</summary>
    public string? EvalRoot { get; init; }

    /// <summary>The model requested in batch requests, or null.</summary>
    public string? EvalModel { get; init; }

    /// <summary>Bytes of uncompressed JSON Lines after which the next shard begins, in any container; null for one file per split.</summary>
    public long? ShardBytes { get; init; }

    /// <summary>Limits on input files.</summary>
    public SourceLimits Limits { get; init; } = new();

    /// <summary>How input errors in rows are repaired; if undecided, the layouts of the tasks decide.</summary>
    public RepairChoices Repairs { get; init; }

    /// <summary>True to let the user's own tasks replace shipped tasks of the same name.</summary>
    public bool Replace { get; init; }

    /// <summary>True to write into a folder that contains an earlier build.</summary>
    public bool Force { get; init; }

    /// <summary>Worker threads, limited to the number of processors. Does not affect the output.</summary>
    public int Jobs { get; init; } = Environment.ProcessorCount;
}

/// <summary>A required layout of a task's data.</summary>
/// <param name="Task">The task.</param>
/// <param name="Layout">One of its layouts.</param>
public sealed record ChosenLayout(LocatedName Task, LocatedName Layout);

/// <summary>Distinguishes names of tasks and clusters from paths of a user's own task files.</summary>
internal static class OwnTaskPath
{
    /// <summary>True for anything written as a path, and for a bare name that is a YAML file.</summary>
    public static bool Is(string name) => name.AsSpan().ContainsAny('/', '\\') || name.EndsWith(".yaml", StringComparison.Ordinal) || name.EndsWith(".yml", StringComparison.Ordinal) || name is "." or "..";

    /// <summary>Keys of the tasks in a task file or below a folder, in ordinal order of their paths; empty if there is nothing at the path.</summary>
    public static IReadOnlyList<string> KeysOf(string path)
    {
        string[] files = Directory.Exists(path) ? Directory.GetFiles(path, "*.yaml", SearchOption.AllDirectories) : [path];
        Array.Sort(files, StringComparer.Ordinal);
        return [.. files.Select(file => Path.GetFileNameWithoutExtension(file))];
    }
}
