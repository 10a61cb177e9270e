namespace InstructKit.Auditing.Linting;

/// <summary>Counts the positions of the correct option among a row's own options, and whether those change from row to row.</summary>
internal sealed class OptionTally
{
    // A chi-square test at 0.001 that also requires a relevant effect size, so that a million rows do not report a trifle.
    private const int FewestRows = 50;
    private const double NormalQuantile = 3.09;
    private const double MinExcess = 1.5;

    private readonly SortedDictionary<int, int[]> _byCount = [];
    private readonly HashSet<string> _lists = new(StringComparer.Ordinal);

    /// <summary>Rows examined.</summary>
    public int Rows { get; private set; }

    /// <summary>True when enough rows all had the same options.</summary>
    public bool IsConstant => Rows >= FewestRows && _lists.Count == 1;

    /// <summary>Adds a row.</summary>
    /// <param name="answer">Index of the correct one.</param>
    public void Add(IReadOnlyList<string> options, int answer)
    {
        Rows++;
        if (_lists.Count < 2) _lists.Add(string.Join('\0', options));

        if (!_byCount.TryGetValue(options.Count, out var places))
        {
            places = new int[options.Count];
            _byCount[options.Count] = places;
        }

        places[answer]++;
    }

    /// <summary>A sentence about the position that is correct too often, or null.</summary>
    public string? DescribeBias()
    {
        foreach (var (count, places) in _byCount)
        {
            var rows = places.Sum();
            if (count < 2 || rows < FewestRows) continue;

            var expected = (double)rows / count;
            var chiSquare = places.Sum(place => (place - expected) * (place - expected) / expected);
            var most = places.Max();
            if (chiSquare > CriticalChiSquare(count - 1) && most > MinExcess * expected)
            {
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"Of {count} options the one at place {Array.IndexOf(places, most) + 1} is right in {most} of {rows} rows ({100.0 * most / rows:0} %, chance is {100.0 / count:0} %).");
            }
        }

        return null;
    }

    // Wilson and Hilferty's approximation (1931).
    private static double CriticalChiSquare(int freedom)
    {
        var spread = 2.0 / (9 * freedom);
        return freedom * Math.Pow(1 - spread + (NormalQuantile * Math.Sqrt(spread)), 3);
    }
}
