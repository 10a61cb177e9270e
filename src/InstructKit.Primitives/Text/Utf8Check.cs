using System.Buffers;
using System.Numerics;
using System.Runtime.Intrinsics;

namespace InstructKit.Text;

/// <summary>Finds and replaces bytes that are not UTF-8.</summary>
internal static class Utf8Check
{
    /// <summary>The message for an invalid byte.</summary>
    public static string Message(byte found) =>
        string.Create(CultureInfo.InvariantCulture, $"byte 0x{found:x2} is not valid UTF-8 here; set the layout's encoding if the file is latin-1");

    /// <summary>Offset of the first byte of the first sequence that is not UTF-8, or -1.</summary>
    public static int FirstBad(ReadOnlySpan<byte> text)
    {
        if (System.Text.Unicode.Utf8.IsValid(text)) return -1;

        var position = 0;
        while (Rune.DecodeFromUtf8(text[position..], out _, out var consumed) == OperationStatus.Done) position += consumed;

        return position;
    }

    /// <summary>Length of a text in UTF-16 units, as in reported positions; for any slice of valid text, the units that begin in it.</summary>
    public static int Units(ReadOnlySpan<byte> text)
    {
        // A continuation byte counts zero, the first byte of four counts two.
        var units = 0;
        for (; text.Length >= Vector128<byte>.Count; text = text[Vector128<byte>.Count..])
        {
            var bytes = Vector128.Create(text);
            var begins = Vector128.GreaterThan(bytes.AsSByte(), Vector128.Create((sbyte)-65)).ExtractMostSignificantBits();
            var pairs = Vector128.GreaterThan(bytes, Vector128.Create((byte)0xEF)).ExtractMostSignificantBits();
            units += BitOperations.PopCount(begins) + BitOperations.PopCount(pairs);
        }

        foreach (var value in text) units += ((value & 0xC0) == 0x80 ? 0 : 1) + (value >= 0xF0 ? 1 : 0);

        return units;
    }

    /// <summary>Appends a copy of a slice of the batch's buffer with every invalid sequence replaced by U+FFFD, counts them, and returns where the copy begins.</summary>
    public static int AppendReplaced(RowBatch batch, int start, int length, RepairedText? repaired = null)
    {
        // An invalid sequence has at least one byte, its replacement three.
        batch.Reserve(checked(length * 3));
        var at = batch.Used;
        var text = batch.Buffer.AsSpan(start, length);
        var target = batch.Buffer.AsSpan(at);
        var written = 0;
        while (!text.IsEmpty)
        {
            var status = Rune.DecodeFromUtf8(text, out var rune, out var consumed);
            var count = rune.EncodeToUtf8(target[written..]);
            if (status != OperationStatus.Done)
            {
                batch.Replacements++;
                repaired?.Add(written, consumed, count);
            }

            written += count;
            text = text[consumed..];
        }

        batch.Append(written);
        return at;
    }
}
