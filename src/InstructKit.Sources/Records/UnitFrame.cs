using System.Buffers.Binary;
using InstructKit.Cells;

namespace InstructKit.Sources.Records;

/// <summary>
/// How a reader hands a piece of a document over to the parser: the JSON text of the piece with what the parser cannot see in it. Frames lie
/// one behind another in the batch's buffer.
/// </summary>
/// <param name="StepsDone">How many steps of the path lead to the piece.</param>
/// <param name="Line">One-based line on which the piece begins.</param>
/// <param name="Column">Zero-based byte on that line at which it begins.</param>
/// <param name="Index">Zero-based index of the piece on its level, or -1 when it is no level's element.</param>
/// <param name="KeyLength">Length of the piece's key, plain UTF-8, in front of its text; -1 when it has none.</param>
/// <param name="Length">Length of the text.</param>
/// <param name="Offset">Zero-based byte at which the text begins in the file; -1 when it is not the file's own.</param>
internal readonly record struct UnitFrame(int StepsDone, long Line, int Column, int Index, int KeyLength, int Length, long Offset)
{
    /// <summary>Bytes that a frame takes in front of key and text.</summary>
    public const int Bytes = 36;

    /// <summary>Writes the frame to where <see cref="Read"/> will look for it.</summary>
    public void Write(Span<byte> target)
    {
        BinaryPrimitives.WriteInt32LittleEndian(target, StepsDone);
        BinaryPrimitives.WriteInt64LittleEndian(target[4..], Line);
        BinaryPrimitives.WriteInt32LittleEndian(target[12..], Column);
        BinaryPrimitives.WriteInt32LittleEndian(target[16..], Index);
        BinaryPrimitives.WriteInt32LittleEndian(target[20..], KeyLength);
        BinaryPrimitives.WriteInt32LittleEndian(target[24..], Length);
        BinaryPrimitives.WriteInt64LittleEndian(target[28..], Offset);
    }

    /// <summary>Reads a frame.</summary>
    public static UnitFrame Read(ReadOnlySpan<byte> source) => new(
        BinaryPrimitives.ReadInt32LittleEndian(source),
        BinaryPrimitives.ReadInt64LittleEndian(source[4..]),
        BinaryPrimitives.ReadInt32LittleEndian(source[12..]),
        BinaryPrimitives.ReadInt32LittleEndian(source[16..]),
        BinaryPrimitives.ReadInt32LittleEndian(source[20..]),
        BinaryPrimitives.ReadInt32LittleEndian(source[24..]),
        BinaryPrimitives.ReadInt64LittleEndian(source[28..]));

    /// <summary>Makes room for a frame and its key, and returns where the frame lies; the text is appended next, then the frame is written.</summary>
    public static int Begin(RowBatch batch, ReadOnlySpan<byte> key)
    {
        var at = batch.Used;
        batch.Reserve(Bytes);
        batch.Append(Bytes);
        batch.Append(key);
        return at;
    }
}
