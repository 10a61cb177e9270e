using InstructKit.Cells;

namespace InstructKit.Sources.Records;

/// <summary>Base of the readers that cut documents into pieces of JSON: the pieces are cut one after another and walked by many.</summary>
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
        _names = [.. files.Select(file => file.Name)];
    }

    /// <inheritdoc/>
    public sealed override IReadOnlyList<string> Files => _names;

    /// <inheritdoc/>
    public sealed override IReadOnlyList<string> Columns { get; }

    /// <summary>What the readers of the source share.</summary>
    protected SourceContext Context { get; }

    /// <summary>The files.</summary>
    protected IReadOnlyList<SourceFile> SourceFiles { get; }

    /// <inheritdoc/>
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

    /// <inheritdoc/>
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

    /// <summary>Opens a file.</summary>
    protected abstract void OpenFile(int file);

    /// <summary>Appends the next piece of the open file with its frame. False at the end.</summary>
    protected abstract bool AppendUnit(RowBatch batch);

    /// <summary>Closes the open file.</summary>
    protected abstract void CloseFile();

    /// <summary>Makes the walker of one chunk of a file that was opened before. Called by several threads.</summary>
    protected abstract RecordWalker CreateWalker(int file);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        CloseFile();
        Context.Opener.Dispose();
        base.Dispose(disposing);
    }
}
