using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using BenchmarkDotNet.Attributes;

namespace InstructKit.Benchmarks;

/// <summary>Writing a text of 1 KiB as the inside of a JSON string, compared with the framework's own writer.</summary>
public class JsonWriting
{
    private readonly Utf8Output _output = new(1 << 16) { JsonEscaped = true };
    private readonly ArrayBufferWriter<byte> _buffer = new(1 << 16);
    private Utf8JsonWriter _writer = null!;
    private byte[] _text = [];

    [Params("plain", "quotes", "unicode")]
    public string Text { get; set; } = "plain";

    [GlobalSetup]
    public void MakeText()
    {
        var piece = Text switch { "plain" => "nothing to escape here, only words ", "quotes" => "a \"quoted\" word\nand a line end ", _ => "naïve 機械学習 “text” 🙂 words " };
        _text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(piece, 1024 / Encoding.UTF8.GetByteCount(piece))));
        _writer = new Utf8JsonWriter(_buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }

    [GlobalCleanup]
    public void Close() => _writer.Dispose();

    [Benchmark(Baseline = true)]
    public long Framework()
    {
        _buffer.ResetWrittenCount();
        _writer.Reset();
        _writer.WriteStringValue(_text);
        _writer.Flush();
        return _buffer.WrittenCount;
    }

    [Benchmark]
    public int Ours()
    {
        _output.Length = 0;
        _output.AppendText(_text);
        return _output.Length;
    }
}
