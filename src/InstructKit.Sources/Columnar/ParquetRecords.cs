using InstructKit.Sources.Files;
using InstructKit.Sources.Json;

namespace InstructKit.Sources.Columnar;

/// <summary>Reads records nested in lists of Parquet rows (<see cref="SourceSpec.Records"/>), such as the questions of a dialogue: every row becomes the
/// JSON object that an export would have on its line, and is walked like one. Rows are assembled while the reader is held, and walked in parallel.</summary>
internal sealed class ParquetRecords(SourceInput input) : FileRowReader(input)
{
    private readonly RecordPath _path = RecordPath.Parse(input.Spec.Records!); // not null: this reader is only used with records
    private readonly ParquetSource _rows = new(input with { Columns = [SourceInput.WholeRecord] });
    private readonly RowBatch _whole = new(1);

    public override bool ReadChunk(RowBatch batch)
    {
        batch.Reset();
        if (!_rows.ReadChunk(_whole)) return false;

        var (first, error, repair) = (_whole.Place(0), 0, 0);
        (batch.File, batch.FirstLine) = (first.File, first.Line);
        var rows = batch.Pieces<WholeRow>();
        for (var row = 0; row < _whole.Count; row++)
        {
            var repaired = repair < _whole.Repairs.Count && _whole.Repairs[repair].Row == row ? _whole.Repairs[repair++].What : InputRepairs.None;
            rows.Add(new WholeRow(_whole.Row(row)[0], repaired, _whole.ErrorOf(row, ref error)));
        }

        batch.TakeBytes(_whole);
        return true;
    }

    public override void Parse(RowBatch batch)
    {
        var walker = new RecordWalker(Spec, _path, Columns, isXml: false, isForeign: true);
        var line = batch.FirstLine;
        foreach (var (json, repaired, fault) in batch.Pieces<WholeRow>())
        {
            var before = batch.Count;
            if (fault is { } bad)
            {
                batch.AddRow(new RowLocation(batch.File, line, 0, 0));
                batch.AddFault(bad.Code, bad.Message);
            }
            else
            {
                walker.Walk(batch, batch.File, new JsonPiece(json.Offset, json.Length, line, -1));
                for (var row = before; row < batch.Count && repaired != InputRepairs.None; row++) batch.AddRepair(row, repaired);
            }

            line++;
        }
    }

    protected override void Dispose(bool disposing)
    {
        _rows.Dispose();
        _whole.Dispose();
        base.Dispose(disposing);
    }

    private readonly record struct WholeRow(Cell Json, InputRepairs Repaired, RowError? Fault);
}
