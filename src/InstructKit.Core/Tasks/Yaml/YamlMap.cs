using InstructKit.Diagnostics;

namespace InstructKit.Tasks.Yaml;

/// <summary>A YAML mapping; keys are unique texts, in file order.</summary>
/// <param name="Entries">The entries in file order.</param>
/// <param name="Span">Place in the file.</param>
public sealed record YamlMap(IReadOnlyList<YamlEntry> Entries, SourceSpan Span) : YamlNode(Span)
{
    /// <inheritdoc/>
    public override string Noun => "a mapping";

    /// <summary>The value under a key, or null.</summary>
    public YamlNode? Find(string key) => Entries.FirstOrDefault(entry => string.Equals(entry.Key.Text, key, StringComparison.Ordinal))?.Value;

    /// <summary>This mapping with the keys of <paramref name="other"/> laid over it; values are replaced whole.</summary>
    public YamlMap Overlay(YamlMap other) => new(
        [.. Entries.Where(entry => other.Find(entry.Key.Text) is null), .. other.Entries],
        other.Span);
}
