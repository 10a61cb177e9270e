namespace InstructKit.Yaml;

/// <summary>A YAML mapping; keys are unique texts, in file order.</summary>
/// <param name="Entries">The entries in file order.</param>
/// <param name="Span">Place in the file.</param>
public sealed record YamlMap(IReadOnlyList<YamlEntry> Entries, SourceSpan Span) : YamlNode(Span)
{
    /// <inheritdoc/>
    public override string Noun => "a mapping";

    /// <summary>True for a mapping out of an index: its file was found right when the index was made, so what is slow to check needs no second look.</summary>
    public bool IsIndexed { get; init; }

    /// <summary>The value under a key, or null.</summary>
    public YamlNode? Find(string key)
    {
        for (var i = 0; i < Entries.Count; i++)
        {
            if (string.Equals(Entries[i].Key.Text, key, StringComparison.Ordinal)) return Entries[i].Value;
        }

        return null;
    }

    /// <summary>This mapping with the keys of <paramref name="other"/> laid over it; values are replaced whole.</summary>
    public YamlMap Overlay(YamlMap other) => new(
        [.. Entries.Where(entry => other.Find(entry.Key.Text) is null), .. other.Entries],
        other.Span);
}
