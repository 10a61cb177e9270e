namespace InstructKit.Sources;

/// <summary>How a <see cref="Leniency"/> is written in task files, plans and options; options have hyphens for underscores.</summary>
public static class LeniencyNames
{
    /// <summary>Key of <see cref="Leniency.InvalidUtf8"/>.</summary>
    public const string InvalidUtf8 = "invalid_utf8";

    /// <summary>Key of <see cref="Leniency.DuplicateKeys"/>.</summary>
    public const string DuplicateKeys = "duplicate_keys";

    /// <summary>Key of <see cref="Leniency.LoneSurrogates"/>.</summary>
    public const string LoneSurrogates = "lone_surrogates";

    /// <summary>The words for <see cref="Sources.BadCharacters"/>, in the order of its values.</summary>
    public static IReadOnlyList<string> ForCharacters { get; } = ["reject", "replace"];

    /// <summary>The words for <see cref="Sources.DuplicateKeys"/>, in the order of its values.</summary>
    public static IReadOnlyList<string> ForKeys { get; } = ["reject", "last"];
}
