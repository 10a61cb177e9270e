using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using InstructKit.Yaml;

namespace InstructKit.Tasks;

/// <summary>What an answer is, which decides how it is found in a model's text.</summary>
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

/// <summary>When a text is taken for one of the options.</summary>
public enum OptionMatch
{
    /// <summary>It is the option, white space around it aside (FLAN's rule: only the label itself counts).</summary>
    Exact,

    /// <summary>Upper and lower case, and punctuation around it, do not matter either.</summary>
    Lenient,

    /// <summary>It is the only option that the text holds as whole words.</summary>
    Contained,
}

/// <summary>The keys <c>answer_format</c> and <c>extract</c> of a task or a template. What is null is not said there: a template's keys go before the task's,
/// and both before the defaults of the answer contract.</summary>
public sealed record AnswerKeys
{
    /// <summary>No key is given.</summary>
    public static AnswerKeys None { get; } = new();

    /// <summary>What the answer is.</summary>
    public AnswerFormat? Format { get; init; }

    /// <summary>Texts at the first of which the model's text is cut.</summary>
    public IReadOnlyList<string>? Stops { get; init; }

    /// <summary>Regular expression whose last match is the answer, or its first group; on an engine without backtracking.</summary>
    public string? Pattern { get; init; }

    /// <summary>When a text is taken for an option.</summary>
    public OptionMatch? Match { get; init; }
}

/// <summary>Reads <see cref="AnswerKeys"/>.</summary>
internal static class AnswerKeysReader
{
    internal static readonly string[] Formats = ["text", "line", "option", "number"];
    internal static readonly string[] Matches = ["exact", "lenient", "contained"];

    /// <summary>Takes both keys.</summary>
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

    /// <summary>The engine of patterns: its time grows with the text only.</summary>
    public static Regex Compile(string pattern) =>
        Compiled.GetOrAdd(pattern, static text => new Regex(text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant));

    // Look-around, atomic, conditional and balancing groups, references back, an anchor that needs state, and counts, which can make it too large.
    private static readonly string[] MayBeRefused = ["(?=", "(?!", "(?<", "(?>", "(?(", @"\k", @"\G", "{", .. Enumerable.Range(1, 9).Select(digit => $@"\{digit}")];

    private static void CheckPattern(YamlForm form, YamlScalar pattern)
    {
        try
        {
            // To prepare the engine takes longer than to read a task: where nothing can be in its way, the syntax is all there is to check.
            if (MayBeRefused.Any(part => pattern.Text.Contains(part, StringComparison.Ordinal))) _ = Compile(pattern.Text);
            else _ = new Regex(pattern.Text, RegexOptions.CultureInvariant);
        }
        catch (Exception failure) when (failure is ArgumentException or NotSupportedException)
        {
            form.Error(YamlCodes.WrongType, $"The regular expression cannot be used: {failure.Message.TrimEnd('.')}.", pattern.Span, "Look-around and references back are not supported.");
        }
    }
}
