namespace InstructKit.Templating.Settings;

/// <summary>How templates are parsed and rendered. Immutable; one instance serves any number of templates.</summary>
public sealed record TemplateOptions
{
    /// <summary>The family of templates.</summary>
    public Dialect Dialect { get; init; }

    /// <summary>Drops one newline right after a block tag or a comment.</summary>
    public bool TrimBlocks { get; init; }

    /// <summary>Drops blanks before a block tag or a comment that begins its line.</summary>
    public bool LstripBlocks { get; init; }

    /// <summary>Keeps the newline that ends the template.</summary>
    public bool KeepTrailingNewline { get; init; }

    /// <summary>Which operations missing values allow.</summary>
    public UndefinedPolicy Undefined { get; init; }

    /// <summary>Immutable sandbox: lists and mappings cannot be changed, and ranges are at most 100,000 long.</summary>
    public bool Sandbox { get; init; }

    /// <summary>Lets templates change the lists and mappings of the row, as Jinja2's plain environment does. Otherwise changing one is an error; those that a
    /// template creates itself may be changed in either case.</summary>
    public bool MutableRows { get; init; }

    /// <summary>Escapes HTML in printed values. Off in every dialect; available for Jinja's own semantics.</summary>
    public bool Autoescape { get; init; }

    /// <summary>Treats a computed negative index into the options (<c>options</c>, <c>answer_choices</c>, or a list literal) as a missing label
    /// (IK1212), as datasets mean it, where Jinja2 counts from the end.</summary>
    internal bool LabelsAreNotNegative { get; init; }

    /// <summary>Names of the row's columns: slot i is cell i of the row. A name found here is read from its slot.</summary>
    public IReadOnlyList<string> Slots { get; init; } = [];

    /// <summary>Bounds of parsing and rendering.</summary>
    public RenderLimits Limits { get; init; } = RenderLimits.Default;
}

/// <summary>Which family of templates a text belongs to; determines settings and known names.</summary>
public enum Dialect
{
    /// <summary>Plain Jinja2 with its default settings.</summary>
    Jinja,

    /// <summary>promptsource: plain Jinja2; used through <see cref="PromptsourceTemplate"/>.</summary>
    Promptsource,

    /// <summary>lm-evaluation-harness: strict undefined, the trailing newline is kept.</summary>
    LmEval,

    /// <summary>Hugging Face chat templates: sandbox, trimmed blocks, <c>raise_exception</c>, <c>strftime_now</c>, the generation tag.</summary>
    Chat,

    /// <summary>FLAN: <c>{field}</c> is a variable, everything else is literal.</summary>
    Flan,
}

/// <summary>Which operations a missing value allows.</summary>
public enum UndefinedPolicy
{
    /// <summary>Prints nothing, is false and empty; anything else fails.</summary>
    Lenient,

    /// <summary>Printing, testing, comparing and iterating fail too; <c>is defined</c> and <c>default</c> still work.</summary>
    Strict,

    /// <summary>Like lenient, and members of an undefined are also undefined.</summary>
    Chainable,
}

/// <summary>Upper bounds of one render. They count work, not time, so the same row fails on every machine.</summary>
public sealed record RenderLimits
{
    /// <summary>Nesting of lists and mappings that can be printed or written as JSON; the same for all renders.</summary>
    public const int PrintDepth = 200;

    /// <summary>Values read from the JSON cells of one row: in memory, a list of millions takes twenty times its size as text.</summary>
    public const int CellValues = 1 << 21;

    /// <summary>The default limits.</summary>
    public static RenderLimits Default { get; } = new();

    /// <summary>Steps: loop iterations, calls, items handled by filters, and every 64 built bytes.</summary>
    public int Steps { get; init; } = 1_000_000;

    /// <summary>Bytes of intermediate values built during one render.</summary>
    public int BuiltBytes { get; init; } = 16 << 20;

    /// <summary>Bytes that one render may append to its output.</summary>
    public int OutputBytes { get; init; } = 4 << 20;

    /// <summary>Nesting of expressions and blocks in a template's source.</summary>
    public int ParseDepth { get; init; } = 200;

    /// <summary>Nesting of macro calls and recursive loops.</summary>
    public int CallDepth { get; init; } = 100;

    /// <summary>Size of a template's source, in UTF-16 units.</summary>
    public int TemplateSize { get; init; } = 1 << 20;
}
