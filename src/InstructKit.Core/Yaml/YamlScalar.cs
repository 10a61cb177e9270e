namespace InstructKit.Yaml;

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
