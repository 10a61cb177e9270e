namespace InstructKit.Sources.Files;

/// <summary>A zip or tar archive whose members are read by name. Names are labels; they never become paths.</summary>
internal abstract class Archive : IDisposable
{
    private static readonly string[] Suffixes = [".zip", ".tar", ".tar.gz", ".tgz"];

    /// <summary>Names of the members that are files, in archive order.</summary>
    public abstract IReadOnlyList<string> Members { get; }

    /// <summary>Splits <c>archive!member</c>. False for the path of a plain file, whatever characters it has.</summary>
    public static bool TrySplit(string path, out string archive, out string member)
    {
        for (var mark = path.IndexOf('!', StringComparison.Ordinal); mark > 0; mark = path.IndexOf('!', mark + 1))
        {
            if (Suffixes.Any(suffix => path.AsSpan(0, mark).EndsWith(suffix, StringComparison.OrdinalIgnoreCase)))
            {
                (archive, member) = (path[..mark], path[(mark + 1)..]);
                return true;
            }
        }

        (archive, member) = (path, string.Empty);
        return false;
    }

    /// <summary>The file that a path refers to: the archive of a member, or the file itself.</summary>
    public static string FileOf(string path) => !File.Exists(path) && TrySplit(path, out var archive, out _) ? archive : path;

    /// <summary>Opens an archive, of the kind that its first bytes indicate.</summary>
    /// <param name="path">The archive.</param>
    /// <param name="name">Its name in messages.</param>
    /// <param name="limits">Bounds.</param>
    /// <param name="budget">Counts what is unpacked.</param>
    /// <param name="wanted">Members that will be opened; a tar archive must know them in advance.</param>
    /// <exception cref="DiagnosticException">It is not an archive, or one that cannot be read.</exception>
    public static Archive Open(string path, string name, SourceLimits limits, UnpackedBudget budget, IReadOnlySet<string> wanted)
    {
        var stream = new InputFile(new SourceFile(path, name));
        try
        {
            Span<byte> prefix = stackalloc byte[4];
            stream.ReadAtLeast(prefix, 4, throwOnEndOfStream: false);
            var isZip = prefix[..2].SequenceEqual("PK"u8);
            var looksLikeTar = UnpackedContent.IsGzip(prefix) || !path.EndsWith(".zip", StringComparison.OrdinalIgnoreCase);
            stream.Position = 0;
            return isZip || !looksLikeTar ? new ZipContent(stream, name, limits, budget) : new TarContent(stream, name, limits, budget, wanted);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Opens a member.</summary>
    /// <exception cref="DiagnosticException">It does not exist, or cannot be read.</exception>
    public abstract Stream OpenMember(string member);

    public abstract void Dispose();

    /// <summary>The error for a missing member.</summary>
    protected DiagnosticException NoMember(string archive, string member) => new(
        new Diagnostic(SourceCodes.FileMissing, Severity.Error, $"{archive}!{member}: the archive has no such member") { Hint = NearestName.Hint(member, Members) });
}
