namespace InstructKit.Sources;

/// <summary>A layout's settings for the format of its files. Unset ones have the format's default.</summary>
public sealed record SourceSpec
{
    /// <summary>The format.</summary>
    public required SourceFormat Format { get; init; }

    /// <summary>Column names of CSV or TSV files that have no header line.</summary>
    public IReadOnlyList<string>? Columns { get; init; }

    /// <summary>Whether CSV or TSV files begin with a header line; defaults to true unless <see cref="Columns"/> is set.</summary>
    public bool? Header { get; init; }

    /// <summary>The field separator, an ASCII character: by default a comma in CSV and a tab in TSV.</summary>
    public char? Delimiter { get; init; }

    /// <summary>The quote, an ASCII character: by default <c>"</c> in CSV and none in TSV. <c>'\0'</c> turns quoting off. A TSV file with a quote
    /// is read by the rules of CSV.</summary>
    public char? Quote { get; init; }

    /// <summary>A character that makes a quote (or itself) in a CSV field literal, such as <c>\</c>; none by default.</summary>
    public char? Escape { get; init; }

    /// <summary>Lines above the header of CSV or TSV files, or above the first line of lines and JSON Lines: titles, comments.</summary>
    public int SkipLines { get; init; }

    /// <summary><c>utf-8</c>, <c>latin-1</c> or <c>windows-1252</c>.</summary>
    public string Encoding
    {
        get;
        init
        {
            field = value;
            SingleByte = value.ToLowerInvariant() switch
            {
                "latin-1" or "latin1" or "iso-8859-1" => System.Text.Encoding.Latin1,
                "windows-1252" or "cp1252" => CodePagesEncodingProvider.Instance.GetEncoding(1252),
                _ => null,
            };
        }
    } = "utf-8";

    /// <summary>The encoding if each byte of a file is one character, which is converted to UTF-8 while reading; otherwise null.</summary>
    internal Encoding? SingleByte { get; private init; }

    /// <summary>Where records are in JSON, XML or the rows of Parquet: keys separated by dots, <c>name[]</c> for every element of an array, <c>*</c> for
    /// every value of an object; such as <c>data[].paragraphs[].qas[]</c>.</summary>
    public string? Records { get; init; }

    /// <summary>True when a JSON file holds objects one after another, on separate lines or not; otherwise only indented objects may follow one another.</summary>
    public bool Sequence { get; init; }

    /// <summary>A regular expression of .NET whose named groups are columns, for lines and whole files.</summary>
    public string? Pattern { get; init; }

    /// <summary>Names of the lines that form one record; <c>_</c> skips a line.</summary>
    public IReadOnlyList<string>? Record { get; init; }

    /// <summary>Input errors that are repaired instead of rejecting the row.</summary>
    public RepairChoices Repairs { get; init; }

    /// <summary>Bounds on the input.</summary>
    public SourceLimits Limits { get; init; } = new();

    /// <summary>How many bytes longer a text is than its counterpart in the file.</summary>
    internal int Surplus(ReadOnlySpan<byte> text)
    {
        if (SingleByte is null) return 0;

        var surplus = 0;
        foreach (var value in text) surplus += (value & 0xC0) == 0x80 ? 1 : 0;

        return surplus;
    }
}

/// <summary>A file, or a member of an archive, to read.</summary>
/// <param name="Path">What to open: a path, or <c>archive!member</c>.</param>
/// <param name="Name">The displayed name; relative to the data folder, with <c>/</c> between folders.</param>
public sealed record SourceFile(string Path, string Name)
{
    /// <summary>The name with control characters made visible, for messages.</summary>
    public string Label => VisibleText.Of(Name);
}

/// <summary>Files that are read in sequence.</summary>
/// <param name="Column">The column that they form, for parallel files; null for all other formats.</param>
/// <param name="Files">The files, in reading order.</param>
public sealed record SourcePart(string? Column, IReadOnlyList<SourceFile> Files);
