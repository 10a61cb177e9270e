using InstructKit.Examples;
using InstructKit.Parquet;
using InstructKit.Parquet.Format;
using InstructKit.Sources.Files;

namespace InstructKit.Sinks;

/// <summary>Writes one split as Parquet.</summary>
internal sealed class ParquetSink(SinkPlace place, bool zstandard) : ShardedSink(place)
{
    private readonly IReadOnlyList<Column> _columns = place.Schema.Columns;
    private readonly ParquetField[] _fields = [.. place.Schema.Columns.Select(FieldOf)];
    private readonly ParquetWriterOptions _options = new() { Codec = zstandard ? ParquetCodec.Zstd : ParquetCodec.Snappy };
    private ParquetWriter? _writer;
    private long[] _integers = [];

    protected override int JsonLength(ReadOnlySpan<byte> record) => BinaryRecordReader.JsonLength(record);

    protected override void BeginShard(OutputFile file) => _writer = new ParquetWriter(file.Content, _fields, _options);

    protected override void WriteRun(OutputFile file, ReadOnlySpan<byte> bytes, RecordIndex index, int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            var record = new BinaryRecordReader(bytes[index.Start(i)..index.End(i)]);
            foreach (var column in _columns) Write(ref record, column, column.IsList);
            _writer!.EndRow(); // a shard has been started
        }

        file.CountRows(to - from);
    }

    protected override void EndShard()
    {
        _writer?.Finish();
        _writer = null;
    }

    private static ParquetField FieldOf(Column column) =>
        column.IsList ? ParquetField.List(column.Name, FieldOf(column with { Name = "element", IsList = false })) : column.Type switch
        {
            ColumnType.Integer => ParquetField.Integer(column.Name),
            ColumnType.Number => ParquetField.Float(column.Name),
            ColumnType.Boolean => ParquetField.Boolean(column.Name),
            ColumnType.Json => ParquetField.Json(column.Name),
            ColumnType.Object => ParquetField.Struct(column.Name, [.. column.Fields!.Select(FieldOf)]), // an object has some
            _ => ParquetField.Text(column.Name),
        };

    private Span<long> Integers(int count)
    {
        if (_integers.Length < count) _integers = new long[2 * count];

        return _integers.AsSpan(0, count);
    }

    private void Write(ref BinaryRecordReader record, Column column, bool isList)
    {
        var writer = _writer!; // a shard has been started
        var count = record.Count();
        if (count < 0)
        {
            writer.WriteNull();
        }
        else if (isList && column.Type == ColumnType.Integer && record.TryIntegers(Integers(count)))
        {
            writer.WriteIntegers(_integers.AsSpan(0, count));
        }
        else if (isList)
        {
            writer.StartList();
            for (var i = 0; i < count; i++) Write(ref record, column, isList: false);
            writer.EndList();
        }
        else
        {
            switch (column.Type)
            {
                case ColumnType.Integer: writer.WriteInteger(record.Fixed()); break;
                case ColumnType.Number: writer.WriteFloat(BitConverter.Int64BitsToDouble(record.Fixed())); break;
                case ColumnType.Boolean: writer.WriteBoolean(record.Fixed() != 0); break;
                case ColumnType.Object:
                    writer.StartStruct();
                    foreach (var field in column.Fields!) Write(ref record, field, field.IsList); // an object has some
                    writer.EndStruct();
                    break;
                case ColumnType.Json: writer.WriteJson(record.Bytes(count)); break;
                default: writer.WriteText(record.Bytes(count)); break;
            }
        }
    }
}
