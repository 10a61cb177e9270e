using System.Text.Json.Nodes;
using InstructKit.Examples;
using InstructKit.Formats;
using InstructKit.Sinks;
using InstructKit.Tests.Parquet;
using Xunit;

namespace InstructKit.Tests.Sinks;

/// <summary>Every type of column, with both encodings of records.</summary>
public sealed class RecordWriterTests
{
    private static readonly RecordSchema Schema = new(
    [
        new("id", ColumnType.Integer),
        new("text \"q\"", ColumnType.Text),
        new("tags", ColumnType.Text, IsList: true),
        new("ids", ColumnType.Integer, IsList: true),
        new("score", ColumnType.Number),
        new("ok", ColumnType.Boolean),
        new("extra", ColumnType.Json),
        new("messages", ColumnType.Object, IsList: true, Fields: [new("role", ColumnType.Text), new("content", ColumnType.Text), new("train", ColumnType.Boolean)]),
        new("last", ColumnType.Text),
    ]);

    private const string Full =
        """{"id":-7,"text \"q\"":"a \"b\"\n😀","tags":["x","y\\"],"ids":[1,2],"score":0.5,"ok":true,"extra":{"k":[1]},"messages":[{"role":"user","content":"hi\t","train":false},{"role":"assistant","content":"ho","train":null}],"last":"end"}""" + "\n";

    private const string Sparse =
        """{"id":9223372036854775807,"text \"q\"":null,"tags":[],"ids":null,"score":null,"ok":false,"extra":null,"messages":[],"last":""}""" + "\n";

    [Fact]
    public void Json_lines_have_the_keys_of_the_schema_in_order()
    {
        var output = new Utf8Output();
        var writer = new JsonRecordWriter(output, Schema);
        WriteFull(writer);
        WriteSparse(writer);
        WriteFull(writer);
        Assert.Equal(Full + Sparse + Full, Encoding.UTF8.GetString(output.Written));
    }

    [Fact]
    public void Binary_records_know_the_length_of_their_json_line()
    {
        var output = new Utf8Output();
        var writer = new BinaryRecordWriter(output, Schema);
        WriteFull(writer);
        var first = output.Length;
        WriteSparse(writer);
        Assert.Equal(Encoding.UTF8.GetByteCount(Full), BinaryRecordReader.JsonLength(output.Written[..first]));
        Assert.Equal(Encoding.UTF8.GetByteCount(Sparse), BinaryRecordReader.JsonLength(output.Written[first..]));
    }

    [Fact]
    public void Parquet_has_the_same_values()
    {
        using var scratch = new ScratchFolder();
        var container = OutputContainers.Find("parquet")!;
        using (var sink = container.Open(new SinkPlace(scratch.Path, "train", container, Schema, long.MaxValue)))
        {
            var output = new Utf8Output();
            var index = new RecordIndex();
            var writer = container.Writer(output, Schema);
            WriteFull(writer);
            index.Add(output.Length, 0);
            WriteSparse(writer);
            index.Add(output.Length, 0);
            sink.Write(output.Written, index, 0, 2);
            sink.Finish();
            sink.Publish();
        }

        var rows = RowsAsJson.Read(scratch.At("train-00000-of-00001.parquet")).Select(row => JsonNode.Parse(row)!).ToList();
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Full)!["messages"], rows[0]["messages"]), rows[0].ToJsonString());
        Assert.Equal(["a \"b\"\n😀", "end"], [rows[0]["text \"q\""]!.GetValue<string>(), rows[0]["last"]!.GetValue<string>()]);
        Assert.Equal([0, 0], [rows[1]["tags"]!.AsArray().Count, rows[1]["messages"]!.AsArray().Count]);
        Assert.Null(rows[1]["ids"]);
        Assert.Equal(long.MaxValue, rows[1]["id"]!.GetValue<long>());
    }

    [Fact]
    public void Shared_columns_are_those_of_their_origin()
    {
        var output = new Utf8Output();
        var writer = new JsonRecordWriter(output, new RecordSchema([new("a", ColumnType.Text), new("task", ColumnType.Text), new("kind", ColumnType.Text), new("row", ColumnType.Integer)]));
        ExampleOrigin[] origins = [new(0, "t\"0", "c", "x", "direct", "train"), new(1, "t1", "c", "y", "inverse", "train")];
        foreach (var n in (int[])[0, 1, 0, 0, 1])
        {
            writer.Begin();
            writer.Text(new SharedText("v"));
            writer.Shared(origins[n], static (record, origin) =>
            {
                record.Text(origin.Task);
                record.Text(origin.Kind);
            });
            writer.Integer(n);
            writer.End();
        }

        string[] lines = ["{\"a\":\"v\",\"task\":\"t\\\"0\",\"kind\":\"direct\",\"row\":0}", "{\"a\":\"v\",\"task\":\"t1\",\"kind\":\"inverse\",\"row\":1}"];
        Assert.Equal(string.Concat(new[] { 0, 1, 0, 0, 1 }.Select(n => lines[n] + "\n")), Encoding.UTF8.GetString(output.Written));
    }

    private static void WriteFull(RecordWriter writer)
    {
        writer.Begin();
        writer.Integer(-7);
        writer.Text(new SharedText("a \"b\"\n😀"));
        writer.StartList();
        writer.Text(new SharedText("x"));
        writer.Text(new SharedText("y\\"));
        writer.EndList();
        writer.StartList();
        writer.Integer(1);
        writer.Integer(2);
        writer.EndList();
        writer.Number(0.5);
        writer.Boolean(true);
        writer.Json("{\"k\":[1]}"u8);
        writer.StartList();
        Message("user", "hi\t", false);
        Message("assistant", "ho", null);
        writer.EndList();
        writer.Text(new SharedText("end"));
        writer.End();

        void Message(string role, string content, bool? train)
        {
            writer.StartObject();
            writer.Text(new SharedText(role));
            writer.Text(new SharedText(content));
            if (train is { } value) writer.Boolean(value);
            else writer.Null();
            writer.EndObject();
        }
    }

    private static void WriteSparse(RecordWriter writer)
    {
        writer.Begin();
        writer.Integer(long.MaxValue);
        writer.Null();
        writer.StartList();
        writer.EndList();
        writer.Null();
        writer.Number(double.NaN);
        writer.Boolean(false);
        writer.Null();
        writer.StartList();
        writer.EndList();
        writer.Text(new SharedText(string.Empty));
        writer.End();
    }
}
