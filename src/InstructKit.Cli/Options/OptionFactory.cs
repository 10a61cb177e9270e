using System.CommandLine.Completions;
using System.CommandLine.Parsing;
using InstructKit.Building.Settings;

namespace InstructKit.Cli.Options;

/// <summary>Creates options whose values are checked while parsing, with messages that state what was expected.</summary>
internal static class OptionFactory
{
    public static Option<bool> Switch(string name, string description, params string[] aliases) => new(name, aliases) { Description = description, Arity = ArgumentArity.Zero };

    /// <summary>A non-empty text.</summary>
    public static Option<string?> Text(string name, string helpName, string description, params string[] aliases) => new(name, aliases)
    {
        Description = description,
        HelpName = helpName,
        Validators = { result => RefuseEmpty(result, name, helpName) },
    };

    /// <summary>A possibly empty text.</summary>
    public static Option<string?> AnyText(string name, string helpName, string description) => new(name) { Description = description, HelpName = helpName };

    /// <summary>One of a few values.</summary>
    public static Option<string?> Choice(string name, string description, params string[] choices)
    {
        var option = new Option<string?>(name)
        {
            Description = description,
            HelpName = string.Join('|', choices),
            CustomParser = result => Chosen(result, name, choices),
        };
        option.CompletionSources.Add(choices);
        return option;
    }

    /// <summary>Restricts an argument to one of a few values.</summary>
    public static void Restrict(Argument<string> argument, string name, params string[] choices)
    {
        argument.CustomParser = result => Chosen(result, name, choices) ?? string.Empty;
        argument.CompletionSources.Add(choices);
    }

    /// <summary>Names, separated by commas or given by repeating the option.</summary>
    public static Option<string[]> Names(string name, string helpName, string description, params string[] aliases) => new(name, aliases)
    {
        Description = description,
        HelpName = helpName,
        CustomParser = result => [.. result.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))],
        Validators = { result => RefuseEmpty(result, name, helpName) },
    };

    /// <summary>A whole number.</summary>
    public static Option<long?> Number(string name, string description, long least = long.MinValue, long most = long.MaxValue, params string[] aliases) => new(name, aliases)
    {
        Description = description,
        HelpName = "N",
        CustomParser = result => (long?)Parsed(result, name, new NumberType(least, most)),
    };

    public static Option? Of(PlanSetting setting)
    {
        if (setting.Option is not { } name) return null;

        var help = setting.Default is { } standard && !setting.Help.Contains("(default", StringComparison.Ordinal) && (setting.Type is not FlagType || standard == "true")
            ? $"{setting.Help[..^1]} (default{(setting.Type is FlagType ? string.Empty : $": {standard}")})."
            : setting.Help;
        if (setting.Type is FlagType) return Switch(name, help);

        return Of(name, setting.Type, help, setting.Alias is { } alias ? [alias] : []);
    }

    /// <summary>An option whose values are parsed by a setting type.</summary>
    public static Option<object?> Of(string name, SettingType type, string help, params string[] aliases)
    {
        var option = new Option<object?>(name, aliases)
        {
            Description = help,
            HelpName = type.Placeholder,
            Arity = type.IsList ? ArgumentArity.OneOrMore : ArgumentArity.ExactlyOne,
            CustomParser = result => Parsed(result, name, type),
        };
        Suggest(option, () => type.Words);
        return option;
    }

    /// <summary>The option that switches a plan setting off; null if there is none.</summary>
    public static Option? OffOf(PlanSetting setting) => setting.Off is { } off ? Switch(off.Option, off.Help) : null;

    /// <summary>Completes the values of an option, after each comma, too.</summary>
    /// <param name="words">The possible values.</param>
    public static void Suggest(Option option, Func<IEnumerable<string>> words) => Suggest(option, _ => words());

    /// <summary>Completes the values of an option, after each comma, too.</summary>
    /// <param name="words">The possible values, given what has been typed.</param>
    public static void Suggest(Option option, Func<CompletionContext, IEnumerable<string>> words) => option.CompletionSources.Add(context =>
    {
        var begun = context.WordToComplete[..(context.WordToComplete.LastIndexOf(',') + 1)];
        return words(context).Select(word => new CompletionItem(begun + word));
    });

    // From an unset shell variable: the option must not silently have no effect.
    private static void RefuseEmpty(OptionResult result, string name, string helpName)
    {
        if (result.Tokens.Any(token => token.Value.AsSpan().Trim(" ,").IsEmpty))
            result.AddError($"{name} needs a value, found an empty text: {name} {helpName}.");
    }

    private static object? Parsed(ArgumentResult result, string name, SettingType type)
    {
        try
        {
            return type.Parse(name, [.. result.Tokens.Select(token => token.Value)]);
        }
        catch (FormatException exception)
        {
            result.AddError(exception.Message);
            return null;
        }
    }

    private static string? Chosen(ArgumentResult result, string name, string[] choices) => Parsed(result, name, new ChoiceType(choices)) is int index ? choices[index] : null;
}

/// <summary>Queries on a parsed command line.</summary>
internal static class ParseResultExtensions
{
    extension(ParseResult parsed)
    {
        /// <summary>True when the option was given; the parser also has a result for switches that were not.</summary>
        public bool Has(Option option) => parsed.GetResult(option) is { Implicit: false };
    }
}
