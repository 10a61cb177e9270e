using System.Numerics;

namespace InstructKit.Sources;

/// <summary>Which input errors are repaired instead of rejecting the row. An error in neither set is undecided (and finally rejects the row), so that options
/// can override a plan and a plan a layout. Every repaired row is counted (<see cref="RowBatch.Repairs"/>).</summary>
/// <param name="Repair">Errors to repair.</param>
/// <param name="Reject">Errors that reject the row whatever a lower layer says.</param>
public readonly record struct RepairChoices(InputRepairs Repair, InputRepairs Reject = InputRepairs.None)
{
    /// <summary>The table of repairs: its key in task files and plans (options have hyphens for underscores), the value that chooses it, and its help.</summary>
    public static IReadOnlyList<(InputRepairs Repair, string Key, string Word, string Help)> Table { get; } =
    [
        (InputRepairs.InvalidUtf8, "invalid_utf8", "replace", "How to treat bytes that are not UTF-8: reject the row (default) or replace them with U+FFFD."),
        (InputRepairs.DuplicateKeys, "duplicate_keys", "last", "How to treat duplicate JSON keys: reject the row (default) or keep the last value."),
        (InputRepairs.LoneSurrogates, "lone_surrogates", "replace", "How to treat half a surrogate pair such as \\ud800 in JSON: reject the row (default) or replace it with U+FFFD."),
    ];

    /// <summary>The value that rejects the row, for every repair.</summary>
    public const string RejectWord = "reject";

    /// <summary>True when an error is repaired.</summary>
    public bool Repairs(InputRepairs what) => (Repair & what) != 0;

    /// <summary>These choices, with undecided ones taken from another.</summary>
    public RepairChoices Over(RepairChoices other) => new(Repair | (other.Repair & ~Reject), Reject | (other.Reject & ~Repair));

    /// <summary>The choices with one more, unless it is undecided.</summary>
    /// <param name="what">The repair.</param>
    /// <param name="repairs">True to repair, false to reject, null to leave it undecided.</param>
    public RepairChoices With(InputRepairs what, bool? repairs) => repairs switch
    {
        null => this,
        true => this with { Repair = Repair | what },
        _ => this with { Reject = Reject | what },
    };

    /// <summary>The value for a repair, or null where it is undecided.</summary>
    public string? WordOf(InputRepairs what) => Repairs(what) ? Table.First(row => row.Repair == what).Word : (Reject & what) != 0 ? RejectWord : null;
}

/// <summary>Number of rows that were repaired, by kind. A row may count under several.</summary>
public sealed class RepairCounts
{
    private readonly long[] _rows = new long[RepairChoices.Table.Count];

    /// <summary>The nonzero counts, by the key of the setting that allowed them.</summary>
    public IReadOnlyList<(string Name, long Rows)> Found => [.. RepairChoices.Table.Select((row, i) => (row.Key, _rows[i])).Where(count => count.Item2 > 0)];

    /// <summary>Rows with this repair.</summary>
    public long this[InputRepairs what] => _rows[BitOperations.TrailingZeroCount((int)what)];

    /// <summary>Counts a row.</summary>
    public void Add(InputRepairs what)
    {
        for (var i = 0; i < _rows.Length; i++) _rows[i] += ((int)what >> i) & 1;
    }

    /// <summary>Adds other counts.</summary>
    public void Add(RepairCounts other)
    {
        ArgumentNullException.ThrowIfNull(other);
        for (var i = 0; i < _rows.Length; i++) _rows[i] += other._rows[i];
    }
}
