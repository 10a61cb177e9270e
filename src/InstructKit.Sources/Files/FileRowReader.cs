namespace InstructKit.Sources.Files;

/// <summary>Base of the readers of a layout's files.</summary>
/// <param name="input">The input.</param>
internal abstract class FileRowReader(SourceInput input) : RowReader
{
    public sealed override IReadOnlyList<string> Files { get; } = [.. input.Files.Select(file => file.Label)];

    public sealed override IReadOnlyList<string> Columns => input.Columns;

    /// <summary>The input.</summary>
    protected SourceInput Input => input;

    /// <summary>The layout's settings for the files.</summary>
    protected SourceSpec Spec => input.Spec;

    /// <summary>Opens the files.</summary>
    protected SourceOpener Opener { get; } = new(input.Spec, input.Files);

    protected override void Dispose(bool disposing)
    {
        Opener.Dispose();
        base.Dispose(disposing);
    }
}
