using InstructKit.Templating.Settings;

namespace InstructKit.Tasks;

/// <summary>One of a task's templates, as written.</summary>
/// <param name="Id">Unique within the task, stable: it is in every example of the template.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Input">Template of the input; of both, with <c>|||</c> between them, when <see cref="IsPromptsource"/>.</param>
/// <param name="Target">Template of the target; empty when <see cref="IsPromptsource"/>.</param>
/// <param name="Answer">Expression of the correct answer if it is not the task's (such as a translation in the other direction), or null.</param>
/// <param name="Span">Position in the task file.</param>
public sealed record TemplateDefinition(string Id, TemplateKind Kind, SourceText Input, SourceText Target, SourceText? Answer, SourceSpan Span)
{
    /// <summary>The dialect of the texts.</summary>
    public Dialect Dialect { get; init; }

    /// <summary>Template of the answer choices with <c>|||</c> between them (promptsource's <c>answer_choices</c>), or null.</summary>
    public SourceText? Choices { get; init; }

    /// <summary>How the answer is extracted from a model's output, as far as the template defines it.</summary>
    public AnswerKeys AnswerKeys { get; init; } = AnswerKeys.None;

    /// <summary>Display name, or null.</summary>
    public string? Name { get; init; }

    /// <summary>Words of the texts that differ from example to example; empty for most templates.</summary>
    public IReadOnlyList<TemplateVariant> Variants { get; init; } = [];

    /// <summary>Texts that replace the task's fixed options in this template, in the same order; null for the task's own.</summary>
    public IReadOnlyList<string>? Options { get; init; }

    /// <summary>The text between exemplars in its prompts, if a plan uses the separators of templates; null for plain ones.</summary>
    public ExemplarSeparators? Separators { get; init; }

    /// <summary>Number of texts that the template has: the product of its variants.</summary>
    public int TextCount => Variants.Aggregate(1, (count, variant) => count * variant.Texts.Count);

    /// <summary>Number of the text in which every variant uses its text at a position; a variant with fewer texts wraps around.</summary>
    internal int TextWith(int position)
    {
        var (number, unit) = (0, 1);
        foreach (var variant in Variants)
        {
            number += position % variant.Texts.Count * unit;
            unit *= variant.Texts.Count;
        }

        return number;
    }

    /// <summary>The values of the variants in one of the texts, for readers and for the column <c>variant</c>: <c>verb=Read; noun=text</c>.</summary>
    /// <param name="number">Number of the text, from 0; the first variant changes fastest.</param>
    public string DescribeText(int number)
    {
        List<string> words = [];
        foreach (var variant in Variants)
        {
            words.Add($"{variant.Name}={variant.Texts[number % variant.Texts.Count].Text}");
            number /= variant.Texts.Count;
        }

        return string.Join("; ", words);
    }

    /// <summary>True for promptsource's templates: one text yields input and target.</summary>
    public bool IsPromptsource => Dialect == Dialect.Promptsource;

    /// <summary>True when the correct answer is the rendered target, because the template was written for another tool whose rows have no
    /// answer.</summary>
    public bool TargetIsAnswer => IsConversation || Dialect is Dialect.Promptsource or Dialect.LmEval;

    /// <summary>True for the implicit template of a task of conversations, whose rows become examples directly.</summary>
    public bool IsConversation { get; init; }

    /// <summary>The kind as written in files.</summary>
    public string KindText => Kind.ToString().ToLowerInvariant();
}

/// <summary>A placeholder in the texts of a template with its possible texts, one of which is sampled for each example.</summary>
/// <param name="Name">The name.</param>
/// <param name="Texts">The possible texts: plain, distinct, at least one.</param>
/// <param name="Span">Position of the name in the task file.</param>
public sealed record TemplateVariant(string Name, IReadOnlyList<SourceText> Texts, SourceSpan Span);

/// <summary>Kind of a template (FLAN's paper allows up to three inverted templates per dataset).</summary>
public enum TemplateKind
{
    /// <summary>The target is the task's answer.</summary>
    Direct,

    /// <summary>The target is what is usually the input, generated from the answer.</summary>
    Inverse,

    /// <summary>The input has no content of the row.</summary>
    Unconditional,

    /// <summary>The target is another part of the row, such as a title or a topic.</summary>
    Auxiliary,
}

/// <summary>The text between the parts of a prompt with exemplars. Each exemplar is prefix, input, <paramref name="Between"/>, prefix, target, separator;
/// the query is the same up to its target's prefix, the whole is trimmed, and a suffix follows.</summary>
/// <param name="InputPrefix">Before every input.</param>
/// <param name="Between">Between an input and the prefix of its target.</param>
/// <param name="TargetPrefix">Before every target.</param>
/// <param name="Separator">After every exemplar.</param>
/// <param name="Suffix">After the query.</param>
public sealed record ExemplarSeparators(string InputPrefix, string Between, string TargetPrefix, string Separator, string Suffix)
{
    /// <summary>FLAN's released code: speakers 0 and 1, the separator X, and a constant marker at the end; without exemplars it wraps the query in the same way.</summary>
    public static ExemplarSeparators Flan { get; } = new("0 ", " X ", "1 ", " X ", " FLAN");

    /// <summary>A line end between input and target, a blank line after each exemplar.</summary>
    public static ExemplarSeparators Plain { get; } = new(string.Empty, "\n", string.Empty, "\n\n", string.Empty);

    /// <summary>True when a query without exemplars is also wrapped.</summary>
    public bool WrapsAlways => ReferenceEquals(this, Flan);
}
