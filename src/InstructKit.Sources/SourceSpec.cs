namespace InstructKit.Sources;

/// <summary>What a layout says about the format of its files. What is left out has the format's usual value.</summary>
public sealed record SourceSpec
{
    /// <summary>The format.</summary>
    public SourceFormat Format { get; init; } = SourceFormat.Jsonl;

    /// <summary>Column names of CSV or TSV files that have no header line.</summary>
    public IReadOnlyList<string>? Columns { get; init; }

    /// <summary>Whether CSV or TSV files begin with a header line; unless told, they do when <see cref="Columns"/> is not given.</summary>
    public bool? Header { get; init; }

    /// <summary>What separates fields, an ASCII character: a comma in CSV and a tab in TSV unless told.</summary>
    public char? Delimiter { get; init; }

    /// <summary>
    /// What quotes fields, an ASCII character: <c>"</c> in CSV and nothing in TSV unless told. <c>'\0'</c> says that nothing quotes.
    /// A TSV file with a quote is read by the rules of CSV.
    /// </summary>
    public char? Quote { get; init; }

    /// <summary>A character that makes a quote (or itself) in a CSV field literal, such as <c>\</c>; none unless told.</summary>
    public char? Escape { get; init; }

    /// <summary><c>utf-8</c> or <c>latin-1</c>.</summary>
    public string Encoding { get; init; } = "utf-8";

    /// <summary>True when <see cref="Encoding"/> is ISO-8859-1 under one of its names.</summary>
    internal bool IsLatin1 => Encoding.ToLowerInvariant() is "latin-1" or "latin1" or "iso-8859-1";

    /// <summary>
    /// Where the records lie in JSON or XML: keys separated by dots, <c>name[]</c> for every element of an array, <c>*</c> for every value of an
    /// object; such as <c>data[].paragraphs[].qas[]</c>.
    /// </summary>
    public string? Records { get; init; }

    /// <summary>A regular expression of .NET whose named groups are columns, for lines and whole files.</summary>
    public string? Pattern { get; init; }

    /// <summary>Names of the lines that form one record; <c>_</c> skips a line.</summary>
    public IReadOnlyList<string>? Record { get; init; }

    /// <summary>What is let pass that is a fault otherwise.</summary>
    public Leniency Leniency { get; init; } = new();

    /// <summary>Bounds on the input.</summary>
    public SourceLimits Limits { get; init; } = new();
}
