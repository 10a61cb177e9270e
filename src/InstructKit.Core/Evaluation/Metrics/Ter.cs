namespace InstructKit.Evaluation.Metrics;

/// <summary>Translation edit rate (Snover et al. 2006) by the rules of sacrebleu 2 (mjpost/sacrebleu, <c>metrics/ter.py</c> and <c>lib_ter.py</c>), which
/// follow Tercom: fewest edits over the references, divided by their average length. Statistics of a row: edits, average length.</summary>
internal sealed class Ter(string name, TerOptions options) : SummedMetric(name, 2, "ter")
{
    public override double Upper => double.PositiveInfinity;

    public override bool HigherIsBetter => false;

    public override string Signature(int references) =>
        $"{CountOf(references)}|case:{(options.CaseSensitive ? "mixed" : "lc")}|tok:tercom|norm:{YesNo(options.Normalized)}|punct:{YesNo(!options.NoPunctuation)}|asian:{YesNo(options.AsianSupport)}";

    /// <inheritdoc/>
    /// <remarks>A row without references counts as one with an empty reference.</remarks>
    public override void Measure(in MetricRow row, MetricWorkspace workspace, Span<double> statistics)
    {
        workspace.Tokens.Clear();
        Tokenize(row.Prediction, workspace, workspace.Left);
        var (best, lengths) = (row.References.IsEmpty ? workspace.Left.Count : int.MaxValue, 0L);
        foreach (var reference in row.References)
        {
            Tokenize(reference.Span, workspace, workspace.Right);
            best = Math.Min(best, workspace.Edits.Count(workspace.Left.Items, workspace.Right.Items));
            lengths += workspace.Right.Count;
        }

        statistics[0] = best;
        statistics[1] = (double)lengths / Math.Max(1, row.References.Length);
    }

    public override void Conclude(ReadOnlySpan<double> sums, Span<double> figures) =>
        figures[0] = sums[1] > 0 ? 100 * (sums[0] / sums[1]) : sums[0] > 0 ? 100 : 0;

    private void Tokenize(ReadOnlySpan<byte> text, MetricWorkspace workspace, GrowableBuffer<int> tokens)
    {
        tokens.Clear();
        TercomTokenizer.Rewrite(text, options, workspace.Text, workspace.MoreText);
        workspace.Tokens.AddWords(workspace.Text.Items, tokens);
    }
}

/// <summary>The number of edits of TER: words are shifted greedily as long as that shortens the edit distance, and each shift is one edit. The limits and the
/// order in which equal shifts are preferred are Tercom's, as in sacrebleu.</summary>
internal sealed class TerEdits
{
    private const int MaxShiftSize = 10;
    private const int MaxShiftDistance = 50;

    /// <summary>Maximum number of shift candidates; this bounds the work on long texts.</summary>
    private const int MaxCandidates = 1000;

    private readonly BeamEditDistance _distance = new();
    private readonly GrowableBuffer<int> _words = new();
    private readonly GrowableBuffer<int> _shifted = new();
    private readonly GrowableBuffer<int> _alignment = new();

    // Errors before each position, so that the errors of a range are one subtraction.
    private readonly GrowableBuffer<int> _predictionErrors = new();
    private readonly GrowableBuffer<int> _referenceErrors = new();

    /// <summary>A shift, ordered by Tercom's preferences: gain, then length, then the earlier start, then the earlier target.</summary>
    private readonly record struct Shift(int Gain, int Length, int Start, int Target)
    {
        public bool IsBetterThan(in Shift other) => (Gain, Length, -Start, -Target).CompareTo((other.Gain, other.Length, -other.Start, -other.Target)) > 0;
    }

