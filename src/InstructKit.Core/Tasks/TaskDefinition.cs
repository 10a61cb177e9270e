using System.Diagnostics.CodeAnalysis;
using InstructKit.Templating.Settings;
using InstructKit.Yaml;

namespace InstructKit.Tasks;

/// <summary>A task as defined by its file: one prepared dataset.</summary>
public sealed record TaskDefinition
{
    /// <summary>Key, the name of the file without its extension.</summary>
    public required string Key { get; init; }

    /// <summary>Display name.</summary>
    public required string Title { get; init; }

    /// <summary>Address of the paper or page to cite.</summary>
    public string? Cite { get; init; }

    /// <summary>Licence of the data, as far as known.</summary>
    public string? Licence { get; init; }

    /// <summary>A remark for readers.</summary>
    public string? Note { get; init; }

    /// <summary>The cluster of a user's own task.</summary>
    public string? Cluster { get; init; }

    /// <summary>Further clusters of a user's own task, such as the groups and tags of other tools' tasks.</summary>
    public IReadOnlyList<string> MoreClusters { get; init; } = [];

    /// <summary>Tasks whose rows this one reads under another name: it is not trained on when one of them is held out, nor the other way round.</summary>
    public IReadOnlyList<LocatedName> SameSource { get; init; } = [];

    /// <summary>The variant applied to the task, or null.</summary>
    public string? Variant { get; init; }

    /// <summary>Names of the variants defined in the file.</summary>
    public IReadOnlyList<string> Variants { get; init; } = [];

    /// <summary>The task whose file provides the omitted keys, or null.</summary>
    public string? Like { get; init; }

    /// <summary>Additional folders below the data root, searched after the one named like the task.</summary>
    public IReadOnlyList<string> Folders { get; init; } = [];

    /// <summary>The canonical row.</summary>
    public required IReadOnlyList<ColumnDefinition> Columns { get; init; }

    /// <summary>The layouts of the rows, in search order.</summary>
    public required IReadOnlyList<Layout> Layouts { get; init; }

    /// <summary>Our slices of the source's splits.</summary>
    public required IReadOnlyDictionary<SliceKind, SplitSlice> Slices { get; init; }

    /// <summary>The order in which slices take rows; null for the plan's.</summary>
    public RowOrder? Order { get; init; }

    /// <summary>Conditions; the name is the drop reason.</summary>
    public IReadOnlyList<NamedExpression> KeepIf { get; init; } = [];

    /// <summary>Derived values in order; later ones see earlier ones.</summary>
    public IReadOnlyList<NamedExpression> Fields { get; init; } = [];

    /// <summary>Fixed options in label order, or null.</summary>
    public IReadOnlyList<string>? Options { get; init; }

    /// <summary>An expression that yields a row's options, or null.</summary>
    public SourceText? OptionsExpression { get; init; }

    /// <summary>Expression of the answer; null when only <see cref="Answers"/> is given, or neither if every template's target is its own
    /// answer.</summary>
    public SourceText? Answer { get; init; }

    /// <summary>Expression of all correct answers, or null if there is one.</summary>
    public SourceText? Answers { get; init; }

    /// <summary>Expression of the correct option's index, or of the list of them, in label order; a text stands for the option equal to it. It replaces
    /// <see cref="Answer"/> and <see cref="Answers"/>, and distinguishes equal options. Null if the answer is given as a value.</summary>
    public SourceText? AnswerIndex { get; init; }

    /// <summary>Expression over the columns whose value is common to related rows: the questions on one passage, the sentences for one meaning. Null when
    /// every row is independent.</summary>
    public SourceText? Group { get; init; }

    /// <summary>How inputs that exceed a plan's budget are shortened; null if they cannot be.</summary>
    public CutRule? Cut { get; init; }

    /// <summary>How targets that exceed a plan's budget are shortened; null if they never are.</summary>
    public CutRule? CutTarget { get; init; }

    /// <summary>Another tool's evaluation settings of the task; kept for the evaluation of held-out rows, null if unknown.</summary>
    public YamlMap? Evaluation { get; init; }

    /// <summary>Names of the metrics.</summary>
    public IReadOnlyList<string> Metrics { get; init; } = [];

    /// <summary>How answers are extracted from a model's output, as far as the task defines it for all its templates.</summary>
    public AnswerKeys AnswerKeys { get; init; } = AnswerKeys.None;

    /// <summary>How the rows are conversations; null for a task of templates.</summary>
    public ConversationDefinition? Conversation { get; init; }

    /// <summary>The templates in order; a single one for the turns in a task of conversations.</summary>
    public required IReadOnlyList<TemplateDefinition> Templates { get; init; }

