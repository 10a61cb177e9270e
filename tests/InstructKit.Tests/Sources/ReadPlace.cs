using InstructKit.Sources;
using InstructKit.Sources.Formats;
using Xunit;

namespace InstructKit.Tests.Sources;

/// <summary>A row's position according to the reader, and its raw text.</summary>
/// <param name="File">Index of the file.</param>
/// <param name="Offset">Byte in the file, or -1.</param>
/// <param name="Raw">The raw text.</param>
internal sealed record ReadPlace(int File, long Offset, byte[] Raw)
{
    /// <summary>Asserts that the file has the raw text at the offset.</summary>
    public void Check(SourceSpec spec, IReadOnlyList<SourceFile> files)
    {
        var file = files[File];
        if (spec.Format.Name is "files" or "xml" or "parquet")
        {
            Assert.Equal(-1, Offset);
            return;
        }

        // The raw text of parallel files is a line of each; quotes that were escaped are doubled in it.
        var raw = spec.Format == SourceFormats.Parallel ? Raw.AsSpan(0, Raw.AsSpan().IndexOf((byte)'\n') is >= 0 and var end ? end : Raw.Length)
            : spec.Escape is null ? Raw
            : Raw.AsSpan(0, Math.Min(1, Raw.Length));
        if (!System.IO.File.Exists(file.Path))
        {
            return; // a member of an archive
        }

        var content = System.IO.File.ReadAllBytes(file.Path);
        if (content.AsSpan().StartsWith((byte[])[0x1f, 0x8b]) || content.AsSpan().StartsWith((byte[])[0x28, 0xb5, 0x2f, 0xfd]))
        {
            return; // compressed
        }

        Assert.InRange(Offset, 0, content.Length);
        var there = content.AsSpan((int)Offset);
        there = spec.Encoding == "latin-1" ? Encoding.UTF8.GetBytes(Encoding.Latin1.GetString(there)) : there;
        Assert.True(there.StartsWith(raw), $"{file.Name} has not at {Offset} '{Encoding.UTF8.GetString(raw)}'");
        Assert.True(Offset == 0 || spec.Format.Name is "json" or "parallel" || spec.Records is not null || content[Offset - 1] is (byte)'\n' or (byte)'\r' || (Offset == 3 && content[0] == 0xEF));
    }
}
