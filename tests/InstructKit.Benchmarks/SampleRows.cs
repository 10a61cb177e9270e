using InstructKit.Parquet;
using InstructKit.Parquet.Format;
using InstructKit.Sources;
using InstructKit.Sources.Formats;

namespace InstructKit.Benchmarks;

/// <summary>Made-up rows, the same on every machine: about 440 bytes of JSON each, as in RTE, plus a list and an object.</summary>
internal static class SampleRows
{
    public const int Count = 4096;

    public static IReadOnlyList<string> Columns { get; } = ["premise", "hypothesis", "label", "idx", "choices", "answers"];

    /// <summary>The rows as JSON Lines. With <paramref name="escapes"/>, texts hold quotes, line ends and letters outside ASCII.</summary>
    public static byte[] JsonLines(bool escapes = false)
    {
        var text = new StringBuilder();
        for (var i = 0; i < Count; i++)
        {
            var odd = escapes ? " \\\"quoted\\\" naïve\\n機械" : string.Empty;
            var answers = $"{{\"text\": [\"{Words(i + 4, 3)}\"], \"start\": [{i % 40}]}}";
            text.Append(CultureInfo.InvariantCulture, $"{{\"premise\": \"{Words(i, 52)}{odd}.\", \"hypothesis\": \"{Words(i + 7, 9)}{odd}.\", \"label\": {i % 3}, \"idx\": {i}, ");
            text.Append(CultureInfo.InvariantCulture, $"\"choices\": [\"{Words(i + 1, 2)}\", \"{Words(i + 2, 2)}\", \"{Words(i + 3, 2)}\"], \"answers\": {answers}}}");
            text.Append('\n');
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>The first four columns as CSV.</summary>
    public static byte[] Csv()
    {
        var text = new StringBuilder("premise,hypothesis,label,idx\n");
        for (var i = 0; i < Count; i++) text.Append(CultureInfo.InvariantCulture, $"{Words(i, 52)}.,\"{Words(i + 7, 9)}, and so on.\",{i % 3},{i}\n");

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>The first four columns as Parquet.</summary>
    public static byte[] Parquet()
    {
        using var stream = new MemoryStream();
        var writer = new ParquetWriter(stream, [ParquetField.Text("premise"), ParquetField.Text("hypothesis"), ParquetField.Integer("label"), ParquetField.Integer("idx")]);
        for (var i = 0; i < Count; i++)
        {
            writer.WriteText(Encoding.UTF8.GetBytes(Words(i, 52) + "."));
            writer.WriteText(Encoding.UTF8.GetBytes(Words(i + 7, 9) + "."));
            writer.WriteInteger(i % 3);
            writer.WriteInteger(i);
            writer.EndRow();
        }

        writer.Finish();
        return stream.ToArray();
    }

    /// <summary>Writes rows to a file of the system's temporary folder.</summary>
    public static string Save(byte[] rows, string ending)
    {
        var path = Path.Combine(Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"instructkit-rows-{Environment.ProcessId}{ending}"));
        File.WriteAllBytes(path, rows);
        return path;
    }

    /// <summary>Opens a file of rows.</summary>
    public static RowReader Open(string path, SourceFormat format, IReadOnlyList<string> columns) =>
        RowReaders.Open(new SourceSpec { Format = format }, [new SourcePart(null, [new SourceFile(path, path)])], columns);

    /// <summary>Reads a file to its end; returns its rows.</summary>
    public static int ReadAll(string path, SourceFormat format, IReadOnlyList<string> columns)
    {
        using var reader = Open(path, format, columns);
        using var batch = new RowBatch(columns.Count);
        var rows = 0;
        while (reader.ReadChunk(batch))
        {
            reader.Parse(batch);
            rows += batch.Count;
        }

        return rows;
    }

    private static string Words(int seed, int count)
    {
        // SplitMix64 (Steele, Lea, Flood 2014).
        var state = (ulong)seed * 0x9E3779B97F4A7C15;
        var text = new StringBuilder();
        for (var i = 0; i < count; i++)
        {
            var mixed = state += 0x9E3779B97F4A7C15;
            mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
            mixed ^= mixed >> 27;
            text.Append(i == 0 ? string.Empty : " ");
            for (var n = 0UL; n <= mixed % 4; n++)
                text.Append("bdfghklmnprstvw"[(int)((mixed >> (int)(8 * n)) % 15)]).Append("aeiou"[(int)((mixed >> (int)((8 * n) + 4)) % 5)]);
        }

        return text.ToString();
    }
}
