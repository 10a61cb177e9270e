namespace InstructKit.Yaml;

/// <summary>A node of a YAML file that knows its position.</summary>
/// <param name="Span">The node's position in its file.</param>
public abstract record YamlNode(SourceSpan Span)
{
    /// <summary>The node's kind, for messages: <c>a text</c>, <c>a mapping</c>, <c>a list</c>.</summary>
    public abstract string Noun { get; }

    /// <summary>The tag as written, such as <c>!function</c>; null if there is none. Task files have none; files of other tools do.</summary>
    public string? Tag { get; init; }
}

/// <summary>A scalar: its decoded text, and a <see cref="SourceText"/> of it whose positions are those of the file.</summary>
/// <param name="Text">The decoded text.</param>
/// <param name="Form">How it is written.</param>
/// <param name="Span">Position in the file.</param>
public sealed record YamlScalar(string Text, ScalarForm Form, SourceSpan Span) : YamlNode(Span)
{
    private SourceText? _embedded;

    /// <summary>True when written without quotes or block indicator, so <c>null</c>, <c>true</c> and numbers have their YAML meaning.</summary>
    public bool Plain => Form == ScalarForm.Plain;

    /// <summary>The decoded text as a separate source; created on demand.</summary>
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
/// <param name="Span">Position in the file.</param>
public sealed record YamlList(IReadOnlyList<YamlNode> Items, SourceSpan Span) : YamlNode(Span)
{
    /// <inheritdoc/>
    public override string Noun => "a list";
}

/// <summary>A YAML mapping; keys are unique texts, in file order.</summary>
/// <param name="Entries">The entries in file order.</param>
/// <param name="Span">Position in the file.</param>
public sealed record YamlMap(IReadOnlyList<YamlEntry> Entries, SourceSpan Span) : YamlNode(Span)
{
    /// <inheritdoc/>
    public override string Noun => "a mapping";

    /// <summary>True for a mapping from an index: its file was validated when the index was built, so slow checks can be skipped.</summary>
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

    /// <summary>The text under a key; null if missing, null, a list or a mapping.</summary>
    internal YamlScalar? FindText(string key) => Find(key) is YamlScalar { IsNull: false } text ? text : null;

    /// <summary>This mapping overridden by the keys of <paramref name="other"/>; values are replaced whole.</summary>
    public YamlMap Overlay(YamlMap other) => new([.. Entries.Where(entry => other.Find(entry.Key.Text) is null), .. other.Entries], other.Span);
}

/// <summary>A key of a mapping with its value.</summary>
/// <param name="Key">The key.</param>
/// <param name="Value">The value.</param>
public sealed record YamlEntry(YamlScalar Key, YamlNode Value);
