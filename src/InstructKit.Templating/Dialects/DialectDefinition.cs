using InstructKit.Templating.Builtins;
using InstructKit.Templating.Syntax;

namespace InstructKit.Templating.Dialects;

/// <summary>Everything that sets a family of templates apart: one row of <see cref="All"/>, and a file where there is code to it.</summary>
/// <param name="Dialect">The family.</param>
/// <param name="Name">Its name in files and options.</param>
internal sealed record DialectDefinition(Dialect Dialect, string Name)
{
    private Library? _library;

    /// <summary>All dialects, in the order of the enumeration.</summary>
    public static IReadOnlyList<DialectDefinition> All { get; } =
    [
        new(Dialect.Jinja, "jinja"),
        new(Dialect.Promptsource, "promptsource") { Options = new() { Dialect = Dialect.Promptsource } },
        new(Dialect.LmEval, "lm-eval") { Options = new() { Dialect = Dialect.LmEval, Undefined = UndefinedPolicy.Strict, KeepTrailingNewline = true } },
        ChatDialect.Definition,
        FlanDialect.Definition,
    ];

    /// <summary>How its templates are read and rendered unless the caller says otherwise.</summary>
    public TemplateOptions Options { get; init; } = new();

    /// <summary>Makes the names that its templates know, when one is first compiled.</summary>
    public Func<Library> MakeLibrary { get; init; } = () => StandardLibrary.Instance;

    /// <summary>Tags of its own around a body that is rendered in place.</summary>
    public IReadOnlyList<string> BlockTags { get; init; } = [];

    /// <summary>Reads a template whose syntax is not Jinja2's; null where it is.</summary>
    public Func<string, TemplateOptions, IReadOnlyList<Statement>>? Parse { get; init; }

    public Library Library => _library ??= MakeLibrary();

    public static DialectDefinition Of(Dialect dialect) => All[(int)dialect];
}
