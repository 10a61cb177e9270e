namespace InstructKit.Templating;

/// <summary>How templates are read and rendered. Immutable; one instance serves any number of templates.</summary>
public sealed record TemplateOptions
{
    /// <summary>The family of templates.</summary>
    public Dialect Dialect { get; init; }

    /// <summary>Drops one newline right after a block tag or a comment.</summary>
    public bool TrimBlocks { get; init; }

    /// <summary>Drops blanks in front of a block tag or a comment that begins its line.</summary>
    public bool LstripBlocks { get; init; }

    /// <summary>Keeps the newline that ends the template.</summary>
    public bool KeepTrailingNewline { get; init; }

    /// <summary>What may be done with missing values.</summary>
    public UndefinedPolicy Undefined { get; init; }

    /// <summary>Immutable sandbox: lists and mappings cannot be changed, and ranges are at most 100,000 long.</summary>
    public bool Sandbox { get; init; }

    /// <summary>
    /// Lets templates change the lists and mappings of the row, as Jinja2's plain environment does. Off, changing one is an error; those that a
    /// template makes itself may be changed in either case.
    /// </summary>
    public bool MutableRows { get; init; }

    /// <summary>Escapes HTML in printed values. Off in every dialect; here for Jinja's own semantics.</summary>
    public bool Autoescape { get; init; }

    /// <summary>Names of the row's columns: slot i is cell i of the row. A name found here is read from its slot.</summary>
    public IReadOnlyList<string> Slots { get; init; } = [];

    /// <summary>Bounds of parsing and rendering.</summary>
    public RenderLimits Limits { get; init; } = RenderLimits.Default;

    /// <summary>The settings of a dialect.</summary>
    public static TemplateOptions For(Dialect dialect) => dialect switch
    {
        Dialect.LmEval => new() { Dialect = dialect, Undefined = UndefinedPolicy.Strict, KeepTrailingNewline = true },
        Dialect.Chat => new() { Dialect = dialect, TrimBlocks = true, LstripBlocks = true, Sandbox = true },
        Dialect.Flan => new() { Dialect = dialect, KeepTrailingNewline = true },
        _ => new() { Dialect = dialect },
    };
}
