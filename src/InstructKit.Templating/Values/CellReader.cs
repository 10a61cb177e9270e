using System.Numerics;

namespace InstructKit.Templating.Values;

/// <summary>Turns a cell into a value.</summary>
internal static class CellReader
{
    public static Value Read(byte[] buffer, Cell cell)
    {
        switch (cell.Kind)
        {
            case CellKind.Missing: return default;
            case CellKind.Null: return Value.None;
            case CellKind.True: return Value.True;
            case CellKind.False: return Value.False;
            case CellKind.Text: return Value.FromSlice(buffer, cell.Offset, cell.Length);
            case CellKind.EscapedText: return ReadEscaped(buffer, cell.Offset, cell.Length);
            case CellKind.Integer: return ReadInteger(buffer.AsSpan(cell.Offset, cell.Length));
            case CellKind.Float: return ReadFloat(buffer.AsSpan(cell.Offset, cell.Length));
            default: return JsonValueReader.Read(buffer, cell.Offset, cell.Length);
        }
    }

    public static Value ReadInteger(ReadOnlySpan<byte> digits)
    {
        if (digits.Length < 19 && System.Buffers.Text.Utf8Parser.TryParse(digits, out long small, out var used) && used == digits.Length) return Value.From(small);
        if (digits.Length > IntegerLimits.MaxDigits) throw TemplateError.Value($"an integer of more than {IntegerLimits.MaxDigits} digits");
        return Value.From(BigInteger.Parse(Encoding.ASCII.GetString(digits), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
    }

    public static Value ReadFloat(ReadOnlySpan<byte> digits) => Value.From(double.Parse(digits, NumberStyles.Float, CultureInfo.InvariantCulture));

    /// <summary>The inside of a JSON string; a slice of the buffer when it holds no escape.</summary>
    public static Value ReadEscaped(byte[] buffer, int offset, int length)
    {
        var source = buffer.AsSpan(offset, length);
        var first = source.IndexOf((byte)'\\');
        if (first < 0) return Value.FromSlice(buffer, offset, length);

        // Every escape has one or two backslashes and becomes at least one byte shorter when decoded.
        var target = new byte[length - ((source[first..].Count((byte)'\\') + 1) / 2)];
        source[..first].CopyTo(target);
        return Value.FromSlice(target, 0, first + JsonUnescaping.Unescape(source[first..], target.AsSpan(first)));
    }
}

/// <summary>Escapes of JSON strings.</summary>
internal static class JsonUnescaping
{
    /// <summary>Decodes the escapes; returns the length of the plain text, which is never longer.</summary>
    public static int Unescape(ReadOnlySpan<byte> source, Span<byte> target)
    {
        var written = 0;
        while (true)
        {
            var at = source.IndexOf((byte)'\\');
            var plain = at < 0 ? source : source[..at];
            plain.CopyTo(target[written..]);
            written += plain.Length;
            if (at < 0) return written;
            source = source[(at + 1)..];
            if (source.IsEmpty) throw TemplateError.Value("the JSON string ends inside an escape");
            if (source[0] == 'u')
            {
                written += UnescapeUnicode(ref source, target[written..]);
                continue;
            }

            target[written++] = source[0] switch
            {
                (byte)'b' => 8,
                (byte)'f' => 12,
                (byte)'n' => 10,
                (byte)'r' => 13,
                (byte)'t' => 9,
                (byte)'"' or (byte)'\\' or (byte)'/' => source[0],
                _ => throw TemplateError.Value("the JSON string has an unknown escape"),
            };
            source = source[1..];
        }
    }

    private static int UnescapeUnicode(ref ReadOnlySpan<byte> source, Span<byte> target)
    {
        var first = Hex(source[1..]);
        source = source[5..];
        if (char.IsHighSurrogate(first) && source.Length >= 6 && source[0] == '\\' && source[1] == 'u' && char.IsLowSurrogate(Hex(source[2..])))
        {
            var second = Hex(source[2..]);
            source = source[6..];
            return new Rune(first, second).EncodeToUtf8(target);
        }

        return Rune.TryCreate(first, out var rune)
            ? rune.EncodeToUtf8(target)
            : throw TemplateError.Value("the JSON string holds half a surrogate pair, which UTF-8 cannot express");
    }

    private static char Hex(ReadOnlySpan<byte> digits) =>
        digits.Length >= 4 && ushort.TryParse(digits[..4], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            ? (char)value
            : throw TemplateError.Value("the JSON string has a broken \\u escape");
}