    public int Count(ReadOnlySpan<int> prediction, ReadOnlySpan<int> reference)
    {
        if (reference.IsEmpty) return prediction.Length;
        _words.Clear();
        _words.AddRange(prediction);
        _distance.Begin(reference, prediction.Length);
        var (shifts, candidates) = (0, 0);
        var current = _distance.Of(_words.Items);
        while (current > 0 && FindShift(reference, current, ref candidates) is { } shift)
        {
            // The candidate limit also discards the shift found last, as in sacrebleu.
            if (candidates >= MaxCandidates || shift.Gain <= 0) break;
            Apply(shift);
            shifts++;
            _words.Clear();
            _words.AddRange(_shifted.Items);
            current = _distance.Of(_words.Items);
        }

        return shifts + current;
    }

    private Shift? FindShift(ReadOnlySpan<int> reference, int current, ref int candidates)
    {
        var words = _words.Items;
        Align(words.Length, reference.Length);
        Shift? best = null;
        for (var start = 0; start < words.Length; start++)
        {
            var last = Math.Min(reference.Length - 1, start + MaxShiftDistance);
            for (var at = Math.Max(0, start - MaxShiftDistance); at <= last; at++)
            {
                for (var length = 1; length <= MaxShiftSize && start + length <= words.Length && at + length <= reference.Length; length++)
                {
                    if (words[start + length - 1] != reference[at + length - 1]) break;
                    if (_predictionErrors[start + length] == _predictionErrors[start] || _referenceErrors[at + length] == _referenceErrors[at]) continue;
                    if (_alignment[at] >= start && _alignment[at] < start + length) continue;
                    Try(reference.Length, current, start, at, length, ref best, ref candidates);
                    if (candidates >= MaxCandidates) return best;
                }
            }
        }

        return best;
    }

    /// <summary>Tries all targets next to the words aligned with the matching words of the reference.</summary>
    private void Try(int referenceLength, int current, int start, int at, int length, ref Shift? best, ref int candidates)
    {
        var previous = -1;
        for (var offset = -1; offset < length && at + offset < referenceLength; offset++)
        {
            var target = at + offset < 0 ? 0 : _alignment[at + offset] + 1;
            if (target == previous) continue;
            previous = target;
            var shift = new Shift(0, length, start, target);
            Apply(shift);
            shift = shift with { Gain = current - _distance.Of(_shifted.Items) };
            candidates++;
            if (best is not { } found || shift.IsBetterThan(found)) best = shift;
        }
    }

    /// <summary>Writes the shifted words to <see cref="_shifted"/>.</summary>
    private void Apply(in Shift shift)
    {
        ReadOnlySpan<int> words = _words.Items;
        var (start, end, target) = (shift.Start, shift.Start + shift.Length, shift.Target);
        _shifted.Clear();
        if (target < start)
        {
            _shifted.AddRange(words[..target]);
            _shifted.AddRange(words[start..end]);
            _shifted.AddRange(words[target..start]);
            _shifted.AddRange(words[end..]);
            return;
        }

        // A target inside the shifted words counts from their end.
        var until = target > end ? target : Math.Min(words.Length, shift.Length + target);
        _shifted.AddRange(words[..start]);
        _shifted.AddRange(words[end..until]);
        _shifted.AddRange(words[start..end]);
        _shifted.AddRange(words[until..]);
    }

    /// <summary>Reads the alignment from the trace of the last edit distance.</summary>
    private void Align(int predictionLength, int referenceLength)
    {
        _alignment.Clear();
        _alignment.Resize(referenceLength);
        _predictionErrors.Clear();
        _referenceErrors.Clear();
        _predictionErrors.Resize(predictionLength + 1);
        _referenceErrors.Resize(referenceLength + 1);
        var (i, j) = (predictionLength, referenceLength);
        while (i > 0 || j > 0)
        {
            var edit = _distance.EditAt(i, j);
            if (edit is Edit.Keep or Edit.Substitute)
            {
                _alignment[j - 1] = i - 1;
                _predictionErrors[i--] = _referenceErrors[j--] = edit == Edit.Substitute ? 1 : 0;
            }
            else if (edit == Edit.Delete) _predictionErrors[i--] = 1;
            else
            {
                _alignment[j - 1] = i - 1;
                _referenceErrors[j--] = 1;
            }
        }

        for (i = 1; i <= predictionLength; i++) _predictionErrors[i] += _predictionErrors[i - 1];
        for (j = 1; j <= referenceLength; j++) _referenceErrors[j] += _referenceErrors[j - 1];
    }

