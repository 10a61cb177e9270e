namespace InstructKit.Templating.Syntax;

/// <summary>A slice of the source: where a piece of syntax stands.</summary>
/// <param name="Offset">Start, in UTF-16 units.</param>
/// <param name="Length">Length, in UTF-16 units.</param>
internal readonly record struct Place(int Offset, int Length)
{
    public int End => Offset + Length;

    /// <summary>Both numbers in one, as the renderer keeps them.</summary>
    public long Packed => ((long)Offset << 32) | (uint)Length;

    public Place To(Place last) => new(Offset, Math.Max(0, last.End - Offset));
}
