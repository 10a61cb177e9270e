using InstructKit.Cells;

namespace InstructKit.Sources.Lines;

/// <summary>A line of a chunk, without its end.</summary>
/// <param name="Start">Start of the text in the batch's buffer; elsewhere than the raw text when bad bytes were replaced.</param>
/// <param name="Length">Length in bytes.</param>
/// <param name="Place">Where the line stands, with its raw text.</param>
/// <param name="BadByte">Offset in the line of the first byte that is not UTF-8, or -1.</param>
internal readonly record struct TextLine(int Start, int Length, RowLocation Place, int BadByte)
{
    /// <summary>True when bad bytes were replaced.</summary>
    public bool IsRepaired => Start != Place.RawOffset;
}
