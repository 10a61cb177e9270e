using System.Globalization;
using InstructKit.Cells;
using InstructKit.Sources.Files;
using InstructKit.Text;

namespace InstructKit.Sources.Records;

/// <summary>The text of a piece of a document, and where its parts stand in the file although bad bytes were replaced in it. Used again for every piece.</summary>
/// <param name="spec">The layout's words.</param>
/// <param name="isForeign">True when the text was made by us (from XML): it is nobody's raw text.</param>
internal sealed class PieceText(SourceSpec spec, bool isForeign)
{
    private readonly RepairedText _mended = new();
    private RowBatch _batch = null!; // Set by every Begin.
    private UnitFrame _frame;
    private int _file;
    private int _original;

    /// <summary>Start of the text in the batch's buffer.</summary>
    public int Start { get; private set; }

    /// <summary>Its length.</summary>
    public int Length { get; private set; }

    /// <summary>The text.</summary>
    public ReadOnlySpan<byte> Bytes => _batch.Buffer.AsSpan(Start, Length);

    /// <summary>Takes a piece. Gives the offset of its first byte that is not UTF-8, or -1 when there is none or they were replaced.</summary>
    public int Begin(RowBatch batch, int file, int start, in UnitFrame frame)
    {
        (_batch, _file, _original, Start, Length, _frame) = (batch, file, start, start, frame.Length, frame);
        _mended.Clear();
        var bad = Utf8Check.FirstBad(Bytes);
        if (bad < 0 || !spec.Leniency.ReplacesInvalidUtf8) return bad;

        Start = Utf8Check.AppendReplaced(batch, start, frame.Length, _mended);
        Length = batch.Used - Start;
        return -1;
    }

    /// <summary>True when bytes were replaced in a part.</summary>
    public bool IsRepaired(int at, int length) => _mended.IsIn(at, length);

    /// <summary>Adds a row that is a part of the piece.</summary>
    /// <param name="at">Start of the part.</param>
    /// <param name="length">Its length.</param>
    /// <param name="lineStart">Start of its line; negative when that lies in front of the piece.</param>
    public Span<Cell> AddRow(int at, int length, out int lineStart)
    {
        var before = Bytes[..at];
        lineStart = before.LastIndexOf((byte)'\n') + 1;
        lineStart = lineStart == 0 ? -_frame.Column : lineStart;
        var line = _frame.Line + before.Count((byte)'\n');
        if (isForeign) return _batch.AddRow(new RowLocation(_file, line, 0, 0));

        // Raw is what stands in the file, before anything was replaced.
        var from = _mended.Original(at);
        var offset = _frame.Offset + from - (spec.IsLatin1 ? Latin1Stream.Surplus(before) : 0);
        var row = _batch.AddRow(new RowLocation(_file, line, _original + from, _mended.Original(at + length) - from, offset, ColumnOf(at, lineStart)));
        if (IsRepaired(at, length)) _batch.AddRepair(RowRepairs.InvalidUtf8);

        return row;
    }

    /// <summary>Makes the row added last a fault.</summary>
    /// <param name="code">Its code.</param>
    /// <param name="message">What is wrong.</param>
    /// <param name="lineStart">Start of the row's line.</param>
    /// <param name="position">Where it is wrong.</param>
    public void AddFault(string code, string message, int lineStart, int position)
    {
        var from = Math.Max(lineStart, 0);
        var lines = !isForeign && position > from ? Bytes[from..position].Count((byte)'\n') : 0;
        if (isForeign || lines > 0)
        {
            _batch.AddFault(code, lines == 0 ? message : FurtherDown(message, lines, position));
            return;
        }

        _batch.AddFault(code, message, ColumnOf(position, lineStart));
    }

    private int ColumnOf(int position, int lineStart) => _mended.Original(position) - (lineStart < 0 ? lineStart : _mended.Original(lineStart));

    // A column on a later line than the row's own is told in words.
    private string FurtherDown(string message, int lines, int position)
    {
        var lineStart = Bytes[..position].LastIndexOf((byte)'\n') + 1;
        return string.Create(CultureInfo.InvariantCulture, $"{message} ({lines} lines further down, column {_mended.Original(position) - _mended.Original(lineStart) + 1})");
    }
}
