namespace InstructKit.Sources;

/// <summary>Finds files by pattern: <c>*</c> and <c>?</c> within a name, <c>**</c> over folders. Always the same files in the same order.</summary>
internal static class FileGlob
{
    /// <summary>Expands a pattern below a folder; a name without wildcards stands for itself, whether it exists or not.</summary>
    public static IReadOnlyList<SourceFile> Expand(string folder, string glob)
    {
        glob = glob.Replace('\\', '/');
        if (!glob.AsSpan().ContainsAny('*', '?'))
        {
            return [new SourceFile(Path.Combine(folder, glob), glob)];
        }

        List<SourceFile> found = [];
        Walk(folder, string.Empty, glob.Split('/', StringSplitOptions.RemoveEmptyEntries), 0, found);
        found.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        return found;
    }

    /// <summary>True when a whole name matches a pattern of <c>*</c> and <c>?</c>.</summary>
    public static bool Matches(ReadOnlySpan<char> name, ReadOnlySpan<char> pattern)
    {
        int n = 0, p = 0, star = -1, starName = 0;
        while (n < name.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                starName = n;
            }
            else if (p < pattern.Length && (pattern[p] == '?' || pattern[p] == name[n]))
            {
                p++;
                n++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                n = ++starName;
            }
            else
            {
                return false;
            }
        }

        return pattern[p..].IndexOfAnyExcept('*') < 0;
    }

    /// <summary>What editors and archivers leave behind; never data, unless it is named without a wildcard.</summary>
    public static bool IsDropping(string name) =>
        name is ".DS_Store" or "__MACOSX" or "Thumbs.db"
        || name.StartsWith("._", StringComparison.Ordinal)
        || name.EndsWith('~')
        || (name.StartsWith('.') && (name.EndsWith(".swp", StringComparison.Ordinal) || name.EndsWith(".swo", StringComparison.Ordinal)));

    private static void Walk(string folder, string prefix, string[] segments, int at, List<SourceFile> found)
    {
        var segment = segments[at];
        var isLast = at == segments.Length - 1;
        if (segment == "**")
        {
            if (!isLast)
            {
                Walk(folder, prefix, segments, at + 1, found);
            }

            foreach (var sub in Entries(folder, Directory.EnumerateDirectories))
            {
                Walk(Path.Combine(folder, sub), prefix + sub + "/", segments, at, found);
            }

            if (isLast)
            {
                found.AddRange(Entries(folder, Directory.EnumerateFiles).Select(name => new SourceFile(Path.Combine(folder, name), prefix + name)));
            }

            return;
        }

        if (!segment.AsSpan().ContainsAny('*', '?'))
        {
            var path = Path.Combine(folder, segment);
            if (isLast && File.Exists(path))
            {
                found.Add(new SourceFile(path, prefix + segment));
            }
            else if (!isLast && Directory.Exists(path))
            {
                Walk(path, prefix + segment + "/", segments, at + 1, found);
            }

            return;
        }

        foreach (var name in Entries(folder, isLast ? Directory.EnumerateFiles : Directory.EnumerateDirectories))
        {
            if (!Matches(name, segment))
            {
                continue;
            }

            var path = Path.Combine(folder, name);
            if (isLast)
            {
                found.Add(new SourceFile(path, prefix + name));
            }
            else
            {
                Walk(path, prefix + name + "/", segments, at + 1, found);
            }
        }
    }

    private static IEnumerable<string> Entries(string folder, Func<string, IEnumerable<string>> list) =>
        Directory.Exists(folder) ? list(folder).Select(path => Path.GetFileName(path)).Where(name => !IsDropping(name)) : [];
}
