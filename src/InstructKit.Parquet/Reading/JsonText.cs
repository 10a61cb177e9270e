using System.Buffers;

namespace InstructKit.Parquet.Reading;

/// <summary>JSON strings: the short escapes, <c>\u00xx</c> for other control characters, everything else as it is.</summary>
internal static class JsonText
{
    private static readonly SearchValues<byte> Special = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(value => (byte)value), (byte)'"', (byte)'\\']);

    /// <summary>Appends the UTF-8 bytes in quotes.</summary>
    public static void AppendString(CellBuffer target, ReadOnlySpan<byte> text)
    {
        target.Append((byte)'"');
        while (true)
        {
            var plain = text.IndexOfAny(Special);
            if (plain < 0)
            {
                target.Append(text);
                break;
            }

            target.Append(text[..plain]);
            AppendEscape(target, text[plain]);
            text = text[(plain + 1)..];
        }

        target.Append((byte)'"');
    }

    private static void AppendEscape(CellBuffer target, byte value)
    {
        switch (value)
        {
            case (byte)'"':
                target.Append("\\\""u8);
                break;
            case (byte)'\\':
                target.Append("\\\\"u8);
                break;
            case (byte)'\b':
                target.Append("\\b"u8);
                break;
            case (byte)'\f':
                target.Append("\\f"u8);
                break;
            case (byte)'\n':
                target.Append("\\n"u8);
                break;
            case (byte)'\r':
                target.Append("\\r"u8);
                break;
            case (byte)'\t':
                target.Append("\\t"u8);
                break;
            default:
                target.Append("\\u00"u8);
                target.Append(Hex(value >> 4));
                target.Append(Hex(value & 15));
                break;
        }
    }

    private static byte Hex(int digit) => (byte)(digit < 10 ? '0' + digit : 'a' + digit - 10);
}