    /// <summary>Prompts without instructions, as in GPT-3's evaluation; empty if the task has none.</summary>
    public IReadOnlyList<TemplateDefinition> Baseline { get; init; } = [];

    /// <summary>Input and output without any instruction (FLAN paper, section 4.3); empty if the task does not define them.</summary>
    public IReadOnlyList<TemplateDefinition> Bare { get; init; } = [];

    /// <summary>The templates, the baseline and the bare prompts.</summary>
    internal IEnumerable<TemplateDefinition> AllTemplates => [.. Templates, .. Baseline, .. Bare];

    /// <summary>Folder of a user's own task file, which may also contain its data; null for shipped tasks.</summary>
    public string? Home { get; init; }

    /// <summary>Position of the task in its file.</summary>
    public required SourceSpan Span { get; init; }

    /// <summary>True when the answer is one of a list of options, so the task can be scored by ranking them.</summary>
    public bool IsClassification => Options is not null || OptionsExpression is not null;

    /// <summary>The templates whose target is the answer.</summary>
    public IEnumerable<TemplateDefinition> DirectTemplates => Templates.Where(template => template.Kind == TemplateKind.Direct);

    /// <summary>Rejects the name of an unknown layout.</summary>
    /// <exception cref="DiagnosticException">IK2006.</exception>
    public void RequireLayout(LocatedName name)
    {
        var known = Layouts.Select(layout => layout.Name).ToList();
        if (!known.Contains(name.Text, StringComparer.Ordinal))
        {
            throw new DiagnosticException(new Diagnostic(YamlCodes.UnknownValue, Severity.Error, $"The task '{Key}' has no layout '{name}'.", name.Span)
            { Hint = NearestName.Hint(name.Text, known) ?? $"It has {string.Join(", ", known)}." });
        }
    }
}

/// <summary>A column of a task's canonical row.</summary>
/// <param name="Name">Name, an identifier of the template language.</param>
/// <param name="Type">Type of its values.</param>
/// <param name="Nullable">True when a row may have no value there.</param>
public sealed record ColumnDefinition(string Name, ColumnType Type, bool Nullable)
{
    /// <summary>The type as written in task files, such as <c>int?</c>.</summary>
    public string TypeText => Type.ToString().ToLowerInvariant() + (Nullable ? "?" : string.Empty);
}

/// <summary>Type of the values of a canonical column.</summary>
public enum ColumnType
{
    /// <summary>Text.</summary>
    String,

    /// <summary>A whole number; digits in a text column of a delimited file count as one.</summary>
    Int,

    /// <summary>A number.</summary>
    Float,

    /// <summary>True or false.</summary>
    Bool,

    /// <summary>A list.</summary>
    List,

    /// <summary>A mapping.</summary>
    Object,

    /// <summary>Anything.</summary>
    Any,
}

/// <summary>An expression of the template language under a name: a mapped column, a derived field, a condition with its drop reason.</summary>
/// <param name="Name">The name.</param>
/// <param name="Source">The expression's text, with positions of the task file.</param>
/// <param name="NameSpan">Position of the name; for a condition without one, of the condition.</param>
public sealed record NamedExpression(string Name, SourceText Source, SourceSpan NameSpan)
{
    /// <summary>The dialect of a derived field that is a template, whose value is the text that it renders to; null for an expression.</summary>
    public Dialect? TemplateDialect { get; init; }
}

/// <summary>The order in which slices and caps take the rows of a source split.</summary>
public enum RowOrder
{
    /// <summary>By a keyed permutation, so every slice is a random sample of its split.</summary>
    Seeded,

    /// <summary>File order.</summary>
    Source,
}

/// <summary>Purpose of a slice of a task's data. (FLAN: train, a dev slice of usually 200 examples, test.)</summary>
public enum SliceKind
{
    /// <summary>Examples to train on.</summary>
    Train,

    /// <summary>The dev slice: choosing a template or a checkpoint.</summary>
    Validation,

    /// <summary>Evaluation.</summary>
    Test,
}

/// <summary>A name or path as written. In a plan file it keeps its position, so that later findings can point at it; names from a command
/// line or a program have none.</summary>
/// <param name="Text">The name.</param>
/// <param name="Span">Its position in its file, or null.</param>
public sealed record LocatedName(string Text, SourceSpan? Span = null)
{
    /// <summary>A name without a position.</summary>
    [return: NotNullIfNotNull(nameof(text))]
    public static implicit operator LocatedName?(string? text) => FromString(text);

    /// <summary>A name without a position; null for null.</summary>
    [return: NotNullIfNotNull(nameof(text))]
    public static LocatedName? FromString(string? text) => text is null ? null : new LocatedName(text);

    /// <summary>The name.</summary>
    public override string ToString() => Text;
}
