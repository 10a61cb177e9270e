namespace InstructKit.Yaml;

/// <summary>A node of a YAML file that knows its position.</summary>
/// <param name="Span">The node's place in its file.</param>
public abstract record YamlNode(SourceSpan Span)
{
    /// <summary>What the node is, in the words of a message: <c>a text</c>, <c>a mapping</c>, <c>a list</c>.</summary>
    public abstract string Noun { get; }

    /// <summary>The tag as written, such as <c>!function</c>; null when there is none. Task files have none; files of other tools do.</summary>
    public string? Tag { get; init; }
}

/// <summary>A scalar: its decoded text, and a <see cref="SourceText"/> of it whose positions are those of the file.</summary>
/// <param name="Text">The decoded text.</param>
/// <param name="Form">How it is written.</param>
/// <param name="Span">Place in the file.</param>
public sealed record YamlScalar(string Text, ScalarForm Form, SourceSpan Span) : YamlNode(Span)
{
    private SourceText? _embedded;

    /// <summary>True when written without quotes or block indicator, so that <c>null</c>, <c>true</c> and numbers mean what they say.</summary>
    public bool Plain => Form == ScalarForm.Plain;

    /// <summary>The decoded text as a source of its own; made when it is asked for.</summary>
    public SourceText Embedded => _embedded ??= ScalarPositions.Embed(Span.Source, Span, Text, Form);

    /// <inheritdoc/>
    public override string Noun => IsNull ? "null" : "a text";

    /// <summary>True for an empty plain scalar, <c>null</c> and <c>~</c>.</summary>
    public bool IsNull => Plain && Text is "" or "null" or "~" or "Null" or "NULL";
}

/// <summary>How a scalar is written.</summary>
public enum ScalarForm
{
    /// <summary>Without quotes or indicator.</summary>
    Plain,

    /// <summary>Between single quotes.</summary>
    SingleQuoted,

    /// <summary>Between double quotes.</summary>
    DoubleQuoted,

    /// <summary>A literal block, <c>|</c>.</summary>
    Literal,

    /// <summary>A folded block, <c>&gt;</c>.</summary>
    Folded,
}

/// <summary>A YAML sequence.</summary>
/// <param name="Items">The items in order.</param>
/// <param name="Span">Place in the file.</param>
public sealed record YamlList(IReadOnlyList<YamlNode> Items, SourceSpan Span) : YamlNode(Span)
{
    /// <inheritdoc/>
    public override string Noun => "a list";
}

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

    /// <summary>The text under a key; null where there is nothing, null, a list or a mapping.</summary>
    internal YamlScalar? FindText(string key) => Find(key) is YamlScalar { IsNull: false } text ? text : null;

    /// <summary>This mapping with the keys of <paramref name="other"/> laid over it; values are replaced whole.</summary>
    public YamlMap Overlay(YamlMap other) => new([.. Entries.Where(entry => other.Find(entry.Key.Text) is null), .. other.Entries], other.Span);
}

/// <summary>A key of a mapping with its value.</summary>
/// <param name="Key">The key.</param>
/// <param name="Value">The value.</param>
public sealed record YamlEntry(YamlScalar Key, YamlNode Value);
