using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using InstructKit.Diagnostics;

namespace InstructKit.Cli.Options;

/// <summary>Makes options whose values are checked while parsing, with messages that say what was expected.</summary>
internal static class OptionFactory
{
    /// <summary>A switch.</summary>
    public static Option<bool> Switch(string name, string description) => new(name) { Description = description, Arity = ArgumentArity.Zero };

    /// <summary>A text with something in it.</summary>
    public static Option<string?> Text(string name, string helpName, string description, params string[] aliases) => new(name, aliases)
    {
        Description = description,
        HelpName = helpName,
        Validators = { result => RefuseEmpty(result, name, helpName) },
    };

    /// <summary>A text that may be empty.</summary>
    public static Option<string?> AnyText(string name, string helpName, string description) => new(name) { Description = description, HelpName = helpName };

    /// <summary>One of a few words.</summary>
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

    /// <summary>Lets an argument be one of a few words.</summary>
    public static void Restrict(Argument<string> argument, string name, params string[] choices)
    {
        argument.CustomParser = result => Chosen(result, name, choices) ?? string.Empty;
        argument.CompletionSources.Add(choices);
    }

    /// <summary>Names, several in one value with commas, or the option several times.</summary>
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
        CustomParser = result => Parsed(result, name, least, most),
    };

    /// <summary>A number of rows, or <c>none</c> for no limit.</summary>
    public static Option<RowCap?> Cap(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "N|none",
        CustomParser = result => result.Tokens is [{ Value: "none" }] ? new RowCap(null)
            : Parsed(result, name, 0, long.MaxValue, ", or none") is { } rows ? new RowCap(rows) : null,
    };

    /// <summary>A number of bytes, with k, M or G behind it for powers of 1024.</summary>
    public static Option<long?> Bytes(string name, string description, long most = long.MaxValue) => new(name)
    {
        Description = description,
        HelpName = "BYTES",
        CustomParser = result =>
        {
            if (ByteSize.TryParse(result.Tokens[0].Value, out var bytes) && bytes <= most) return bytes;

            var bound = most == long.MaxValue ? string.Empty : $" up to {ByteSize.Short(most)}";
            result.AddError($"{name} takes a number of bytes such as 500M{bound}, found '{result.Tokens[0].Value}'.");
            return null;
        },
    };

    // A variable of a script that was never set: the option must not mean less than nothing.
    private static void RefuseEmpty(OptionResult result, string name, string helpName)
    {
        if (result.Tokens.Any(token => token.Value.AsSpan().Trim(" ,").IsEmpty))
            result.AddError($"{name} needs a value, found an empty text: {name} {helpName}.");
    }

    private static long? Parsed(ArgumentResult result, string name, long least, long most, string also = "")
    {
        var text = result.Tokens[0].Value;
        if (long.TryParse(text.Replace("_", string.Empty, StringComparison.Ordinal), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
            return number;

        var range = least == long.MinValue ? "a whole number"
            : most == long.MaxValue ? string.Create(CultureInfo.InvariantCulture, $"a whole number from {least} on")
            : string.Create(CultureInfo.InvariantCulture, $"a whole number from {least} to {most}");
        result.AddError($"{name} takes {range}{also}, found '{text}'.");
        return null;
    }

    private static string? Chosen(ArgumentResult result, string name, string[] choices)
    {
        var text = result.Tokens[0].Value;
        if (Array.IndexOf(choices, text) >= 0) return text;

        var hint = NearestName.Hint(text, choices);
        result.AddError($"{name} takes {string.Join(", ", choices.Take(choices.Length - 1))} or {choices[^1]}, found '{text}'.{(hint is null ? string.Empty : $" {hint}")}");
        return null;
    }
}
