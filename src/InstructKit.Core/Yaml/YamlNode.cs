namespace InstructKit.Yaml;

/// <summary>A node of a YAML file that knows where it stands.</summary>
/// <param name="Span">The node's place in its file.</param>
public abstract record YamlNode(SourceSpan Span)
{
    /// <summary>What the node is, in the words of a message: <c>a text</c>, <c>a mapping</c>, <c>a list</c>.</summary>
    public abstract string Noun { get; }

    /// <summary>The tag as written, such as <c>!function</c>; null when there is none. Task files have none; files of other tools do.</summary>
    public string? Tag { get; init; }
}
