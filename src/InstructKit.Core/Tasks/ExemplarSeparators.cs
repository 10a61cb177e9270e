namespace InstructKit.Tasks;

/// <summary>
/// What stands between the parts of a prompt with exemplars. Each exemplar is prefix, input, <paramref name="Between"/>, prefix, target, separator; the
/// query is the same up to its target's prefix, the whole is trimmed, and a suffix follows.
/// </summary>
/// <param name="InputPrefix">Before every input.</param>
/// <param name="Between">Between an input and the prefix of its target.</param>
/// <param name="TargetPrefix">Before every target.</param>
/// <param name="Separator">Behind every exemplar.</param>
/// <param name="Suffix">Behind the query.</param>
public sealed record ExemplarSeparators(string InputPrefix, string Between, string TargetPrefix, string Separator, string Suffix)
{
    /// <summary>FLAN's released code: speakers 0 and 1, the separator X, and a constant marker at the end; without exemplars it wraps the query in the same way.</summary>
    public static ExemplarSeparators Flan { get; } = new("0 ", " X ", "1 ", " X ", " FLAN");

    /// <summary>A line end between input and target, a blank line behind each exemplar.</summary>
    public static ExemplarSeparators Plain { get; } = new(string.Empty, "\n", string.Empty, "\n\n", string.Empty);

    /// <summary>True when a query without exemplars is wrapped, too.</summary>
    public bool WrapsAlways => ReferenceEquals(this, Flan);
}
