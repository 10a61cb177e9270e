using InstructKit.Sources.Files;

namespace InstructKit.Sources.Json;

/// <summary>Base of the readers that cut documents into pieces of JSON: pieces are cut sequentially and walked in parallel.</summary>
internal abstract class UnitRowReader(SourceInput input) : FileRowReader(input)
{
    private int _file = -1;
    private bool _isOpen;

    public sealed override bool ReadChunk(RowBatch batch)
    {
        batch.Reset();
        var pieces = batch.Pieces<JsonPiece>();
        while (_isOpen || ++_file < Input.Files.Count)
        {
            if (!_isOpen)
            {
                OpenFile(_file);
                _isOpen = true;
            }

            batch.File = _file;
            while (_isOpen && batch.Used + (pieces.Count * JsonPiece.Bytes) < Input.ChunkBytes) _isOpen = AppendPiece(batch, pieces);

            if (!_isOpen) CloseFile();

            if (pieces.Count > 0) return true;
        }

        return false;
    }

    public sealed override void Parse(RowBatch batch)
    {
        var walker = CreateWalker(batch.File);
        foreach (var piece in batch.Pieces<JsonPiece>()) walker.Walk(batch, batch.File, piece);
    }

    protected abstract void OpenFile(int file);

    /// <summary>Appends the text of the next piece of the open file to the batch, and its data to the list. False at the end.</summary>
    protected abstract bool AppendPiece(RowBatch batch, List<JsonPiece> pieces);

    /// <summary>Closes the open file.</summary>
    protected abstract void CloseFile();

    /// <summary>Creates the walker for one chunk of a file that was opened before. Called by several threads.</summary>
    protected abstract RecordWalker CreateWalker(int file);

    protected override void Dispose(bool disposing)
    {
        CloseFile();
        base.Dispose(disposing);
    }
}

/// <summary>A piece of a document: a JSON text in the batch's buffer, with the data that it does not contain itself.</summary>
/// <param name="Start">Start of the text in the buffer.</param>
/// <param name="Length">Length of the text.</param>
/// <param name="Line">One-based line on which the piece begins.</param>
/// <param name="Offset">Zero-based byte at which the text begins in the file; -1 when the text is not from the file.</param>
/// <param name="Column">Zero-based byte on its line at which the piece begins.</param>
/// <param name="StepsDone">How many steps of the path lead to the piece.</param>
/// <param name="Index">Zero-based index of the piece on its level, or -1 when it is not an element of a level.</param>
/// <param name="KeyStart">Start of the piece's key in the buffer, plain UTF-8.</param>
/// <param name="KeyLength">Length of the key; -1 if there is none.</param>
internal readonly record struct JsonPiece(int Start, int Length, long Line, long Offset, int Column = 0, int StepsDone = 0, int Index = -1, int KeyStart = 0, int KeyLength = -1)
{
    /// <summary>Approximate overhead of a piece in addition to its text, in bytes.</summary>
    public const int Bytes = 48;
}

/// <summary>The text of a piece of a document, and the positions of its parts in the file even where bad bytes were replaced. Reused for every piece.</summary>
/// <param name="spec">The layout's settings.</param>
/// <param name="isForeign">True when the text was generated (from XML), so it is not raw text of the file.</param>
internal sealed class PieceText(SourceSpec spec, bool isForeign)
{
    private readonly RepairedText _repaired = new();
    private RowBatch _batch = null!; // Set by every Begin.
    private JsonPiece _piece;
    private int _file;

    /// <summary>Start of the text in the batch's buffer.</summary>
    public int Start { get; private set; }

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Bytes => _batch.Buffer.AsSpan(Start, Length);

    /// <summary>Starts a piece. Returns the offset of its first byte that is not UTF-8, or -1 when there is none or they were replaced.</summary>
    public int Begin(RowBatch batch, int file, in JsonPiece piece)
    {
        (_batch, _file, _piece, Start, Length) = (batch, file, piece, piece.Start, piece.Length);
        _repaired.Clear();
        var bad = Utf8Check.FirstBad(Bytes);
        if (bad < 0 || !spec.Repairs.Repairs(InputRepairs.InvalidUtf8)) return bad;

        Start = Utf8Check.AppendReplaced(batch, piece.Start, piece.Length, _repaired);
        Length = batch.Used - Start;
        return -1;
    }

    /// <summary>True when bytes were replaced in a part.</summary>
    public bool IsRepaired(int at, int length) => _repaired.IsIn(at, length);

    /// <summary>Adds a row that is a part of the piece.</summary>
    /// <param name="at">Start of the part.</param>
    /// <param name="lineStart">Start of its line; negative when that is before the piece.</param>
    public Span<Cell> AddRow(int at, int length, out int lineStart)
    {
        var before = Bytes[..at];
        lineStart = before.LastIndexOf((byte)'\n') + 1;
        lineStart = lineStart == 0 ? -_piece.Column : lineStart;
        var line = _piece.Line + before.Count((byte)'\n');
        if (isForeign) return _batch.AddRow(new RowLocation(_file, line, 0, 0));

        // Raw text is that of the file, before replacements.
        var from = _repaired.Original(at);
        var offset = _piece.Offset + from - spec.Surplus(before);
        var row = _batch.AddRow(new RowLocation(_file, line, _piece.Start + from, _repaired.Original(at + length) - from, offset, ColumnOf(at, lineStart)));
        if (IsRepaired(at, length)) _batch.AddRepair(InputRepairs.InvalidUtf8);

        return row;
    }

    /// <summary>Marks the row added last as a fault.</summary>
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

    private int ColumnOf(int position, int lineStart) => _repaired.Original(position) - (lineStart < 0 ? lineStart : _repaired.Original(lineStart));

    // A column on a later line than the row's own is described in words.
    private string FurtherDown(string message, int lines, int position)
    {
        var lineStart = Bytes[..position].LastIndexOf((byte)'\n') + 1;
        return string.Create(CultureInfo.InvariantCulture, $"{message} ({lines} lines further down, column {_repaired.Original(position) - _repaired.Original(lineStart) + 1})");
    }
}
