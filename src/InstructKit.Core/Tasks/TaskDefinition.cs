using System.Diagnostics.CodeAnalysis;
using InstructKit.Templating.Settings;
using InstructKit.Yaml;

namespace InstructKit.Tasks;

/// <summary>A task as its file says it: one dataset made ready.</summary>
public sealed record TaskDefinition
{
    /// <summary>Key, the name of the file without its extension.</summary>
    public required string Key { get; init; }

    /// <summary>Name for people.</summary>
    public required string Title { get; init; }

    /// <summary>Address of the paper or page to cite.</summary>
    public string? Cite { get; init; }

    /// <summary>What is known of the data's licence.</summary>
    public string? Licence { get; init; }

    /// <summary>A remark for people.</summary>
    public string? Note { get; init; }

    /// <summary>A cluster that a user's own task asks to be in.</summary>
    public string? Cluster { get; init; }

    /// <summary>Further clusters that a user's own task is in, as the groups and tags of other tools' tasks are.</summary>
    public IReadOnlyList<string> MoreClusters { get; init; } = [];

    /// <summary>Tasks whose rows this one reads under another name: it is not trained on when one of them is held out, nor the other way round.</summary>
    public IReadOnlyList<LocatedName> SameSource { get; init; } = [];

    /// <summary>The variant that was laid over the task, or null.</summary>
    public string? Variant { get; init; }

    /// <summary>Names of the variants that the file defines.</summary>
    public IReadOnlyList<string> Variants { get; init; } = [];

    /// <summary>The task whose file fills in what this one leaves out, or null.</summary>
    public string? Like { get; init; }

    /// <summary>Additional folders below the data root, searched after the one named like the task.</summary>
    public IReadOnlyList<string> Folders { get; init; } = [];

    /// <summary>The canonical row.</summary>
    public required IReadOnlyList<ColumnDefinition> Columns { get; init; }

    /// <summary>Where the rows may lie, in the order of trying.</summary>
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

    /// <summary>Expression of the answer; null when only <see cref="Answers"/> is given, or neither because every template's target is its own
    /// answer.</summary>
    public SourceText? Answer { get; init; }

    /// <summary>Expression of all right answers, or null when there is one.</summary>
    public SourceText? Answers { get; init; }

    /// <summary>Expression of the right option's index, or of the list of them, in label order; a text is the option that it equals. It replaces
    /// <see cref="Answer"/> and <see cref="Answers"/>, and tells equal options apart. Null when the answer is given as a value.</summary>
    public SourceText? AnswerIndex { get; init; }

    /// <summary>Expression over the columns whose value rows share that belong together: the questions on one passage, the sentences for one meaning. Null when
    /// every row is by itself.</summary>
    public SourceText? Group { get; init; }

    /// <summary>What is shortened in inputs that are longer than a plan's budget; null when inputs cannot be shortened.</summary>
    public CutRule? Cut { get; init; }

    /// <summary>How targets are shortened that are longer than a plan's budget; null when they never are.</summary>
    public CutRule? CutTarget { get; init; }

    /// <summary>How another tool evaluates the task, as it says itself; kept for the evaluation of held-out rows, null when nothing is known.</summary>
    public YamlMap? Evaluation { get; init; }

    /// <summary>Names of the metrics.</summary>
    public IReadOnlyList<string> Metrics { get; init; } = [];

    /// <summary>How answers are found in what a model writes, as far as the task says it for all its templates.</summary>
    public AnswerKeys AnswerKeys { get; init; } = AnswerKeys.None;

    /// <summary>How the rows are conversations; null for a task of templates.</summary>
    public ConversationDefinition? Conversation { get; init; }

    /// <summary>The templates in order; one for the turns in a task of conversations.</summary>
    public required IReadOnlyList<TemplateDefinition> Templates { get; init; }

    /// <summary>Prompts without instructions, in the manner of GPT-3's evaluation; empty where the task has none.</summary>
    public IReadOnlyList<TemplateDefinition> Baseline { get; init; } = [];

    /// <summary>What is given and what is wanted, without a word of instruction (FLAN paper, section 4.3); empty where the task does not say it.</summary>
    public IReadOnlyList<TemplateDefinition> Bare { get; init; } = [];

    /// <summary>The templates, the baseline and the bare prompts.</summary>
    internal IEnumerable<TemplateDefinition> AllTemplates => [.. Templates, .. Baseline, .. Bare];

    /// <summary>Folder of a user's own task file, where its data may lie too; null for shipped tasks.</summary>
    public string? Home { get; init; }

    /// <summary>Place of the task in its file.</summary>
    public required SourceSpan Span { get; init; }

    /// <summary>True when the answer is one of a list of options, so that the task can be scored by ranking them.</summary>
    public bool IsClassification => Options is not null || OptionsExpression is not null;

    /// <summary>The templates whose target is the answer.</summary>
    public IEnumerable<TemplateDefinition> DirectTemplates => Templates.Where(template => template.Kind == TemplateKind.Direct);

    /// <summary>Refuses the name of a layout that the task does not have.</summary>
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
/// <param name="Type">What its values are.</param>
/// <param name="Nullable">True when a row may have no value there.</param>
public sealed record ColumnDefinition(string Name, ColumnType Type, bool Nullable)
{
    /// <summary>The type as task files spell it, such as <c>int?</c>.</summary>
    public string TypeText => Type.ToString().ToLowerInvariant() + (Nullable ? "?" : string.Empty);
}

/// <summary>What the values of a canonical column are.</summary>
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
    /// <summary>By a keyed permutation, so that every slice is a fair sample of its split.</summary>
    Seeded,

    /// <summary>As they are in the files.</summary>
    Source,
}

/// <summary>What a slice of a task's data is for. (FLAN: train, a dev slice of usually 200 examples, test.)</summary>
public enum SliceKind
{
    /// <summary>Examples to train on.</summary>
    Train,

    /// <summary>The dev slice: choosing a template or a checkpoint.</summary>
    Validation,

    /// <summary>Evaluation.</summary>
    Test,
}

/// <summary>A name or path as it was written. In a plan file it keeps its place, so that what is found out later can still point at it; names from a command
/// line or a program have none.</summary>
/// <param name="Text">The name.</param>
/// <param name="Span">Its position in its file, or null.</param>
public sealed record LocatedName(string Text, SourceSpan? Span = null)
{
    /// <summary>A name without a place.</summary>
    [return: NotNullIfNotNull(nameof(text))]
    public static implicit operator LocatedName?(string? text) => FromString(text);

    /// <summary>A name without a place; null for null.</summary>
    [return: NotNullIfNotNull(nameof(text))]
    public static LocatedName? FromString(string? text) => text is null ? null : new LocatedName(text);

    /// <summary>The name.</summary>
    public override string ToString() => Text;
}
