namespace InstructKit.Sources.Markup;

/// <summary>Says on the way out of an element that it is too deep or too large; the reader turns it into a diagnostic.</summary>
internal sealed class XmlElementLimitException(bool isDepth) : Exception
{
    /// <summary>True for the depth, false for the size.</summary>
    public bool IsDepth { get; } = isDepth;
}
