namespace InstructKit.Auditing.Linting;

/// <summary>Counts, for one template, in how many rows the correct option occurs in the input more often than every other option. A block that lists the
/// options adds one to each and so makes no difference; an option that is a word of the template is the most frequent one whatever the answer, and correct only as
/// often as that answer.</summary>
internal sealed class LeakTally
{
    // A label printed in the input is the most frequent option in every row. Passages that contain the answer among other candidates reach 0.5 to 0.8 (ReCoRD, MultiRC).
    private const double Bound = 0.9;
    private const int FewestRows = 8;

    private readonly HashSet<string> _standing = new(StringComparer.Ordinal);

    /// <summary>Rows examined.</summary>
    public int Rows { get; private set; }

    /// <summary>Rows in which the correct option is the most frequent one.</summary>
    public int Right { get; private set; }

    /// <summary>True when too many rows reveal the answer for it to be chance. One option that is always the most frequent is not a leak of the answer.</summary>
    public bool IsLeak => Rows >= FewestRows && Right >= Bound * Rows && _standing.Count > 1;

    /// <summary>Examines an input.</summary>
    /// <param name="input">The rendered input.</param>
    /// <param name="options">The row's options.</param>
    /// <param name="answer">Index of the correct one.</param>
    public void Add(string input, IReadOnlyList<string> options, int answer)
    {
        Rows++;
        var best = -1;
        var most = 0;
        var counts = WordCount.OfEach(input, options);
        for (var i = 0; i < options.Count; i++)
        {
            var count = counts[i];
            if (count >= most && count > 0)
            {
                best = count > most ? i : -1;
                most = count;
            }
        }

        if (best >= 0)
        {
            _standing.Add(options[best]);
            Right += best == answer ? 1 : 0;
        }
    }
}
