using System.CommandLine;
using InstructKit.Sources;

namespace InstructKit.Cli.Options;

/// <summary>Bounds on what input files may ask for; messages about a bound name its option.</summary>
/// <param name="depth">The usual deepest nesting of JSON.</param>
/// <param name="deepest">The deepest that may be asked for.</param>
internal sealed class LimitOptions(int depth = 64, int deepest = SourceLimits.DepthCeiling)
{
    private readonly Option<long?> _lineBytes = OptionFactory.Bytes("--max-line-bytes", "Longest line, CSV record or JSON value (default: 64M).", 1 << 30);
    private readonly Option<long?> _jsonDepth = OptionFactory.Number("--max-json-depth", $"Deepest nesting of JSON (default: {depth}).", 1, deepest);
    private readonly Option<long?> _columns = OptionFactory.Number("--max-columns", "Most columns of a header, or keys of a record (default: 16384).", 1, int.MaxValue);
    private readonly Option<long?> _archiveEntries = OptionFactory.Number("--max-archive-entries", "Most members of an archive (default: 65536).", 1, int.MaxValue);
    private readonly Option<long?> _compressionRatio = OptionFactory.Number("--max-compression-ratio", "Most bytes that one compressed byte may become (default: 200).", 1, int.MaxValue);
    private readonly Option<long?> _unpackedBytes = OptionFactory.Bytes("--max-unpacked-bytes", "Most bytes that one source unpacks (default: 64G).");
    private readonly Option<long?> _bufferBytes = OptionFactory.Bytes("--max-buffer-bytes", "Most memory for the pages of a Parquet file (default: 256M).", SourceLimits.BufferBytesCeiling);

    /// <summary>All of them.</summary>
    public IReadOnlyList<Option> All => [_lineBytes, _jsonDepth, _columns, _archiveEntries, _compressionRatio, _unpackedBytes, _bufferBytes];

    /// <summary>The limits, those that are given laid over others.</summary>
    public SourceLimits Over(SourceLimits limits, ParseResult parsed) => limits with
    {
        MaxLineBytes = (int?)parsed.GetValue(_lineBytes) ?? limits.MaxLineBytes,
        MaxJsonDepth = (int?)parsed.GetValue(_jsonDepth) ?? limits.MaxJsonDepth,
        MaxColumns = (int?)parsed.GetValue(_columns) ?? limits.MaxColumns,
        MaxArchiveEntries = (int?)parsed.GetValue(_archiveEntries) ?? limits.MaxArchiveEntries,
        MaxCompressionRatio = (int?)parsed.GetValue(_compressionRatio) ?? limits.MaxCompressionRatio,
        MaxUnpackedBytes = parsed.GetValue(_unpackedBytes) ?? limits.MaxUnpackedBytes,
        MaxBufferBytes = Math.Max(SourceLimits.BufferBytesFloor, parsed.GetValue(_bufferBytes) ?? limits.MaxBufferBytes),
    };
}
