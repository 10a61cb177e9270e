using InstructKit.Sources.Files;

namespace InstructKit.Sources;

/// <summary>What the readers of one source share: the layout's words, the opener, and the size of chunks.</summary>
/// <param name="Spec">The layout's words about the format.</param>
/// <param name="Opener">Opens files and archive members; owned by the reader.</param>
/// <param name="ChunkBytes">How many bytes a chunk has, roughly. Rows do not depend on it.</param>
internal sealed record SourceContext(SourceSpec Spec, SourceOpener Opener, int ChunkBytes)
{
    /// <summary>Large enough that hand-over costs nothing, small enough that a chunk for every worker stays in the processor's cache.</summary>
    public const int DefaultChunkBytes = 1 << 20;

    /// <summary>True when the text is not made of the file's own bytes, so that places in it are others.</summary>
    public bool IsTranscoded { get; } = Spec.IsLatin1;

    /// <summary>How many bytes more a text has than its counterpart in the file.</summary>
    public int Surplus(ReadOnlySpan<byte> text) => IsTranscoded ? Latin1Stream.Surplus(text) : 0;
}
