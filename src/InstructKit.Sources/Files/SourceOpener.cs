using InstructKit.Compression;
using InstructKit.Diagnostics;

namespace InstructKit.Sources.Files;

/// <summary>Opens files as streams of UTF-8 text: unpacked, transcoded, without byte-order mark. Owned by one reader; not thread-safe.</summary>
internal sealed class SourceOpener(SourceSpec spec, IReadOnlyList<SourceFile> files) : IDisposable
{
    private const int PrefixBytes = 512;
    private const int MaxLayers = 2;

    private readonly UnpackedBudget _budget = new(spec.Limits);
    private readonly Dictionary<string, Archive> _archives = new(StringComparer.Ordinal);

    /// <summary>Opens a file.</summary>
    /// <exception cref="DiagnosticException">It does not exist, or is nothing that can be read.</exception>
    public Stream Open(SourceFile file) => Open(file, out _);

    /// <summary>Opens a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="start">How many bytes of the content are passed over at its start: those of a byte-order mark.</param>
    /// <exception cref="DiagnosticException">It does not exist, or is nothing that can be read.</exception>
    public Stream Open(SourceFile file, out int start)
    {
        var stream = new PrefixedStream(OpenPacked(file), PrefixBytes);
        try
        {
            if (stream.Prefix.IsEmpty && SaysPacked(file.Name))
                throw SourceError.InFile(SourceCodes.DamagedArchive, file.Name, "the file is empty, which compressed data never is");

            for (var layer = 0; IsPacked(stream.Prefix); layer++)
            {
                if (layer == MaxLayers) throw SourceError.InFile(SourceCodes.UnsupportedArchive, file.Name, "compressed more than twice");

                stream = new PrefixedStream(
                    stream.Prefix.StartsWith(GzipContent.Magic) ? new GzipContent(stream, file.Name, _budget) : new ZstdContent(stream, file.Name, _budget), PrefixBytes);
            }

            ContentSniffer.Refuse(stream.Prefix, file.Name, spec.Format.RefusesWebPages);
            return Text(stream, file.Name, out start);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (var archive in _archives.Values) archive.Dispose();

        _archives.Clear();
    }

    private static bool SaysPacked(string name) => name.EndsWith(".gz", StringComparison.Ordinal) || name.EndsWith(".zst", StringComparison.Ordinal);

    private static bool IsPacked(ReadOnlySpan<byte> prefix) => prefix.StartsWith(GzipContent.Magic) || prefix.StartsWith(Zstandard.Magic);

    private Stream OpenPacked(SourceFile file)
    {
        if (File.Exists(file.Path) || !Archive.TrySplit(file.Path, out var path, out var member)) return new InputFile(file);

        if (!_archives.TryGetValue(path, out var archive))
        {
            var wanted = files
                .Where(other => Archive.TrySplit(other.Path, out var otherPath, out _) && otherPath == path)
                .Select(other => other.Path[(path.Length + 1)..])
                .ToHashSet(StringComparer.Ordinal);
            var name = file.Name.EndsWith("!" + member, StringComparison.Ordinal) ? file.Name[..^(member.Length + 1)] : path;
            archive = Archive.Open(path, name, spec.Limits, _budget, wanted);
            _archives.Add(path, archive);
        }

        return archive.OpenMember(member);
    }

    private Stream Text(PrefixedStream stream, string name, out int start)
    {
        start = 0;
        // An XML document says its encoding itself, and a byte-order mark is part of how it does.
        if (spec.Format.DeclaresEncoding) return stream;

        if (spec.IsLatin1) return new Latin1Stream(stream);

        switch (spec.Encoding.ToLowerInvariant())
        {
            case "utf-8" or "utf8":
                ContentSniffer.RefuseUtf16(stream.Prefix, name);
                if (stream.Prefix.StartsWith("\uFEFF"u8))
                {
                    start = 3;
                    stream.Skip(start);
                }

                return stream;
            default:
                throw SourceError.InSpec($"unknown encoding '{spec.Encoding}', expected utf-8 or latin-1", NearestName.Hint(spec.Encoding, ["utf-8", "latin-1"]));
        }
    }
}

/// <summary>What the readers of one source share: the layout's words, the opener, and the size of chunks.</summary>
/// <param name="Spec">The layout's words about the format.</param>
/// <param name="Opener">Opens files and archive members; owned by the reader.</param>
/// <param name="ChunkBytes">How many bytes a chunk has, roughly. Rows do not depend on it.</param>
internal sealed record SourceContext(SourceSpec Spec, SourceOpener Opener, int ChunkBytes) : IDisposable
{
    /// <summary>Large enough that hand-over costs nothing, small enough that a chunk for every worker stays in the processor's cache.</summary>
    public const int DefaultChunkBytes = 1 << 20;

    /// <summary>The context of a reader.</summary>
    public static SourceContext Of(SourceInput input) => new(input.Spec, new SourceOpener(input.Spec, input.Files), input.ChunkBytes);

    /// <summary>True when the text is not made of the file's own bytes, so that places in it are others.</summary>
    public bool IsTranscoded { get; } = Spec.IsLatin1;

    /// <inheritdoc/>
    public void Dispose() => Opener.Dispose();

    /// <summary>How many bytes more a text has than its counterpart in the file.</summary>
    public int Surplus(ReadOnlySpan<byte> text) => IsTranscoded ? Latin1Stream.Surplus(text) : 0;
}
