namespace InstructKit.Sources.Files;

/// <summary>Opens files as streams of UTF-8 text: decompressed, transcoded, without byte-order mark. Owned by one reader; not thread-safe.</summary>
internal sealed class SourceOpener(SourceSpec spec, IReadOnlyList<SourceFile> files) : IDisposable
{
    private const int PrefixBytes = 512;
    private const int MaxLayers = 2;

    private readonly UnpackedBudget _budget = new(spec.Limits);
    private readonly Dictionary<string, Archive> _archives = new(StringComparer.Ordinal);

    /// <summary>Opens a file.</summary>
    /// <exception cref="DiagnosticException">It does not exist, or cannot be read.</exception>
    public Stream Open(SourceFile file) => Open(file, out _);

    /// <summary>Opens a file.</summary>
    /// <param name="start">Where in the file the stream begins.</param>
    /// <exception cref="DiagnosticException">It does not exist, or cannot be read.</exception>
    public Stream Open(SourceFile file, out SourceStart start)
    {
        var stream = new PrefixedStream(OpenPacked(file), PrefixBytes);
        try
        {
            for (var layer = 0; UnpackedContent.IsPacked(stream.Prefix); layer++)
            {
                if (layer == MaxLayers) throw SourceError.InFile(SourceCodes.UnsupportedArchive, file.Name, "compressed more than twice");

                stream = new PrefixedStream(new UnpackedContent(stream, UnpackedContent.IsGzip(stream.Prefix), file.Name, _budget), PrefixBytes);
            }

            if (stream.Prefix.IsEmpty && !spec.Format.ReadsEmptyFiles) throw SourceError.InFile(SourceCodes.EmptyFile, file.Name, "the file is empty (0 bytes)");

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

    private Stream Text(PrefixedStream stream, string name, out SourceStart start)
    {
        // An XML document declares its encoding itself, partly through its byte-order mark.
        start = new SourceStart(0, 1, null);
        if (spec.Format.DeclaresEncoding) return stream;

        var isUtf8 = spec.Encoding.ToLowerInvariant() is "utf-8" or "utf8";
        if (!isUtf8 && spec.SingleByte is null)
            throw SourceError.InSpec($"unknown encoding '{spec.Encoding}', expected utf-8, latin-1 or windows-1252", NearestName.Hint(spec.Encoding, ["utf-8", "latin-1", "windows-1252"]));

        if (isUtf8)
        {
            ContentSniffer.RefuseUtf16(stream.Prefix, name);
            if (stream.Prefix.StartsWith("\uFEFF"u8)) stream.Skip(3);
        }

        start = Begin(stream);
        return spec.SingleByte is { } encoding ? Encoding.CreateTranscodingStream(stream, encoding, new UTF8Encoding(false)) : stream;
    }

    // Lines that the layout skips, Excel's line that sets the delimiter, and blank lines above a header.
    private SourceStart Begin(PrefixedStream stream)
    {
        var line = 1L;
        while (line <= spec.SkipLines && stream.SkipLine()) line++;

        byte? delimiter = null;
        if (!spec.Format.IsDelimited) return new SourceStart(stream.Skipped, line, null);

        if (SeparatorLine(stream.Prefix) is { } named)
        {
            delimiter = named;
            stream.SkipLine();
            line++;
        }

        while (stream.Prefix is [(byte)'\n', ..] or [(byte)'\r', (byte)'\n', ..])
        {
            stream.SkipLine();
            line++;
        }

        return new SourceStart(stream.Skipped, line, delimiter);
    }

    private static byte? SeparatorLine(ReadOnlySpan<byte> text) =>
        text.Length > 5 && text.StartsWith("sep="u8) && text[4] is (byte)'\t' or (> (byte)' ' and < 0x80) && text[5] is (byte)'\r' or (byte)'\n' ? text[4] : null;
}

/// <summary>Where the stream of a source begins in its file's content.</summary>
/// <param name="Bytes">Bytes before it: a byte-order mark, skipped lines.</param>
/// <param name="Line">One-based line on which it begins.</param>
/// <param name="Delimiter">The delimiter set by a first line such as <c>sep=;</c>; null without such a line.</param>
internal readonly record struct SourceStart(long Bytes, long Line, byte? Delimiter);