    private enum Edit : byte
    {
        None,
        Keep,
        Substitute,
        Delete,
        Insert,
    }

    /// <summary>Edit distances of orderings of the same words to one reference, only near the diagonal. Rows shared with the previous ordering are
    /// not recomputed.</summary>
    private sealed class BeamEditDistance
    {
        private const int BeamWidth = 25;
        private const int Unreachable = 1 << 28;

        private readonly GrowableBuffer<int> _reference = new();
        private readonly GrowableBuffer<int> _previous = new();
        private readonly GrowableBuffer<int> _costs = new();
        private readonly GrowableBuffer<Edit> _edits = new();

        // First column and place in the buffers of every row.
        private readonly GrowableBuffer<(int First, int Start, int Length)> _rows = new();

        public void Begin(ReadOnlySpan<int> reference, int words)
        {
            _reference.Clear();
            _reference.AddRange(reference);
            _previous.Clear();
            _rows.Clear();
            _rows.Add((0, 0, reference.Length + 1));
            var ratio = words > 0 ? (double)reference.Length / words : 1;
            var beam = BeamWidth < ratio / 2 ? (int)Math.Ceiling(ratio / 2 + BeamWidth) : BeamWidth;
            var size = reference.Length + 1;
            for (var i = 1; i <= words; i++)
            {
                var diagonal = (int)Math.Floor(i * ratio);
                var first = Math.Max(0, diagonal - beam);
                var end = i == words ? reference.Length + 1 : Math.Min(reference.Length + 1, diagonal + beam);
                _rows.Add((first, size, end - first));
                size = checked(size + end - first);
            }

            _costs.Clear();
            _edits.Clear();
            _costs.Resize(size);
            _edits.Resize(size);
            for (var j = 0; j <= reference.Length; j++) (_costs[j], _edits[j]) = (j, Edit.Insert);
        }

        public Edit EditAt(int i, int j) => _edits[_rows[i].Start + j - _rows[i].First];

        /// <summary>The distance of the words to the reference.</summary>
        public int Of(ReadOnlySpan<int> words)
        {
            var same = words.CommonPrefixLength(_previous.Items);
            for (var i = same + 1; i <= words.Length; i++) Fill(i, words[i - 1]);
            _previous.Clear();
            _previous.AddRange(words);
            return _costs[_costs.Count - 1];
        }

        private void Fill(int i, int word)
        {
            var (first, start, length) = _rows[i];
            var (aboveFirst, aboveStart, aboveLength) = _rows[i - 1];
            var costs = _costs.Items.Slice(start, length);
            var edits = _edits.Items.Slice(start, length);
            var above = _costs.Items.Slice(aboveStart, aboveLength);
            for (var column = 0; column < length; column++)
            {
                var j = first + column;
                var up = j - aboveFirst;
                var cost = Unreachable;
                var edit = Edit.None;
                if (j > 0)
                {
                    // On ties, keeping and substituting are preferred to deleting, deleting to inserting.
                    var keep = word == _reference[j - 1];
                    if (up > 0 && up <= aboveLength && above[up - 1] + (keep ? 0 : 1) is var diagonal && diagonal < cost)
                        (cost, edit) = (diagonal, keep ? Edit.Keep : Edit.Substitute);
                    if (up < aboveLength && above[up] + 1 < cost) (cost, edit) = (above[up] + 1, Edit.Delete);
                    if (column > 0 && costs[column - 1] + 1 < cost) (cost, edit) = (costs[column - 1] + 1, Edit.Insert);
                }
                else (cost, edit) = (above[0] + 1, Edit.Delete);

                (costs[column], edits[column]) = (cost, edit);
            }
        }
    }
}
