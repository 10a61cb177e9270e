using InstructKit.Examples;

namespace InstructKit.Formats;

/// <summary>Writes the value of one column: exactly one value, list or object.</summary>
public delegate void ColumnValue(in Example example, RecordWriter record);

/// <summary>A column of a format and how an example fills it.</summary>
/// <param name="Column">The column.</param>
/// <param name="Write">Writes its value.</param>
public sealed record FormatColumn(Column Column, ColumnValue Write)
{
    /// <summary>Writes the value of a column that is the same in every example of an origin, so that writers may encode it once; null for others.</summary>
    public Action<RecordWriter, ExampleOrigin>? Shared { get; init; }

    /// <summary>True for a column that only scored splits have.</summary>
    public bool IsScoredOnly { get; init; }

    /// <summary>True when options and answers must be worked out for it, in training splits, too.</summary>
    public bool NeedsAnswers { get; init; }

    /// <summary>A column whose value is the same in every example of an origin.</summary>
    public static FormatColumn OfOrigin(Column column, Action<RecordWriter, ExampleOrigin> write) =>
        new(column, (in example, record) => write(record, example.Origin)) { Shared = write };
}

/// <summary>A shape of the output: which columns an example becomes, and their values. <see cref="RecordLayout"/> puts the columns of a split together.</summary>
public abstract class ExampleFormat
{
    /// <summary>Name in plans and options.</summary>
    public abstract string Name { get; }

    /// <summary>What it is for, one line.</summary>
    public abstract string Description { get; }

    /// <summary>Names of the containers that its readers take, the default first; empty for all of them.</summary>
    public virtual IReadOnlyList<string> Containers => [];

    /// <summary>False where readers refuse columns that they do not know: then there is no provenance and nothing can be carried along.</summary>
    public virtual bool TakesMoreColumns => true;

    /// <summary>True when there is a place for the system text.</summary>
    public virtual bool HasSystem => false;

    /// <summary>True when rows carry the answer for a reward that verifies it: only direct templates have one.</summary>
    public virtual bool IsVerified => false;

    /// <summary>What it can say of turns; null where an example is two texts.</summary>
    internal virtual TurnSupport? Turns => null;

    /// <summary>How a trainer makes one text of an example.</summary>
    public virtual TextShape Shape => TextShape.Pair;

    /// <summary>Name that readers expect of the one file of a split, without its extension; null for shards named after the split.</summary>
    public virtual string? FileOf(string split) => null;

    /// <summary>The columns that make the format, in order, without those that every format may have.</summary>
    public abstract IReadOnlyList<FormatColumn> Columns(FormatSettings settings);
}

/// <summary>How trainers make one text of the columns of a format.</summary>
public enum TextShape
{
    /// <summary>Input and target are texts of their own; where they are packed, the separator joins them.</summary>
    Pair,

    /// <summary>The columns hold the separator and join to one text.</summary>
    Joined,

    /// <summary>They are turns, of which a chat template makes the text.</summary>
    Turns,
}

/// <summary>What a plan says about the shape of examples, whatever their format.</summary>
public sealed record FormatSettings
{
    /// <summary>What goes between input and target where both become one text.</summary>
    public const string DefaultSeparator = "\n";

    private readonly string _separator = DefaultSeparator;

    /// <summary>The defaults.</summary>
    public static FormatSettings Default { get; } = new();

    /// <summary>A system turn before each conversation; null for none.</summary>
    public SharedText? System { get; init; }

    /// <summary>What goes between input and target where both become one text. Its last spaces begin the completion and the rest ends the prompt, which is
    /// where tokenizers of byte pairs end a token anyway: the tokens of the prompt begin those of the whole.</summary>
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

    /// <summary>Makes the text of the format <c>text</c>; null for input, separator and target.</summary>
    public ChatTemplate? ChatTemplate { get; init; }

    /// <summary>What ends a prompt.</summary>
    public SharedText PromptEnd { get; private init; } = new(DefaultSeparator);

    /// <summary>What begins a completion.</summary>
    public SharedText CompletionStart { get; private init; } = new(string.Empty);

    /// <summary>The only columns wanted, in their order; null for all.</summary>
    public IReadOnlyList<string>? Columns { get; init; }

    /// <summary>Columns that are left out.</summary>
    public IReadOnlyList<string> Drop { get; init; } = [];

    /// <summary>What is known of the conversations of the build, and what the plan says of turns.</summary>
    internal TurnSettings Turns { get; init; } = new();

    /// <summary>What is drawn for each example and has a column.</summary>
    internal Traces Traces { get; init; }

    /// <summary>What lengths are counted in, which then have columns; null where they are not counted.</summary>
    public string? LengthUnit { get; init; }

    /// <summary>Canonical columns of the tasks that are carried along.</summary>
    public IReadOnlyList<Column> Carried { get; init; } = [];
}

/// <summary>All shapes of the output. To add one: one file beside this one, one line here.</summary>
public static class ExampleFormats
{
    /// <summary>The shapes; the first is the default.</summary>
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

    /// <summary>The shape of a name; null when there is none.</summary>
    public static ExampleFormat? Find(string name) => All.FirstOrDefault(format => format.Name == name);
}
