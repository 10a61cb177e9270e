namespace InstructKit.Sources.Delimited;

/// <summary>Looks closer at a record whose quoting CsvHelper found odd: it names only the first oddity, and a stray quote is harmless.</summary>
internal static class CsvQuoting
{
    /// <summary>The message for text behind a closing quote.</summary>
    public const string TextBehindQuote = "text behind a closing quote, expected the delimiter or the end of the line; a quote inside a quoted field is written twice";

    /// <summary>
    /// Offset of the quote that is still open at the end, or -1; <paramref name="behindQuote"/> is the offset of the first text behind a closing quote, or -1.
    /// </summary>
    public static int Check(ReadOnlySpan<byte> record, byte delimiter, byte quote, out int behindQuote)
    {
        behindQuote = -1;
        var i = 0;
        while (i < record.Length)
        {
            if (record[i] == quote)
            {
                var open = i++;
                while (true)
                {
                    var next = record[i..].IndexOf(quote);
                    if (next < 0) return open;

                    i += next + 1;
                    if (i >= record.Length || record[i] != quote) break;

                    i++;
                }

                if (i < record.Length && record[i] != delimiter && behindQuote < 0) behindQuote = i;
            }

            var end = record[i..].IndexOf(delimiter);
            if (end < 0) return -1;

            i += end + 1;
        }

        return -1;
    }
}
