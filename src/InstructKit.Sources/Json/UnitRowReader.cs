using System.Buffers.Binary;
using InstructKit.Sources.Files;

namespace InstructKit.Sources.Json;

/// <summary>Base of the readers that cut documents into pieces of JSON: pieces are cut sequentially and walked in parallel.</summary>
internal abstract class UnitRowReader : RowReader
{
    private readonly string[] _names;
    private int _file = -1;
    private bool _isOpen;

    protected UnitRowReader(SourceContext context, IReadOnlyList<SourceFile> files, IReadOnlyList<string> columns)
    {
        Context = context;
        SourceFiles = files;
        Columns = columns;
        _names = [.. files.Select(file => file.Label)];
    }

    public sealed override IReadOnlyList<string> Files => _names;

    public sealed override IReadOnlyList<string> Columns { get; }

    /// <summary>What all readers of the source share.</summary>
    protected SourceContext Context { get; }

    protected IReadOnlyList<SourceFile> SourceFiles { get; }

    public sealed override bool ReadChunk(RowBatch batch)
    {
        batch.Reset();
        while (_isOpen || ++_file < SourceFiles.Count)
        {
            if (!_isOpen)
            {
                OpenFile(_file);
                _isOpen = true;
            }

            batch.File = _file;
            while (_isOpen && batch.Used < Context.ChunkBytes) _isOpen = AppendUnit(batch);

            if (!_isOpen) CloseFile();

            if (batch.Used > 0) return true;
        }

        return false;
    }

    public sealed override void Parse(RowBatch batch)
    {
        var walker = CreateWalker(batch.File);
        var end = batch.Used;
        for (var position = 0; position < end;)
        {
            var frame = UnitFrame.Read(batch.Buffer.AsSpan(position));
            var key = position + UnitFrame.Bytes;
            var text = key + Math.Max(frame.KeyLength, 0);
            walker.Walk(batch, batch.File, text, frame, key);
            position = text + frame.Length;
        }
    }

    protected abstract void OpenFile(int file);

    /// <summary>Appends the next piece of the open file with its frame. False at the end.</summary>
    protected abstract bool AppendUnit(RowBatch batch);

    /// <summary>Closes the open file.</summary>
    protected abstract void CloseFile();

    /// <summary>Creates the walker for one chunk of a file that was opened before. Called by several threads.</summary>
    protected abstract RecordWalker CreateWalker(int file);

    protected override void Dispose(bool disposing)
    {
        CloseFile();
        Context.Opener.Dispose();
        base.Dispose(disposing);
    }
}

/// <summary>How a reader hands a piece of a document over to the parser: the JSON text of the piece with what the parser cannot see in it. Frames follow
/// one another in the batch's buffer.</summary>
/// <param name="StepsDone">How many steps of the path lead to the piece.</param>
/// <param name="Line">One-based line on which the piece begins.</param>
/// <param name="Column">Zero-based byte on that line at which it begins.</param>
/// <param name="Index">Zero-based index of the piece on its level, or -1 when it is not an element of a level.</param>
/// <param name="KeyLength">Length of the piece's key, plain UTF-8, before its text; -1 when it has none.</param>
/// <param name="Offset">Zero-based byte at which the text begins in the file; -1 when the text is not from the file.</param>
internal readonly record struct UnitFrame(int StepsDone, long Line, int Column, int Index, int KeyLength, int Length, long Offset)
{
    /// <summary>Size of a frame before key and text, in bytes.</summary>
    public const int Bytes = 36;

    /// <summary>Writes the frame where <see cref="Read"/> expects it.</summary>
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

    public static UnitFrame Read(ReadOnlySpan<byte> source) => new(
        BinaryPrimitives.ReadInt32LittleEndian(source), BinaryPrimitives.ReadInt64LittleEndian(source[4..]),
        BinaryPrimitives.ReadInt32LittleEndian(source[12..]), BinaryPrimitives.ReadInt32LittleEndian(source[16..]),
        BinaryPrimitives.ReadInt32LittleEndian(source[20..]), BinaryPrimitives.ReadInt32LittleEndian(source[24..]),
        BinaryPrimitives.ReadInt64LittleEndian(source[28..]));

    /// <summary>Reserves room for a frame and its key, and returns the frame's offset; the text is appended next, then the frame is written.</summary>
    public static int Begin(RowBatch batch, ReadOnlySpan<byte> key)
    {
        var at = batch.Used;
        batch.Reserve(Bytes);
        batch.Append(Bytes);
        batch.Append(key);
        return at;
    }
}

/// <summary>The text of a piece of a document, and the positions of its parts in the file even where bad bytes were replaced. Reused for every piece.</summary>
/// <param name="spec">The layout's settings.</param>
/// <param name="isForeign">True when the text was generated (from XML), so it is not raw text of the file.</param>
internal sealed class PieceText(SourceSpec spec, bool isForeign)
{
    private readonly RepairedText _repaired = new();
    private RowBatch _batch = null!; // Set by every Begin.
    private UnitFrame _frame;
    private int _file;
    private int _original;

    /// <summary>Start of the text in the batch's buffer.</summary>
    public int Start { get; private set; }

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Bytes => _batch.Buffer.AsSpan(Start, Length);

    /// <summary>Starts a piece. Returns the offset of its first byte that is not UTF-8, or -1 when there is none or they were replaced.</summary>
    public int Begin(RowBatch batch, int file, int start, in UnitFrame frame)
    {
        (_batch, _file, _original, Start, Length, _frame) = (batch, file, start, start, frame.Length, frame);
        _repaired.Clear();
        var bad = Utf8Check.FirstBad(Bytes);
        if (bad < 0 || !spec.Repairs.Repairs(InputRepairs.InvalidUtf8)) return bad;

        Start = Utf8Check.AppendReplaced(batch, start, frame.Length, _repaired);
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
        lineStart = lineStart == 0 ? -_frame.Column : lineStart;
        var line = _frame.Line + before.Count((byte)'\n');
        if (isForeign) return _batch.AddRow(new RowLocation(_file, line, 0, 0));

        // Raw text is that of the file, before replacements.
        var from = _repaired.Original(at);
        var offset = _frame.Offset + from - (spec.IsSingleByte ? SingleByteStream.Surplus(before) : 0);
        var row = _batch.AddRow(new RowLocation(_file, line, _original + from, _repaired.Original(at + length) - from, offset, ColumnOf(at, lineStart)));
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
