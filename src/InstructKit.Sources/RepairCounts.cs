using InstructKit.Cells;

namespace InstructKit.Sources;

/// <summary>How many rows something was let pass in, by what it was. A row may count under several.</summary>
public sealed class RepairCounts
{
    /// <summary>Rows in which bytes were replaced that are not UTF-8.</summary>
    public long InvalidUtf8 { get; private set; }

    /// <summary>Rows in which the last of several values under one key was taken.</summary>
    public long DuplicateKeys { get; private set; }

    /// <summary>Rows in which half a surrogate pair was replaced.</summary>
    public long LoneSurrogates { get; private set; }

    /// <summary>The counts that are not zero, by the name of the setting that let the rows pass.</summary>
    public IReadOnlyList<(string Name, long Rows)> Found =>
    [
        .. new (string Name, long Rows)[]
        {
            (LeniencyNames.InvalidUtf8, InvalidUtf8), (LeniencyNames.DuplicateKeys, DuplicateKeys), (LeniencyNames.LoneSurrogates, LoneSurrogates),
        }.Where(count => count.Rows > 0),
    ];

    /// <summary>Counts a row.</summary>
    public void Add(RowRepairs what)
    {
        InvalidUtf8 += what.HasFlag(RowRepairs.InvalidUtf8) ? 1 : 0;
        DuplicateKeys += what.HasFlag(RowRepairs.DuplicateKeys) ? 1 : 0;
        LoneSurrogates += what.HasFlag(RowRepairs.LoneSurrogates) ? 1 : 0;
    }

    /// <summary>Adds what others counted.</summary>
    public void Add(RepairCounts other)
    {
        ArgumentNullException.ThrowIfNull(other);
        InvalidUtf8 += other.InvalidUtf8;
        DuplicateKeys += other.DuplicateKeys;
        LoneSurrogates += other.LoneSurrogates;
    }
}
