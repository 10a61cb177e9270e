namespace InstructKit.Templating;

/// <summary>How a promptsource template is applied.</summary>
public sealed record PromptsourceOptions
{
    /// <summary>
    /// As promptsource itself: a separator in nested data, or the guarding token in any data, divides too. Off: only separators written in the
    /// template divide.
    /// </summary>
    public bool SplitAtData { get; init; }

    /// <summary>As promptsource by default: every printed expression is cut at a word to 2,048 code points, marked with <c>...</c>.</summary>
    public bool Truncate { get; init; }
}
