namespace InstructKit.Cells;

/// <summary>One value of a row: a kind and a slice of the buffer that the row's batch owns. No string is made.</summary>
/// <param name="Kind">How to read the bytes.</param>
/// <param name="Offset">Start of the slice in the batch's buffer, in bytes.</param>
/// <param name="Length">Length of the slice, in bytes.</param>
/// <param name="IsVerbatim">True for text that is known to have nothing in it that JSON escapes: it may be copied into a JSON string as it is.</param>
public readonly record struct Cell(CellKind Kind, int Offset, int Length, bool IsVerbatim = false)
{
    /// <summary>A cell that is not there.</summary>
    public static Cell Missing => default;

    /// <summary>True for either form of text.</summary>
    public bool IsText => Kind is CellKind.Text or CellKind.EscapedText;
}
