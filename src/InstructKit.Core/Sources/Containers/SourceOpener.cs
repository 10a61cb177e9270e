using InstructKit.Diagnostics;

namespace InstructKit.Sources;

/// <summary>Opens files as streams of UTF-8 text: unpacked, transcoded, without byte-order mark. Owned by one reader; not thread-safe.</summary>
internal sealed class SourceOpener(SourceSpec spec) : IDisposable
{
    private const int PrefixBytes = 512;
    private const int MaxLayers = 2;

    private readonly UnpackedBudget _budget = new(spec.Limits);

    /// <summary>Opens a file.</summary>
    /// <exception cref="DiagnosticException">It does not exist, or is nothing that can be read.</exception>
    public Stream Open(SourceFile file)
    {
        var stream = new PrefixedStream(OpenRaw(file), PrefixBytes);
        try
        {
            for (var layer = 0; stream.Prefix.StartsWith(GzipContent.Magic); layer++)
            {
                if (layer == MaxLayers)
                {
                    throw SourceError.InFile(SourceCodes.UnsupportedArchive, file.Name, "compressed more than twice");
                }

                stream = new PrefixedStream(new GzipContent(stream, file.Name, _budget), PrefixBytes);
            }

            ContentSniffer.Refuse(stream.Prefix, file.Name, spec.Format);
            return Text(stream, file.Name);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
    }

    private static FileStream OpenRaw(SourceFile file)
    {
        try
        {
            return new FileStream(file.Path, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Read, BufferSize = 0, Options = FileOptions.SequentialScan });
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            throw SourceError.InFile(SourceCodes.FileMissing, file.Name, "no such file", failure);
        }
        catch (UnauthorizedAccessException failure)
        {
            throw new IOException(failure.Message, failure);
        }
    }

    private Stream Text(PrefixedStream stream, string name)
    {
        // An XML document says its encoding itself, and a byte-order mark is part of how it does.
        if (spec.Format == SourceFormat.Xml)
        {
            return stream;
        }

        switch (spec.Encoding.ToLowerInvariant())
        {
            case "utf-8" or "utf8":
                ContentSniffer.RefuseUtf16(stream.Prefix, name);
                if (stream.Prefix.StartsWith("\uFEFF"u8))
                {
                    stream.Skip(3);
                }

                return stream;
            case "latin-1" or "latin1" or "iso-8859-1":
                return new Latin1Stream(stream);
            default:
                throw SourceError.InSpec($"unknown encoding '{spec.Encoding}', expected utf-8 or latin-1", NearestName.Hint(spec.Encoding, ["utf-8", "latin-1"]));
        }
    }
}
