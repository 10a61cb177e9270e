using System.CommandLine.Parsing;

namespace InstructKit.Cli.Output;

/// <summary>Reports errors of a command line, with the nearest name. The parser by itself takes a misspelt option for an argument.</summary>
internal static class CommandLineErrors
{
    /// <summary>All findings in the order of the command line; none if it is valid.</summary>
    public static IReadOnlyList<string> Find(ParseResult parsed)
    {
        List<string> errors = [];
        var command = parsed.CommandResult.Command;
        var options = OptionNames(parsed.CommandResult);
        var verbatim = Verbatim(parsed);
        if (command.Subcommands.Count > 0 && command.Arguments.Count == 0 && parsed.UnmatchedTokens.FirstOrDefault(token => !LooksLikeOption(token)) is { } word)
            return [Sentence($"'{word}' is not a command.", NearestName.Hint(word, command.Subcommands.Select(one => one.Name)) ?? "`instructkit --help` lists them.")];

        errors.AddRange(parsed.CommandResult.Children.OfType<OptionResult>()
            .Where(option => option.Tokens.Any(token => token.Value.StartsWith("--", StringComparison.Ordinal)))
            .Select(option => $"{option.Option.Name} needs a value, found '{option.Tokens.First(token => token.Value.StartsWith("--", StringComparison.Ordinal)).Value}'."));
        foreach (var token in Positional(parsed).Where(token => LooksLikeOption(token) && !verbatim.Contains(token)))
            errors.Add(Sentence($"'{token}' is not an option of '{PathOf(parsed.CommandResult)}'.", NearestName.Hint(token.Split('=')[0], options)));

        foreach (var token in parsed.UnmatchedTokens.Where(token => !LooksLikeOption(token) || verbatim.Contains(token)))
        {
            if (errors.Count > 0)
            {
                // Most likely the value of the misspelt option.
                break;
            }

            errors.Add($"'{PathOf(parsed.CommandResult)}' does not take the argument '{token}'.");
        }

        if (errors.Count == 0)
        {
            errors.AddRange(parsed.Errors.Select(error => error.SymbolResult switch
            {
                OptionResult { Tokens: [] } option => $"{option.Option.Name} needs a value: {option.Option.Name} {option.Option.HelpName}.",
                ArgumentResult { Tokens: [] } argument => $"'{PathOf(parsed.CommandResult)}' needs the argument {argument.Argument.Name}: {argument.Argument.Description}",
                _ => error.Message,
            }));
        }

        return errors;
    }

    /// <summary>The command as typed, such as <c>instructkit tasks show</c>.</summary>
    public static string PathOf(CommandResult result) => result.Parent is CommandResult parent ? $"{PathOf(parent)} {result.Command.Name}" : "instructkit";

    // The text in the position of an argument.
    private static IEnumerable<string> Positional(ParseResult parsed) =>
        parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens)
            .Select(token => token.Value)
            .Concat(parsed.UnmatchedTokens)
            .Distinct(StringComparer.Ordinal);

    private static HashSet<string> Verbatim(ParseResult parsed) =>
        [.. parsed.Tokens.SkipWhile(token => token.Type != TokenType.DoubleDash).Skip(1).Select(token => token.Value)];

    private static bool LooksLikeOption(string token) => token.Length > 1 && token[0] == '-';

    /// <summary>Long names of the options that a command accepts.</summary>
    public static List<string> OptionNames(CommandResult result)
    {
        List<string> names = [.. result.Command.Options.SelectMany(option => option.Aliases.Prepend(option.Name))];
        for (var parent = result.Parent as CommandResult; parent is not null; parent = parent.Parent as CommandResult)
            names.AddRange(parent.Command.Options.Where(option => option.Recursive).Select(option => option.Name));

        return [.. names.Where(name => name.StartsWith("--", StringComparison.Ordinal))];
    }

    private static string Sentence(string message, string? hint) => hint is null ? message : $"{message} {hint}";
}
