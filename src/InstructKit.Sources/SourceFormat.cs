namespace InstructKit.Sources;

/// <summary>A format that rows are read from. Formats are defined next to their readers and listed in <see cref="Formats.SourceFormats"/>; adding one takes one
/// file and one row there.</summary>
public sealed class SourceFormat
{
    /// <summary>Describes a format.</summary>
    /// <param name="columns">Lists the columns of the files, in the order in which they are found.</param>
    internal SourceFormat(string name, Func<SourceInput, RowReader> open, Func<SourceInput, IEnumerable<string>> columns) => (Name, Open, Columns) = (name, open, columns);

    /// <summary>Its name in task files, such as <c>jsonl</c>.</summary>
    public string Name { get; }

    /// <summary>File extensions that suggest the format, in lower case with the dot; a trailing <c>.gz</c> or <c>.zst</c> is not listed.</summary>
    public IReadOnlyList<string> Extensions { get; init; } = [];

    /// <summary>True when a web page in place of a file is an error, not data.</summary>
    internal bool RefusesWebPages { get; init; }

    /// <summary>True when a document declares its own encoding, so its bytes are passed to the reader unchanged.</summary>
    internal bool DeclaresEncoding { get; init; }

    /// <summary>True when a file of 0 bytes is data; elsewhere it is an error.</summary>
    internal bool ReadsEmptyFiles { get; init; }

    /// <summary>True when records are lines, so that a layout can skip the first ones.</summary>
    internal bool HasLines { get; init; }

    /// <summary>True for delimited text, which may begin with a line such as <c>sep=;</c> and blank lines.</summary>
    internal bool IsDelimited { get; init; }

    internal Func<SourceInput, RowReader> Open { get; }

    /// <summary>Lists the columns of the files, in the order in which they are found.</summary>
    internal Func<SourceInput, IEnumerable<string>> Columns { get; }

    /// <summary>Counts the rows, including those with an error, where that is cheaper than reading them; null if they must be read.</summary>
    internal Func<SourceInput, long?> Count { get; init; } = _ => null;

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>What to read: files, the layout's settings for them, and the requested columns.</summary>
/// <param name="Spec">The layout's settings.</param>
/// <param name="Parts">The files, by column for parallel files.</param>
/// <param name="Columns">Requested columns, in cell order.</param>
/// <param name="ChunkBytes">Approximate size of a chunk in bytes. Rows do not depend on it.</param>
internal sealed record SourceInput(SourceSpec Spec, IReadOnlyList<SourcePart> Parts, IReadOnlyList<string> Columns, int ChunkBytes)
{
    /// <summary>A column that is always the whole record; <c>row</c> is it only where no field has that name.</summary>
    public const string WholeRecord = "\0row";

    /// <summary>Large enough to make hand-over negligible, small enough that a chunk for every worker fits in the CPU cache.</summary>
    public const int DefaultChunkBytes = 1 << 20;

    /// <summary>All files in reading order.</summary>
    public IReadOnlyList<SourceFile> Files { get; } = [.. Parts.SelectMany(part => part.Files)];

    /// <summary>Opens a reader for other columns of the same files.</summary>
    public RowReader Open(IReadOnlyList<string> columns, int chunkBytes) => Spec.Format.Open(this with { Columns = columns, ChunkBytes = chunkBytes });
}
