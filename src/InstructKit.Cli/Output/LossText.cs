namespace InstructKit.Cli.Output;

/// <summary>Says what a format does not hold of some examples, and what keeps it.</summary>
internal static class LossText
{
    private static readonly Dictionary<string, string> Texts = new(StringComparer.Ordinal)
    {
        ["line_breaks"] = "a space was written for each tab and line end (--line-breaks escape keeps them)",
    };

    /// <summary>One line.</summary>
    /// <param name="key">Format and name of the loss, as in <c>t5-tsv: line_breaks</c>.</param>
    /// <param name="examples">How many examples lose it.</param>
    public static string Of(string key, long examples)
    {
        var name = key[(key.IndexOf(' ', StringComparison.Ordinal) + 1)..];
        return $"{key[..^name.Length]}{Wording.Count(examples, "example")}: {Texts.GetValueOrDefault(name, name)}.";
    }
}
