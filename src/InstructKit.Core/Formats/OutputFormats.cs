namespace InstructKit.Formats;

/// <summary>The shape of an example in the output: which columns it has and what they hold. How rows are stored is a container.</summary>
/// <param name="Name">The name that plans and <c>--format</c> use.</param>
/// <param name="Description">One sentence for the documentation.</param>
public sealed record OutputFormat(string Name, string Description);

/// <summary>The table of output formats.</summary>
public static class OutputFormats
{
    /// <summary>Input and target as two texts.</summary>
    public static OutputFormat Pair { get; } = new("pair", "input and target as two texts, with the columns that say where the example comes from");

    /// <summary>All formats, the default first.</summary>
    public static IReadOnlyList<OutputFormat> All { get; } = [Pair];
}
