using System.Text.RegularExpressions;

namespace InstructKit.Cli.Output;

/// <summary>Removes advice about options that the current command does not have. The library knows the options, but not which command is running.</summary>
internal static partial class Advice
{
    [GeneratedRegex(@"--[a-z][a-z0-9-]*")]
    private static partial Regex OptionName { get; }

    [GeneratedRegex(@" \((?:half of )?(?<option>--[a-z-]+)\)|(?:;|,? or) raise (?<option>--[a-z-]+)(?: if that is right)?")]
    private static partial Regex Remark { get; }

    [GeneratedRegex("`[^`]*`")]
    private static partial Regex Command { get; }

    /// <summary>The sentences of a hint that name no option, or only options of the command; null when none is left.</summary>
    /// <param name="hint">The hint, or null.</param>
    /// <param name="options">Options of the command; null if unknown.</param>
    public static string? Fit(string? hint, IReadOnlySet<string>? options)
    {
        if (hint is null || options is null) return hint;

        var fitting = Sentences(hint).Where(sentence => OptionName.Matches(Command.Replace(sentence, string.Empty)).All(option => options.Contains(option.Value))).ToList();
        return fitting.Count == 0 ? null : string.Join(' ', fitting);
    }

    /// <summary>A message without remarks about options that the command does not have.</summary>
    public static string FitMessage(string message, IReadOnlySet<string>? options) =>
        options is null ? message : Remark.Replace(message, match => options.Contains(match.Groups["option"].Value) ? match.Value : string.Empty);

    private static IEnumerable<string> Sentences(string text)
    {
        var start = 0;
        for (var at = text.IndexOf(". ", StringComparison.Ordinal); at >= 0; at = text.IndexOf(". ", start, StringComparison.Ordinal))
        {
            yield return text[start..(at + 1)];
            start = at + 2;
        }

        yield return text[start..];
    }
}
