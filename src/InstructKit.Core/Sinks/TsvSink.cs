using System.Buffers;
using System.Buffers.Text;
using InstructKit.Examples;
using InstructKit.Formats;
using InstructKit.Sources.Files;

namespace InstructKit.Sinks;

/// <summary>How tabs and line ends are handled in tab-separated lines.</summary>
public enum LineBreaks
{
    /// <summary>They are escaped, as are backslashes, which is reversible.</summary>
    Escape,

    /// <summary>Each becomes a space.</summary>
    Space,

    /// <summary>The example is dropped.</summary>
    Drop,
}

/// <summary>Encodes records as lines of tab-separated values. Their readers only split at tabs and line ends, so a tab becomes <c>\t</c>,
/// a line feed <c>\n</c>, a carriage return <c>\r</c> and a backslash <c>\\</c>, which is reversible; or all except the last become a space.</summary>
internal sealed class TsvRecordWriter(Utf8Output output, LineBreaks breaks) : RecordWriter
{
    private static readonly SearchValues<byte> Escaped = SearchValues.Create("\t\n\r\\"u8);
    private static readonly SearchValues<byte> Breaks = SearchValues.Create("\t\n\r"u8);

    private bool _isFirst;

    public override bool PrefersEscaped => false;

    public override void Begin() => _isFirst = true;

    public override void End() => output.AppendRaw("\n"u8);

    public override void Text(ExampleText text)
    {
        StartText();
        AddText(text);
    }

    public override void StartText()
    {
        if (!_isFirst) output.AppendRaw("\t"u8);
        _isFirst = false;
    }

    public override void AddText(ExampleText text) => Escape(text.IsEscaped ? JsonEscapes.Unescape(text.Bytes) : text.Bytes);

    public override void EndText()
    {
        // The next value begins with a tab, and the record ends with a line feed.
    }

    public override void Integer(long value)
    {
        StartText();
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(value, digits, out var written);
        output.AppendRaw(digits[..written]);
    }

    public override void Number(double value)
    {
        StartText();
        Span<byte> digits = stackalloc byte[32];
        if (double.IsFinite(value) && value.TryFormat(digits, out var written, "R", System.Globalization.CultureInfo.InvariantCulture)) output.AppendRaw(digits[..written]);
    }

    public override void Number(ReadOnlySpan<byte> digits)
    {
        StartText();
        output.AppendRaw(digits);
    }

    public override void Boolean(bool value)
    {
        StartText();
        output.AppendRaw(value ? "true"u8 : "false"u8);
    }

    public override void Json(ReadOnlySpan<byte> value)
    {
        StartText();
        Escape(value);
    }

    public override void Null() => StartText();

    public override void StartList() => throw Nested();

    public override void EndList() => throw Nested();

    public override void StartObject() => throw Nested();

    public override void EndObject() => throw Nested();

    // Plans that would lead to this are rejected.
    private static NotSupportedException Nested() => new("A line of tab-separated values holds neither lists nor objects.");

    private void Escape(ReadOnlySpan<byte> text)
    {
        if (breaks != LineBreaks.Escape)
        {
            Replace(text);
            return;
        }

        while (text.IndexOfAny(Escaped) is >= 0 and var at)
        {
            output.AppendRaw(text[..at]);
            output.AppendRaw(text[at] switch
            {
                (byte)'\t' => "\\t"u8,
                (byte)'\n' => "\\n"u8,
                (byte)'\r' => "\\r"u8,
                _ => "\\\\"u8,
            });
            text = text[(at + 1)..];
        }

        output.AppendRaw(text);
    }

    private void Replace(ReadOnlySpan<byte> text)
    {
        while (text.IndexOfAny(Breaks) is >= 0 and var at)
        {
            Losses |= ExampleLoss.LineBreaks;
            output.AppendRaw(text[..at]);
            output.AppendRaw(" "u8);
            text = text[(at + (text[at..].StartsWith("\r\n"u8) ? 2 : 1))..];
        }

        output.AppendRaw(text);
    }
}

/// <summary>Writes one split as tab-separated lines, and counts those with something escaped.</summary>
internal sealed class TsvSink(SinkPlace place, LineBreaks breaks) : ShardedSink(place)
{
    private readonly List<long> _altered = [];

    protected override int JsonLength(ReadOnlySpan<byte> record) => record.Length;

    protected override void BeginShard(OutputFile file) => _altered.Add(0);

    protected override void WriteRun(OutputFile file, ReadOnlySpan<byte> bytes, RecordIndex index, int from, int to)
    {
        file.Write(bytes[index.Start(from)..index.End(to - 1)], to - from);
        if (breaks != LineBreaks.Escape) return;

        for (var i = from; i < to; i++)
        {
            // Every backslash is an escape.
            if (bytes[index.Start(i)..index.End(i)].Contains((byte)'\\')) _altered[^1]++;
        }
    }

    protected override long AlteredIn(int shard) => _altered[shard];
}
