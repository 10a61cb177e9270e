using InstructKit.Templating;
using InstructKit.Templating.Settings;
using InstructKit.Templating.Values;
using InstructKit.Yaml;

namespace InstructKit.Rendering;

/// <summary>Reads a row's settings, which override those of the dialect.</summary>
internal static class TemplateSettings
{
    private static readonly string[] Names = ["trim_blocks", "lstrip_blocks", "keep_trailing_newline", "autoescape", "undefined", "env"];
    private static readonly string[] Policies = ["default", "strict", "chainable"];
    private static readonly string[] Environments = ["default", "sandbox", "chat"];

    /// <summary>The dialect's options with the row's settings.</summary>
    /// <exception cref="DiagnosticException">Not an object, or an unknown setting.</exception>
    public static TemplateOptions Read(Value settings, TemplateOptions options)
    {
        if (settings.IsUndefined || settings.IsNone) return options;

        if (settings.Kind != ValueKind.Mapping) throw Wrong(YamlCodes.WrongType, "the options are not an object", null);

        // The environment determines the defaults of the others, so it is applied first.
        if (settings.TryGetItem("env", out var environment) && !environment.IsNone)
        {
            options = Choice("env", environment, Environments) switch
            {
                1 => options with { Sandbox = true },
                2 => TemplateOptions.For(Dialect.Chat) with { Slots = options.Slots, Limits = options.Limits },
                _ => options,
            };
        }

        foreach (var (key, value) in settings.Pairs)
        {
            options = key.ToString() switch
            {
                _ when value.IsNone => options,
                "trim_blocks" => options with { TrimBlocks = Flag("trim_blocks", value) },
                "lstrip_blocks" => options with { LstripBlocks = Flag("lstrip_blocks", value) },
                "keep_trailing_newline" => options with { KeepTrailingNewline = Flag("keep_trailing_newline", value) },
                "autoescape" => options with { Autoescape = Flag("autoescape", value) },
                "undefined" => options with { Undefined = (UndefinedPolicy)Choice("undefined", value, Policies) },
                "env" => options,
                var other => throw Wrong(YamlCodes.UnknownKey, $"there is no option '{other}'", NearestName.Hint(other, Names)),
            };
        }

        return options;
    }

    private static bool Flag(string name, Value value) =>
        value.Kind == ValueKind.Boolean ? value.IsTrue : throw Wrong(YamlCodes.WrongType, $"the option '{name}' is true or false, found {value}", null);

    private static int Choice(string name, Value value, string[] choices)
    {
        var text = value.ToString();
        var index = Array.IndexOf(choices, text);
        return index >= 0
            ? index
            : throw Wrong(YamlCodes.UnknownValue, $"the option '{name}' is one of {string.Join(", ", choices)}, found '{text}'", NearestName.Hint(text, choices));
    }

    private static DiagnosticException Wrong(string code, string message, string? hint) => new(new Diagnostic(code, Severity.Error, message) { Hint = hint });
}
