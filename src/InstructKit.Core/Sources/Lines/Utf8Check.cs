using System.Buffers;
using System.Globalization;
using System.Text;
using InstructKit.Rows;

namespace InstructKit.Sources;

/// <summary>Finds and replaces bytes that are not UTF-8.</summary>
internal static class Utf8Check
{
    /// <summary>The message for a bad byte.</summary>
    public static string Message(byte found) =>
        string.Create(CultureInfo.InvariantCulture, $"byte 0x{found:x2} is not valid UTF-8 here; set the layout's encoding if the file is latin-1");

    /// <summary>Offset of the first byte of the first sequence that is not UTF-8, or -1.</summary>
    public static int FirstBad(ReadOnlySpan<byte> text)
    {
        if (System.Text.Unicode.Utf8.IsValid(text))
        {
            return -1;
        }

        var position = 0;
        while (Rune.DecodeFromUtf8(text[position..], out _, out var consumed) == OperationStatus.Done)
        {
            position += consumed;
        }

        return position;
    }

    /// <summary>Appends a copy of a slice of the batch's buffer in which every bad sequence is U+FFFD, counts them, and returns where the copy begins.</summary>
    public static int AppendReplaced(RowBatch batch, int start, int length, MendedText? mended = null)
    {
        // A bad sequence is at least one byte, its replacement three.
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
                mended?.Add(written, consumed, count);
            }

            written += count;
            text = text[consumed..];
        }

        batch.Append(written);
        return at;
    }
}
