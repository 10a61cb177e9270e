using System.Buffers;
using System.Text.Json;
using InstructKit.Sinks;
using InstructKit.Sources.Files;

namespace InstructKit.Building.Passes;

/// <summary>Keeps every row that did not become an example, except those without a label: <c>.instructkit/rejects.jsonl</c> with task, split, row, file, line,
/// column, offset (the zero-based byte in the decompressed file at which the row begins; omitted where it has no own bytes there, as in Parquet, XML and
/// whole files), code, reason, message and the raw text, truncated at 4 KiB (base64 as <c>raw_base64</c> if not UTF-8). The file is created with the first
/// reject.</summary>
/// <param name="folder">Its folder; null to keep nothing, as for a sample.</param>
/// <param name="shownFolder">The folder shown in messages.</param>
internal sealed class RejectFile(string? folder, string shownFolder) : IDisposable
{
    private const int MaxRaw = 4096;
    private const string Name = "rejects.jsonl";

    private readonly ArrayBufferWriter<byte> _line = new(1024);
    private OutputFile? _file;

    public void Add(string task, string split, long ordinal, string fileName, RowBatch batch, RowOutcome what)
    {
        if (folder is null) return;

        var place = batch.Place(what.Row);
        _line.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_line, JsonWriting.Compact))
        {
            json.WriteStartObject();
            json.Put("task", task).Put("split", split).Put("row", ordinal).Put("file", fileName).Put("line", place.Line).Put("column", what.Column < 0 ? 0 : what.Column + 1);
            if (place.Offset >= 0) json.Put("offset", place.Offset);
            json.Put("code", what.Verdict.ErrorCode ?? string.Empty).Put("reason", what.Verdict.DropReason ?? "unusable");
            json.Put("template", what.Template ?? string.Empty).Put("message", what.Verdict.Message ?? string.Empty);
            WriteRaw(json, batch.Raw(what.Row));
            json.WriteEndObject();
        }

        _line.Write("\n"u8);
        _file ??= new OutputFile(folder, Name, null, shownFolder);
        _file.Write(_line.WrittenSpan, 1);
    }

    /// <summary>Flushes the file to the disk.</summary>
    public void Finish() => _file?.Finish();

    /// <summary>Gives the file its final name; null if there were no rejects.</summary>
    public PublishedFile? Publish()
    {
        if (_file is null) return null;

        _file.Rename(Name);
        return new PublishedFile($".instructkit/{Name}", _file.Rows, _file.Bytes, _file.Sha256);
    }

    public void Dispose() => _file?.Dispose();

    private static void WriteRaw(Utf8JsonWriter json, ReadOnlySpan<byte> raw)
    {
        var cut = raw.Length > MaxRaw ? raw[..MaxRaw] : raw;
        // A cut in the middle of a character does not make the text invalid.
        while (cut.Length < raw.Length && cut.Length > MaxRaw - 4 && (raw[cut.Length] & 0xC0) == 0x80) cut = cut[..^1];

        if (System.Text.Unicode.Utf8.IsValid(cut)) json.WriteString("raw", Encoding.UTF8.GetString(cut));
        else json.WriteBase64String("raw_base64", cut);
    }
}
