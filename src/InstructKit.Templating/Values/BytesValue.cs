using InstructKit.Text;

namespace InstructKit.Templating.Values;

/// <summary>What <c>encode()</c> gives: bytes, good for printing and counting only.</summary>
internal sealed class BytesValue(byte[] bytes) : ObjectValue
{
    public override string TypeName => "bytes";

    public override long? Length => bytes.Length;

    public override bool IsIterable => true;

    public override bool IsIndexable => true;

    public override bool TryNext(ref long state, out Value item)
    {
        var more = state < bytes.Length;
        item = more ? Value.From(bytes[state++]) : default;
        return more;
    }

    public override bool TryGetIndex(long index, out Value item)
    {
        if (index < 0) index += bytes.Length;
        var inside = index >= 0 && index < bytes.Length;
        item = inside ? Value.From(bytes[index]) : default;
        return inside;
    }

    public override void AppendText(Utf8Output output, int depth)
    {
        output.AppendText(bytes.Contains((byte)'\'') && !bytes.Contains((byte)'"') ? "b\""u8 : "b'"u8);
        var quote = bytes.Contains((byte)'\'') && !bytes.Contains((byte)'"') ? (byte)'"' : (byte)'\'';
        foreach (var value in bytes)
        {
            switch (value)
            {
                case (byte)'\\': output.AppendText("\\\\"u8); break;
                case (byte)'\t': output.AppendText("\\t"u8); break;
                case (byte)'\n': output.AppendText("\\n"u8); break;
                case (byte)'\r': output.AppendText("\\r"u8); break;
                case var plain when plain == quote: output.AppendText([(byte)'\\', plain]); break;
                case >= 32 and < 127: output.AppendText([value]); break;
                default: output.AppendText(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"\\x{value:x2}")); break;
            }
        }

        output.AppendText([quote]);
    }
}
