using System.Diagnostics.CodeAnalysis;

namespace InstructKit.Tasks;

/// <summary>
/// A name or path as somebody wrote it. In a plan file it keeps its place, so that what is found out later can still point at it; names from a command
/// line or a program have none.
/// </summary>
/// <param name="Text">The name.</param>
/// <param name="Span">Where it stands in its file, or null.</param>
public sealed record LocatedName(string Text, SourceSpan? Span = null)
{
    /// <summary>A name without a place.</summary>
    [return: NotNullIfNotNull(nameof(text))]
    public static implicit operator LocatedName?(string? text) => FromString(text);

    /// <summary>A name without a place; null for null.</summary>
    [return: NotNullIfNotNull(nameof(text))]
    public static LocatedName? FromString(string? text) => text is null ? null : new LocatedName(text);

    /// <summary>The name.</summary>
    public override string ToString() => Text;
}
