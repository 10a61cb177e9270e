using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using InstructKit.Yaml;

namespace InstructKit.Tasks;

/// <summary>The format of an answer, which determines how it is extracted from a model's output.</summary>
public enum AnswerFormat
{
    /// <summary>The whole text.</summary>
    Text,

    /// <summary>The first line.</summary>
    Line,

    /// <summary>One of the options.</summary>
    Option,

    /// <summary>The last number.</summary>
    Number,
}

/// <summary>When a text counts as one of the options.</summary>
public enum OptionMatch
{
    /// <summary>It equals the option, apart from surrounding white space (FLAN's rule: only the label itself counts).</summary>
    Exact,

    /// <summary>Case and surrounding punctuation are also ignored.</summary>
    Lenient,

    /// <summary>It is the only option that the text contains as whole words.</summary>
    Contained,
}

/// <summary>The keys <c>answer_format</c> and <c>extract</c> of a task or a template. Null means not set: a template's keys override the task's,
/// and both override the defaults of the answer contract.</summary>
public sealed record AnswerKeys
{
    /// <summary>No key is given.</summary>
    public static AnswerKeys None { get; } = new();

    /// <summary>The format of the answer.</summary>
    public AnswerFormat? Format { get; init; }

    /// <summary>Stop texts; the model's output is cut at the first one.</summary>
    public IReadOnlyList<string>? Stops { get; init; }

    /// <summary>Regular expression whose last match is the answer, or its first group; matched without backtracking.</summary>
    public string? Pattern { get; init; }

    /// <summary>When a text counts as an option.</summary>
    public OptionMatch? Match { get; init; }
}

/// <summary>Reads <see cref="AnswerKeys"/>.</summary>
internal static class AnswerKeysReader
{
    internal static readonly string[] Formats = ["text", "line", "option", "number"];
    internal static readonly string[] Matches = ["exact", "lenient", "contained"];

    /// <summary>Reads both keys.</summary>
    public static AnswerKeys Take(YamlForm form, List<Diagnostic> diagnostics)
    {
        var format = (AnswerFormat?)form.TakeChoice("answer_format", Formats);
        if (form.TakeMap("extract") is not { } map) return format is null ? AnswerKeys.None : new AnswerKeys { Format = format };

        var extract = new YamlForm(map, "'extract'", diagnostics);
        var stops = extract.TakeScalars("stop");
        foreach (var stop in stops.Where(stop => stop.Text.Length == 0)) extract.Error(YamlCodes.WrongType, "A text to stop at has at least one character.", stop.Span);

        var pattern = extract.TakeScalar("pattern");
        if (pattern is not null) CheckPattern(extract, pattern);

        var match = (OptionMatch?)extract.TakeChoice("match", Matches);
        extract.Finish();
        return new AnswerKeys { Format = format, Stops = stops.Count > 0 ? [.. stops.Select(stop => stop.Text)] : null, Pattern = pattern?.Text, Match = match };
    }

    // Tasks share patterns, and preparing one takes milliseconds.
    private static readonly ConcurrentDictionary<string, Regex> Compiled = new(StringComparer.Ordinal);

    /// <summary>The options of patterns: matching time is linear in the text.</summary>
    public static Regex Compile(string pattern) =>
        Compiled.GetOrAdd(pattern, static text => new Regex(text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant));

    // Look-around, atomic, conditional and balancing groups, back-references, an anchor that needs state, and counts, which can make it too large.
    private static readonly string[] MayBeRefused = ["(?=", "(?!", "(?<", "(?>", "(?(", @"\k", @"\G", "{", .. Enumerable.Range(1, 9).Select(digit => $@"\{digit}")];

    private static void CheckPattern(YamlForm form, YamlScalar pattern)
    {
        try
        {
            // Preparing the engine takes longer than reading a task: if nothing can prevent it, only the syntax is checked.
            if (MayBeRefused.Any(part => pattern.Text.Contains(part, StringComparison.Ordinal))) _ = Compile(pattern.Text);
            else _ = new Regex(pattern.Text, RegexOptions.CultureInvariant);
        }
        catch (Exception failure) when (failure is ArgumentException or NotSupportedException)
        {
            form.Error(YamlCodes.WrongType, $"The regular expression cannot be used: {failure.Message.TrimEnd('.')}.", pattern.Span, "Look-around and references back are not supported.");
        }
    }
}
