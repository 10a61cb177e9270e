namespace InstructKit.Yaml;

/// <summary>A YAML sequence.</summary>
/// <param name="Items">The items in order.</param>
/// <param name="Span">Place in the file.</param>
public sealed record YamlList(IReadOnlyList<YamlNode> Items, SourceSpan Span) : YamlNode(Span)
{
    /// <inheritdoc/>
    public override string Noun => "a list";
}
