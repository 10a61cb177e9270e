using System.Text.RegularExpressions;
using InstructKit.Tasks;

namespace InstructKit.Answers;

/// <summary>How the answer is extracted from a model's output: cut at the first stop, then the pattern's last match, then the format. The keys
/// <c>answer_format</c> and <c>extract</c> set it, the template's before the task's. By default a direct template with options expects one of them,
/// exactly; one scored by answer matching uses the first line, one scored by correlation a number, every other one the whole text.</summary>
public sealed class AnswerContract
{
    private readonly byte[][] _stops;
    private readonly Regex? _pattern;

    /// <summary>Creates a contract.</summary>
    /// <param name="format">The format of the answer.</param>
    /// <param name="match">When a text counts as an option.</param>
    /// <param name="stops">Stop texts; the model's output is cut at the first one.</param>
    /// <param name="pattern">Regular expression whose last match is the answer, or its first group; null for none.</param>
    /// <exception cref="ArgumentException">The pattern cannot be used.</exception>
    public AnswerContract(AnswerFormat format, OptionMatch match = OptionMatch.Exact, IReadOnlyList<string>? stops = null, string? pattern = null)
    {
        (Format, Match, Stops, Pattern) = (format, match, stops ?? [], pattern);
        _stops = [.. Stops.Select(Encoding.UTF8.GetBytes)];
        _pattern = pattern is null ? null : AnswerKeysReader.Compile(pattern);
    }

    /// <summary>The format of the answer.</summary>
    public AnswerFormat Format { get; }

    /// <summary>When a text counts as an option.</summary>
    public OptionMatch Match { get; }

    /// <summary>Stop texts; the model's output is cut at the first one.</summary>
    public IReadOnlyList<string> Stops { get; }

    /// <summary>Regular expression whose last match is the answer, or its first group; null for none.</summary>
    public string? Pattern { get; }

    /// <summary>The contract of a template.</summary>
    public static AnswerContract Of(TaskDefinition task, TemplateDefinition template) => new(
        template.AnswerKeys.Format ?? task.AnswerKeys.Format ?? DefaultFormat(task, template),
        template.AnswerKeys.Match ?? task.AnswerKeys.Match ?? OptionMatch.Exact, template.AnswerKeys.Stops ?? task.AnswerKeys.Stops,
        template.AnswerKeys.Pattern ?? task.AnswerKeys.Pattern);

    /// <summary>Finds the answer in a model's output.</summary>
    /// <param name="text">The text, UTF-8.</param>
    /// <param name="options">The options of the row, UTF-8; empty when it has none.</param>
    public ExtractedAnswer Extract(ReadOnlySpan<byte> text, ReadOnlySpan<ReadOnlyMemory<byte>> options)
    {
        text = CutAtStop(text);
        if (_pattern is not null && !TryMatch(ref text)) return default;

        text = TextEnds.Trim(text);
        switch (Format)
        {
            case AnswerFormat.Line: text = TextEnds.FirstLine(text); break;
            case AnswerFormat.Number: text = LastNumber.In(text); break;
            case AnswerFormat.Option when options.Length > 0:
                var option = OptionMatching.Find(text, options, Match);
                // An option may have several lines; what follows the first line of an output is usually the model's next question.
                if (option < 0) option = OptionMatching.Find(TextEnds.FirstLine(text), options, Match);
                return option < 0 ? new ExtractedAnswer(text, -1, false) : new ExtractedAnswer(options[option].Span, option, true);
        }

        return new ExtractedAnswer(text, OptionMatching.Find(text, options, OptionMatch.Exact), !text.IsEmpty);
    }

    private static AnswerFormat DefaultFormat(TaskDefinition task, TemplateDefinition template)
    {
        if (template.Kind != TemplateKind.Direct) return AnswerFormat.Text;
        if (task.IsClassification || template.Choices is not null) return AnswerFormat.Option;

        return task.Metrics.Count == 0 ? AnswerFormat.Text : task.Metrics[0] switch
        {
            "pearson" or "spearman" => AnswerFormat.Number,
            "accuracy" or "exact_match" or "squad_em" or "squad_f1" or "trivia_qa_em" or "trivia_qa_f1" or "record_em" or "record_f1" => AnswerFormat.Line,
            _ => AnswerFormat.Text,
        };
    }

    private ReadOnlySpan<byte> CutAtStop(ReadOnlySpan<byte> text)
    {
        foreach (var stop in _stops)
        {
            if (text.IndexOf(stop) is >= 0 and var at) text = text[..at];
        }

        return text;
    }

    private bool TryMatch(ref ReadOnlySpan<byte> text)
    {
        var characters = Encoding.UTF8.GetString(text);
        Match? last = null;
        for (var match = _pattern!.Match(characters); match.Success; match = match.NextMatch()) last = match;

        if (last is null) return false;

        var found = last.Groups.Count > 1 ? last.Groups[1] : last.Groups[0];
        if (!found.Success) return false;

        var start = Encoding.UTF8.GetByteCount(characters.AsSpan(0, found.Index));
        text = text.Slice(start, Encoding.UTF8.GetByteCount(found.ValueSpan));
        return true;
    }
}

/// <summary>Result of applying a contract to a model's output.</summary>
/// <param name="text">The answer, UTF-8: the option's own text if it is one.</param>
/// <param name="option">Position among the options, or -1.</param>
/// <param name="isValid">False when the text contains no answer in the format.</param>
public readonly ref struct ExtractedAnswer(ReadOnlySpan<byte> text, int option, bool isValid)
{
    private readonly int _option = option + 1;

    /// <summary>The answer, UTF-8: the option's own text if it is one.</summary>
    public ReadOnlySpan<byte> Text { get; } = text;

    /// <summary>Position among the options; -1 when it is not an option.</summary>
    public int Option => _option - 1;

    /// <summary>False when the text contains no answer in the format.</summary>
    public bool IsValid { get; } = isValid;
}
