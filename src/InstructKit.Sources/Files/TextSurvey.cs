namespace InstructKit.Sources.Files;

/// <summary>What the bytes of a text file say about its encoding.</summary>
/// <param name="Letters">Characters of several bytes that are valid UTF-8.</param>
/// <param name="Invalid">Bytes that are not UTF-8.</param>
/// <param name="Controls">Invalid bytes from 0x80 to 0x9F: control characters in ISO-8859-1, quotation marks, dashes and letters in code page 1252.</param>
/// <param name="First">The first byte that is not white space; 0 when there is none.</param>
internal sealed record TextSurvey(long Lines, long Letters, long Invalid, long Controls, byte First)
{
    /// <summary>True when about half of the bytes are 0: text with two bytes per character.</summary>
    public bool IsWide { get; private init; }

    // Enough to see a file's letters; its later parts are checked when rows are read.
    private const long MaxBytes = 256L << 20;

    /// <summary>The encoding that loses least: UTF-8 with some broken characters is still UTF-8, text with many of them is not.</summary>
    public string Encoding => Invalid == 0 || Letters > Invalid ? "utf-8" : Controls > 0 ? "windows-1252" : "latin-1";

    /// <summary>Reads a file, at most 256 MiB of it.</summary>
    /// <exception cref="Diagnostics.DiagnosticException">The file cannot be read, is empty, or is in an encoding such as UTF-16.</exception>
    public static TextSurvey Of(SourceSpec spec, SourceFile file)
    {
        using var opener = new SourceOpener(spec with { Encoding = "utf-8" }, [file]);
        using var stream = opener.Open(file, out _);
        var buffer = new byte[1 << 16];
        var (lines, letters, invalid, controls, total, zeros) = (0L, 0L, 0L, 0L, 0L, 0L);
        byte first = 0;
        var kept = 0;
        while (total < MaxBytes && stream.Read(buffer.AsSpan(kept)) is > 0 and var read)
        {
            total += read;
            ReadOnlySpan<byte> text = buffer.AsSpan(0, kept + read);
            while (!text.IsEmpty)
            {
                var ascii = text.IndexOfAnyInRange((byte)0x80, (byte)0xFF);
                var plain = ascii < 0 ? text : text[..ascii];
                lines += plain.Count((byte)'\n');
                zeros += plain.Count((byte)0);
                if (first == 0) first = plain.TrimStart(" \t\r\n"u8) is [var one, ..] ? one : first;

                text = text[plain.Length..];
                if (text.IsEmpty) break;

                var status = System.Text.Rune.DecodeFromUtf8(text, out _, out var consumed);
                if (status == System.Buffers.OperationStatus.NeedMoreData) break;

                if (status == System.Buffers.OperationStatus.Done)
                {
                    letters++;
                }
                else
                {
                    invalid += consumed;
                    foreach (var value in text[..consumed]) controls += value is >= 0x80 and < 0xA0 ? 1 : 0;
                }

                text = text[consumed..];
            }

            kept = text.Length;
            text.CopyTo(buffer);
        }

        return new TextSurvey(lines, letters, invalid + kept, controls, first) { IsWide = zeros * 3 > total };
    }
}
