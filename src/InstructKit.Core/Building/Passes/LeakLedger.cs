using InstructKit.Building.Plans;
using InstructKit.Screening;
using InstructKit.Tasks;

namespace InstructKit.Building.Passes;

/// <summary>The held-out rows of a build, and how many of them each training task contains. Filled by <see cref="HeldOutPass"/>; counted in the order of the input.</summary>
/// <param name="folder">Folder for the temporary file of the keys.</param>
internal sealed class LeakLedger(string folder) : IDisposable
{
    private const long FailingPercent = 5;

    private readonly List<string> _heldOut = [];
    private readonly List<long> _totals = [];
    private readonly Dictionary<string, Tally> _tallies = new(StringComparer.Ordinal);

    /// <summary>Keys of the held-out rows.</summary>
    public HeldOutKeys Keys { get; } = new(folder);

    /// <summary>All pairs of tasks that share rows, in the order of training tasks and then of held-out tasks.</summary>
    public IReadOnlyList<LeakCount> Counts =>
    [
        .. from tally in _tallies
           from pair in tally.Value.Pairs.OrderBy(pair => pair.Key)
           select new LeakCount(tally.Key, _heldOut[pair.Key], pair.Value.Rows, pair.Value.HeldOutRows, _totals[pair.Key]),
    ];

    /// <summary>Starts a held-out task; returns its number.</summary>
    public int Begin(string task)
    {
        // A row of a task is tagged with two bytes.
        if (_heldOut.Count > ushort.MaxValue) throw new DiagnosticException(new Diagnostic(TaskCodes.BadSetting, Severity.Error, "More than 65,536 tasks are held out."));

        _heldOut.Add(task);
        _totals.Add(0);
        return _heldOut.Count - 1;
    }

    /// <summary>Adds a held-out row.</summary>
    public void AddHeldOut(int task, UInt128 key)
    {
        Keys.Add(key, task);
        _totals[task]++;
    }

    /// <summary>Counts a row of a training task that is a held-out row.</summary>
    public void Add(string task, long heldOut)
    {
        if (!_tallies.TryGetValue(task, out var tally)) _tallies[task] = tally = new Tally(Keys.Count);

        foreach (var (number, first, rows) in Keys.RowsAt(heldOut))
        {
            var (counted, heldOutRows) = tally.Pairs.GetValueOrDefault(number);
            tally.Pairs[number] = (counted + 1, heldOutRows + (tally.Mark(first) ? rows : 0));
        }
    }

    /// <summary>Fails when a training task contains a substantial part of a held-out task's rows.</summary>
    /// <exception cref="DiagnosticException">IK2020, one finding for each pair.</exception>
    public void RequireSmall()
    {
        List<Diagnostic> found =
        [
            .. from pair in Counts
               where pair.HeldOutRows * 100 >= pair.HeldOutTotal * FailingPercent
               select new Diagnostic(
                   TaskCodes.Leak, Severity.Error,
                   string.Create(CultureInfo.InvariantCulture, $"'{pair.Task}' cannot be trained on: it has {pair.HeldOutRows} of {pair.HeldOutTotal} rows ({100.0 * pair.HeldOutRows / pair.HeldOutTotal:0.#} %) of the held-out '{pair.HeldOut}'.")),
        ];
        if (found.Count == 0) return;

        found[^1] = found[^1] with { Hint = "Take it out of the training tasks, hold out something else, or use --on-leak drop to train on its other rows." };
        throw new DiagnosticException(found);
    }

    public void Dispose() => Keys.Dispose();

    // One bit for each held-out row; of a task's rows with the same key only the first is marked.
    private sealed class Tally(long rows)
    {
        private readonly ulong[] _marked = new ulong[(rows + 63) / 64];

        public Dictionary<int, (long Rows, long HeldOutRows)> Pairs { get; } = [];

        public bool Mark(long row)
        {
            var isNew = (_marked[row / 64] & (1UL << (int)(row % 64))) == 0;
            _marked[row / 64] |= 1UL << (int)(row % 64);
            return isNew;
        }
    }
}
