using System.Text.Json;
using InstructKit.Diagnostics;
using InstructKit.Parquet;
using InstructKit.Sources.Files;

namespace InstructKit.Sinks;

/// <summary>
/// Writes one split as Parquet. The lines come as JSON, whose keys are the columns in order, so that every step before this one is the same for all formats.
/// </summary>
/// <param name="root">The output folder.</param>
/// <param name="split">Name of the split.</param>
/// <param name="columns">The columns.</param>
/// <param name="container">Parquet with Snappy or with Zstandard.</param>
/// <param name="shardBytes">Size at which the next shard begins, in bytes of JSON Lines.</param>
public sealed class ParquetSink(string root, string split, IReadOnlyList<OutputColumn> columns, OutputContainer container, long shardBytes)
    : ShardedSink(root, split, container, shardBytes)
{
    private readonly ParquetWriterOptions _options = new() { Codec = container == OutputContainers.ParquetZstd ? ParquetCodec.Zstd : ParquetCodec.Snappy };
    private readonly ParquetField[] _fields = [.. columns.Select(FieldOf)];
    private ParquetWriter? _writer;
    private byte[] _text = new byte[4096];

    /// <summary>Refuses zstd on a machine without libzstd, before anything is written.</summary>
    /// <exception cref="DiagnosticException">libzstd was not found (IK4004).</exception>
    public static void RequireCodec(bool zstd)
    {
        if (zstd && !ParquetWriterOptions.IsAvailable(ParquetCodec.Zstd))
        {
            throw new DiagnosticException(new Diagnostic(SinkCodes.FormatUnavailable, Severity.Error, "The container 'parquet-zstd' needs libzstd, which this machine does not have.")
            {
                Hint = "Install it (Debian: libzstd1, Fedora: libzstd, macOS: brew install zstd), or use --container parquet.",
            });
        }
    }

    /// <inheritdoc/>
    protected override void BeginShard(OutputFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        _writer = new ParquetWriter(file.Content, _fields, _options);
    }

    /// <inheritdoc/>
    protected override void WriteRun(OutputFile file, ReadOnlySpan<byte> bytes, LineIndex lines, int from, int to)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(lines);
        for (var line = from; line < to; line++) WriteLine(bytes[lines.Start(line)..lines.End(line)]);

        file.CountRows(to - from);
    }

    /// <inheritdoc/>
    protected override void EndShard()
    {
        _writer?.Finish();
        _writer = null;
    }

    private static ParquetField FieldOf(OutputColumn column) => column.Type switch
    {
        ColumnType.Text => ParquetField.Text(column.Name),
        ColumnType.Texts => ParquetField.List(column.Name, ParquetField.Text("element")),
        _ => ParquetField.Integer(column.Name),
    };

    private void WriteLine(ReadOnlySpan<byte> line)
    {
        var json = new Utf8JsonReader(line);
        json.Read();
        foreach (var column in columns)
        {
            json.Read();
            if (!json.ValueTextEquals(column.Name))
                throw new InvalidOperationException($"an example's key '{json.GetString()}' stands where the column '{column.Name}' belongs");

            json.Read();
            switch (column.Type)
            {
                case ColumnType.Text:
                    WriteText(ref json);
                    break;
                case ColumnType.Integer:
                    _writer!.WriteInteger(json.GetInt64()); // a shard has begun
                    break;
                default:
                    _writer!.StartList();
                    while (json.Read() && json.TokenType != JsonTokenType.EndArray) WriteText(ref json);

                    _writer.EndList();
                    break;
            }
        }

        _writer!.EndRow();
    }

    private void WriteText(ref Utf8JsonReader json)
    {
        if (!json.ValueIsEscaped)
        {
            _writer!.WriteText(json.ValueSpan);
            return;
        }

        if (_text.Length < json.ValueSpan.Length) _text = new byte[json.ValueSpan.Length * 2];

        _writer!.WriteText(_text.AsSpan(0, json.CopyString(_text)));
    }
}
