using System.CommandLine;
using InstructKit.Sources;

namespace InstructKit.Cli.Options;

/// <summary>What is let pass in rows, whatever plan and task files say; messages about a fault name its option.</summary>
internal sealed class LeniencyOptions
{
    private readonly Option<string?> _invalidUtf8 = OptionFactory.Choice(
        "--invalid-utf8", "What bytes that are not UTF-8 do: reject the row (default), or become U+FFFD.", [.. LeniencyNames.ForCharacters]);

    private readonly Option<string?> _duplicateKeys = OptionFactory.Choice(
        "--duplicate-keys", "What a key that stands twice in a JSON object does: reject the row (default), or the last value counts.", [.. LeniencyNames.ForKeys]);

    private readonly Option<string?> _loneSurrogates = OptionFactory.Choice(
        "--lone-surrogates", "What half a surrogate pair such as \\ud800 in JSON does: reject the row (default), or become U+FFFD.", [.. LeniencyNames.ForCharacters]);

    /// <summary>All of them.</summary>
    public IReadOnlyList<Option> All => [_invalidUtf8, _duplicateKeys, _loneSurrogates];

    /// <summary>What the options say; what they do not say is left open.</summary>
    public Leniency Read(ParseResult parsed) => new()
    {
        InvalidUtf8 = (BadCharacters?)IndexOf(LeniencyNames.ForCharacters, parsed.GetValue(_invalidUtf8)),
        DuplicateKeys = (DuplicateKeys?)IndexOf(LeniencyNames.ForKeys, parsed.GetValue(_duplicateKeys)),
        LoneSurrogates = (BadCharacters?)IndexOf(LeniencyNames.ForCharacters, parsed.GetValue(_loneSurrogates)),
    };

    private static int? IndexOf(IReadOnlyList<string> words, string? word) => word is null ? null : Enumerable.Range(0, words.Count).First(i => words[i] == word);
}
