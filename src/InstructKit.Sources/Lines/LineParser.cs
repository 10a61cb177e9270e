using InstructKit.Cells;
using InstructKit.Text;

namespace InstructKit.Sources.Lines;

/// <summary>Turns the lines of one chunk into rows; made anew for every chunk.</summary>
internal abstract class LineParser
{
    /// <summary>Takes the next line.</summary>
    public abstract void Line(RowBatch batch, in TextLine line);

    /// <summary>Called behind the last line of the chunk.</summary>
    public virtual void End(RowBatch batch)
    {
    }

    /// <summary>Makes the row added last a fault when the line has a byte that is not UTF-8; notes when such bytes were replaced.</summary>
    protected static bool RejectBadBytes(RowBatch batch, in TextLine line)
    {
        if (line.BadByte < 0)
        {
            if (line.IsRepaired) batch.AddRepair(RowRepairs.InvalidUtf8);

            return false;
        }

        batch.AddFault(SourceCodes.InvalidEncoding, Utf8Check.Message(batch.Buffer[line.Start + line.BadByte]), line.BadByte);
        return true;
    }
}
