using System.Buffers.Binary;
using InstructKit.Sources.Json;

namespace InstructKit.Sources.Columnar;

/// <summary>Reads records nested in lists of Parquet rows (<see cref="SourceSpec.Records"/>), such as the questions of a dialogue: every row becomes the
/// JSON object that an export would have on its line, and is walked like one. Rows are assembled while the reader is held, and walked in parallel.</summary>
internal sealed class ParquetRecords(SourceSpec spec, IReadOnlyList<SourceFile> files, IReadOnlyList<string> columns) : RowReader
{
    // Prefix of each row: the length of its JSON, negative for a fault's message, and what was repaired in it.
    private const int Head = 8;

    private readonly RecordPath _path = RecordPath.Parse(spec.Records!); // not null: this reader is only used with records
    private readonly ParquetSource _rows = new(spec, files, [SourceInput.WholeRecord]);
    private readonly RowBatch _whole = new(1);

    public override IReadOnlyList<string> Files => _rows.Files;

    public override IReadOnlyList<string> Columns => columns;

    public override bool ReadChunk(RowBatch batch)
    {
        batch.Reset();
        if (!_rows.ReadChunk(_whole)) return false;

        var (first, error, repair) = (_whole.Place(0), 0, 0);
        (batch.File, batch.FirstLine) = (first.File, first.Line);
        for (var row = 0; row < _whole.Count; row++)
        {
            var repaired = repair < _whole.Repairs.Count && _whole.Repairs[repair].Row == row ? _whole.Repairs[repair++].What : InputRepairs.None;
            var fault = _whole.ErrorOf(row, ref error);
            var text = fault is { } bad ? System.Text.Encoding.UTF8.GetBytes($"{bad.Code} {bad.Message}") : _whole.Bytes(_whole.Row(row)[0]);
            var head = batch.Reserve(Head);
            BinaryPrimitives.WriteInt32LittleEndian(head, fault is null ? text.Length : -text.Length);
            BinaryPrimitives.WriteInt32LittleEndian(head[4..], (int)repaired);
            batch.Append(Head);
            batch.Append(text);
        }

        return true;
    }

    public override void Parse(RowBatch batch)
    {
        var walker = new RecordWalker(spec, _path, columns, isXml: false, isForeign: true);
        var end = batch.Used;
        for (var (at, line) = (0, batch.FirstLine); at < end; line++)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(batch.Buffer.AsSpan(at));
            var repaired = (InputRepairs)BinaryPrimitives.ReadInt32LittleEndian(batch.Buffer.AsSpan(at + 4));
            at += Head;
            var before = batch.Count;
            if (length < 0)
            {
                length = -length;
                batch.AddRow(new RowLocation(batch.File, line, 0, 0));
                var fault = System.Text.Encoding.UTF8.GetString(batch.Buffer, at, length);
                batch.AddFault(fault[..fault.IndexOf(' ', StringComparison.Ordinal)], fault[(fault.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
            }
            else
            {
                walker.Walk(batch, batch.File, at, new UnitFrame(0, line, 0, -1, -1, length, -1), 0);
                for (var row = before; row < batch.Count && repaired != InputRepairs.None; row++) batch.AddRepair(row, repaired);
            }

            at += length;
        }
    }

    protected override void Dispose(bool disposing)
    {
        _rows.Dispose();
        _whole.Dispose();
        base.Dispose(disposing);
    }
}
