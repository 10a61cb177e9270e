namespace InstructKit.Templating;

/// <summary>Upper bounds of one render. They count work, not seconds, so that the same row fails on every machine.</summary>
public sealed record RenderLimits
{
    /// <summary>Nesting of lists and mappings that can be printed or written as JSON; the same for all renders.</summary>
    public const int PrintDepth = 200;

    /// <summary>Values in the JSON cells of one row that are looked at: in memory, a list of millions takes twenty times the bytes that it is written in.</summary>
    public const int CellValues = 1 << 21;

    /// <summary>The limits in force unless others are given.</summary>
    public static RenderLimits Default { get; } = new();

    /// <summary>Steps: loop turns, calls, items handled by filters, and every 64 built bytes.</summary>
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
