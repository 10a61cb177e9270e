using InstructKit.Sources;
using InstructKit.Sources.Formats;
using Xunit;

namespace InstructKit.Tests.Sources;

/// <summary>A folder of small files for one test, and readers over it.</summary>
internal sealed class ReaderFolder : IDisposable
{
    public ReaderFolder() => Root = Directory.CreateTempSubdirectory("instructkit-").FullName;

    public string Root { get; }

    public void Dispose() => Directory.Delete(Root, recursive: true);

    public SourceFile Add(string name, byte[] bytes)
    {
        var path = Path.Combine(Root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return new SourceFile(path, name);
    }

    public SourceFile Add(string name, string text) => Add(name, Encoding.UTF8.GetBytes(text));

    /// <summary>Reads one file with every chunk size that matters and asserts equal results.</summary>
    public static ReadResult Read(SourceSpec spec, IReadOnlyList<SourcePart> parts, params string[] columns)
    {
        var whole = Try(spec, parts, columns, SourceInput.DefaultChunkBytes, out var error);
        foreach (var chunk in (int[])[1, 7, 64, 4096])
        {
            var other = Try(spec, parts, columns, chunk, out var otherError);
            Assert.Equal(error?.Message, otherError?.Message);
            Assert.Equal(whole?.Rows, other?.Rows);
            Assert.Equal(whole?.Raw, other?.Raw);
            Assert.Equal(whole?.Replacements, other?.Replacements);
            Assert.Equal(whole?.Repaired, other?.Repaired);
            Assert.Equal(whole?.Places.Select(place => place.Offset), other?.Places.Select(place => place.Offset));
        }

        List<SourceFile> files = [.. parts.SelectMany(part => part.Files)];
        foreach (var place in whole?.Places ?? []) place.Check(spec, files);

        return error is null ? whole! : throw error;
    }

    public ReadResult Read(SourceSpec spec, string text, params string[] columns) => Read(spec, Encoding.UTF8.GetBytes(text), columns);

    public ReadResult Read(SourceSpec spec, byte[] bytes, params string[] columns) => Read(spec, [new SourcePart(null, [Add("in", bytes)])], columns);

    /// <summary>The one diagnostic that reading ends with.</summary>
    public Diagnostic Error(SourceSpec spec, string text, params string[] columns) =>
        Assert.Single(Assert.Throws<DiagnosticException>(() => Read(spec, text, columns)).Diagnostics);

    private static ReadResult? Try(SourceSpec spec, IReadOnlyList<SourcePart> parts, string[] columns, int chunk, out DiagnosticException? error)
    {
        try
        {
            error = null;
            return ReadResult.Of(RowReaders.Open(spec, parts, columns, chunk));
        }
        catch (DiagnosticException failure)
        {
            error = failure;
            return null;
        }
    }
}
