namespace InstructKit.Sinks;

/// <summary>Names and file endings of the output formats.</summary>
public static class OutputFormats
{
    /// <summary>The names that plans and the command line use, in the order of <see cref="OutputFormat"/>.</summary>
    public static IReadOnlyList<string> Names { get; } = ["jsonl", "jsonl.gz", "parquet", "parquet-zstd"];

    /// <summary>The name of a format.</summary>
    public static string Name(OutputFormat format) => Names[(int)format];

    /// <summary>The format of a name; null when there is none.</summary>
    public static OutputFormat? Find(string name)
    {
        for (var i = 0; i < Names.Count; i++)
        {
            if (Names[i] == name) return (OutputFormat)i;
        }

        return null;
    }

    /// <summary>How its files end.</summary>
    public static string Extension(OutputFormat format) => format switch
    {
        OutputFormat.JsonLines => ".jsonl",
        OutputFormat.JsonLinesGzip => ".jsonl.gz",
        _ => ".parquet",
    };
}
