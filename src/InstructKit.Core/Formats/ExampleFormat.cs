using InstructKit.Examples;

namespace InstructKit.Formats;

/// <summary>Writes the value of one column: exactly one value, list or object.</summary>
public delegate void ColumnValue(in Example example, RecordWriter record);

/// <summary>A column of a format with its writer.</summary>
/// <param name="Column">The column.</param>
/// <param name="Write">Writes its value.</param>
public sealed record FormatColumn(Column Column, ColumnValue Write)
{
    /// <summary>Writes the value of a column that is the same in every example of an origin, so writers may encode it once; null for others.</summary>
    public Action<RecordWriter, ExampleOrigin>? Shared { get; init; }

    /// <summary>True for a column only in scored splits.</summary>
    public bool IsScoredOnly { get; init; }

    /// <summary>True when it needs options and answers, even in training splits.</summary>
    public bool NeedsAnswers { get; init; }

    /// <summary>A column whose value is the same in every example of an origin.</summary>
    public static FormatColumn OfOrigin(Column column, Action<RecordWriter, ExampleOrigin> write) =>
        new(column, (in example, record) => write(record, example.Origin)) { Shared = write };
}

/// <summary>An output format: the columns of an example, and their values. <see cref="RecordLayout"/> assembles the columns of a split.</summary>
public abstract class ExampleFormat
{
    /// <summary>Name in plans and options.</summary>
    public abstract string Name { get; }

    /// <summary>What it is for, one line.</summary>
    public abstract string Description { get; }

    /// <summary>Names of the containers that its readers accept, the default first; empty for all.</summary>
    public virtual IReadOnlyList<string> Containers => [];

    /// <summary>False if readers reject unknown columns: then there is no provenance and no carried columns.</summary>
    public virtual bool TakesMoreColumns => true;

    /// <summary>True if there is a place for the system text.</summary>
    public virtual bool HasSystem => false;

    /// <summary>True when rows have an answer for a verifying reward: only direct templates have one.</summary>
    public virtual bool IsVerified => false;

    /// <summary>Its capabilities for turns; null if an example is two texts.</summary>
    internal virtual TurnSupport? Turns => null;

    /// <summary>How a trainer converts an example to one text.</summary>
    public virtual TextShape Shape => TextShape.Pair;

    /// <summary>File name that readers expect for the single file of a split, without extension; null for shards named after the split.</summary>
    public virtual string? FileOf(string split) => null;

    /// <summary>The columns specific to the format, in order, without those common to all formats.</summary>
    public abstract IReadOnlyList<FormatColumn> Columns(FormatSettings settings);
}

/// <summary>How trainers convert the columns of a format to one text.</summary>
public enum TextShape
{
    /// <summary>Input and target are separate texts; in packed output the separator joins them.</summary>
    Pair,

    /// <summary>The columns contain the separator and are concatenated.</summary>
    Joined,

    /// <summary>They are turns, rendered by a chat template.</summary>
    Turns,
}

/// <summary>A plan's settings of examples, independent of format.</summary>
public sealed record FormatSettings
{
    /// <summary>Separator between input and target where both become one text.</summary>
    public const string DefaultSeparator = "\n";

    private readonly string _separator = DefaultSeparator;

    /// <summary>The defaults.</summary>
    public static FormatSettings Default { get; } = new();

    /// <summary>A system turn before each conversation; null for none.</summary>
    public SharedText? System { get; init; }

    /// <summary>Separator between input and target where both become one text. Its trailing spaces begin the completion and the rest ends the prompt, which is
    /// where byte-pair tokenizers end a token anyway: the tokens of the prompt are a prefix of those of the whole.</summary>
    public string Separator
    {
        get => _separator;
        init
        {
            _separator = value;
            PromptEnd = new SharedText(value.TrimEnd(' '));
            CompletionStart = new SharedText(value[value.TrimEnd(' ').Length..]);
        }
    }

    /// <summary>Renders the text of the format <c>text</c>; null for input, separator and target.</summary>
    public ChatTemplate? ChatTemplate { get; init; }

    /// <summary>The end of a prompt.</summary>
    public SharedText PromptEnd { get; private init; } = new(DefaultSeparator);

    /// <summary>The start of a completion.</summary>
    public SharedText CompletionStart { get; private init; } = new(string.Empty);

    /// <summary>The requested columns, in order; null for all.</summary>
    public IReadOnlyList<string>? Columns { get; init; }

    /// <summary>Omitted columns.</summary>
    public IReadOnlyList<string> Drop { get; init; } = [];

    /// <summary>Properties of the build's conversations, and the plan's settings of turns.</summary>
    internal TurnSettings Turns { get; init; } = new();

    /// <summary>Random choices for each example that have a column.</summary>
    internal Traces Traces { get; init; }

    /// <summary>Unit of lengths, which then have columns; null if not counted.</summary>
    public string? LengthUnit { get; init; }

    /// <summary>Carried canonical columns of the tasks.</summary>
    public IReadOnlyList<Column> Carried { get; init; } = [];
}

/// <summary>All output formats. To add one: one file next to this one, one line here.</summary>
public static class ExampleFormats
{
    /// <summary>The formats; the first is the default.</summary>
    public static IReadOnlyList<ExampleFormat> All { get; } =
    [
        new PairFormat(),
        new FlanFormat(),
        new PromptCompletionFormat(),
        new MessagesFormat(),
        new TextFormat(),
        new AlpacaFormat(),
        new ShareGptFormat(),
        new OpenAiFormat(),
        new AxolotlFormat(),
        new LlamaFactoryFormat(),
        new NemoFormat(),
        new T5TsvFormat(),
        new TfRecordFormat(),
        new VerlFormat(),
        new RlvrFormat(),
        new NemoGymFormat(),
    ];

    /// <summary>The default.</summary>
    public static ExampleFormat Default => All[0];

    /// <summary>The format with a name; null if there is none.</summary>
    public static ExampleFormat? Find(string name) => All.FirstOrDefault(format => format.Name == name);
}
