using InstructKit.Templating.Builtins;
using InstructKit.Templating.Syntax;

namespace InstructKit.Templating.Dialects;

/// <summary>Everything that defines a family of templates: one row of <see cref="All"/>, and a file if it needs code.</summary>
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

    /// <summary>Its default options for parsing and rendering.</summary>
    public TemplateOptions Options { get; init; } = new();

    /// <summary>Creates the names known to its templates when one is first compiled.</summary>
    public Func<Library> MakeLibrary { get; init; } = () => StandardLibrary.Instance;

    /// <summary>Its own tags around a body that is rendered in place.</summary>
    public IReadOnlyList<string> BlockTags { get; init; } = [];

    /// <summary>Parses templates whose syntax is not Jinja2's; null if it is.</summary>
    public Func<string, TemplateOptions, IReadOnlyList<Statement>>? Parse { get; init; }

    public Library Library => _library ??= MakeLibrary();

    public static DialectDefinition Of(Dialect dialect) => All[(int)dialect];
}
