namespace InstructKit.Templating;

/// <summary>One value of a row: a kind and a slice of the buffer that the row's batch owns. No string is made.</summary>
/// <param name="Kind">How to read the bytes.</param>
/// <param name="Offset">Start of the slice in the batch's buffer, in bytes.</param>
/// <param name="Length">Length of the slice, in bytes.</param>
public readonly record struct Cell(CellKind Kind, int Offset, int Length)
{
    /// <summary>A cell that is not there.</summary>
    public static Cell Missing => default;

    /// <summary>True for either form of text.</summary>
    public bool IsText => Kind is CellKind.Text or CellKind.EscapedText;
}
