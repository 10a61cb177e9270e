namespace InstructKit.Diagnostics;

/// <summary>A finding with a stable code and a place. Codes are listed in the README; wording may change, codes do not.</summary>
/// <param name="Code">Stable code such as <c>IK1001</c>.</param>
/// <param name="Severity">How much it matters.</param>
/// <param name="Message">One sentence: what is wrong and what was expected.</param>
/// <param name="Span">Where, when the place is in a text that we hold.</param>
public sealed record Diagnostic(string Code, Severity Severity, string Message, SourceSpan? Span = null)
{
    /// <summary>What to do, as one line; usually the nearest valid name.</summary>
    public string? Hint { get; init; }

    /// <summary><c>file:line:column: severity CODE: message</c>, with the hint behind it; one line.</summary>
    public override string ToString()
    {
        var place = Span is { } span ? $"{span.Source.Name}:{span.Start}: " : string.Empty;
        var word = Severity switch { Severity.Error => "error", Severity.Warning => "warning", _ => "info" };
        // Messages of readers and parsers come without a full stop: they also stand in the middle of other sentences.
        var stop = Message is [.., '.' or '!' or '?' or '…'] ? string.Empty : ".";
        return $"{place}{word} {Code}: {Message}{stop}{(Hint is null ? string.Empty : $" {Hint}")}";
    }
}
