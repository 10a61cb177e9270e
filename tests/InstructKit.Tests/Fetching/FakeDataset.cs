namespace InstructKit.Tests.Fetching;

/// <summary>A dataset on the fake hub.</summary>
internal sealed class FakeDataset
{
    /// <summary>Commits by branch.</summary>
    public Dictionary<string, string> Branches { get; } = new(StringComparer.Ordinal);

    /// <summary>Files by commit.</summary>
    public Dictionary<string, List<FakeFile>> Commits { get; } = new(StringComparer.Ordinal);

    /// <summary>True when only callers with the hub's token see it.</summary>
    public bool IsPrivate { get; set; }

    /// <summary>True when terms have to be accepted, which nobody has done.</summary>
    public bool IsGated { get; set; }

    /// <summary>Puts files on a branch; gives the commit.</summary>
    public string Commit(string branch, params FakeFile[] files)
    {
        var commit = new string((char)('a' + (Commits.Count % 6)), 39) + Commits.Count % 10;
        Branches[branch] = commit;
        Commits[commit] = [.. files];
        return commit;
    }
}
