namespace InstructKit.Tests.Fetching;

/// <summary>A dataset on the fake hub.</summary>
internal sealed class FakeDataset
{
    /// <summary>Commits by branch.</summary>
    public Dictionary<string, string> Branches { get; } = new(StringComparer.Ordinal);

    /// <summary>Files by commit.</summary>
    public Dictionary<string, List<FakeFile>> Commits { get; } = new(StringComparer.Ordinal);

    /// <summary>True when visible only with the hub's token.</summary>
    public bool IsPrivate { get; set; }

    /// <summary>True when terms must be accepted, which has not been done.</summary>
    public bool IsGated { get; set; }

    /// <summary>Adds files to a branch; returns the commit.</summary>
    public string Commit(string branch, params FakeFile[] files)
    {
        var commit = new string((char)('a' + (Commits.Count % 6)), 39) + Commits.Count % 10;
        Branches[branch] = commit;
        Commits[commit] = [.. files];
        return commit;
    }
}
