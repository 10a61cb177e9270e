using System.Runtime.InteropServices;

namespace InstructKit.Evaluation.Metrics;

/// <summary>Levenshtein distance over tokens (T5 <c>edit_distance</c>; text formatting). Tokens are what single non-word characters separate, so two of them in
/// a row leave an empty token. Figures are tokens, not percent: minimum, maximum, mean, median, sum. Statistics of a row: the distance.</summary>
/// <param name="lowercase">Lower-cases both sides first.</param>
internal sealed class EditDistance(string name, bool lowercase = true) : Metric(name, 1, "min", "max", "mean", "median", "sum")
{
    public override double Upper => double.PositiveInfinity;

    public override bool HigherIsBetter => false;

    public override void Measure(in MetricRow row, MetricWorkspace workspace, Span<double> statistics)
    {
        workspace.Tokens.Clear();
        Tokenize(row.Prediction, workspace, workspace.Left);
        var best = row.References.IsEmpty ? workspace.Left.Count : int.MaxValue;
        foreach (var reference in row.References)
        {
            Tokenize(reference.Span, workspace, workspace.Right);
            best = Math.Min(best, Distance(workspace.Left.Items, workspace.Right.Items, workspace.Counts));
        }

        statistics[0] = best;
    }

    public override void Conclude(StatisticTable units, ReadOnlySpan<int> multiplicity, Span<double> figures)
    {
        List<double> distances = [];
        for (var i = 0; i < units.Count; i++)
        {
            for (var times = multiplicity.IsEmpty ? 1 : multiplicity[i]; times > 0; times--) distances.Add(units[i][0]);
        }

        figures.Fill(double.NaN);
        if (distances.Count == 0) return;
        distances.Sort();
        var sum = distances.Sum();
        ReadOnlySpan<double> all = [distances[0], distances[^1], sum / distances.Count, Aggregation.Median(CollectionsMarshal.AsSpan(distances)), sum];
        all.CopyTo(figures);
    }

    /// <summary>The Levenshtein distance in memory linear in the shorter list; quadratic time.</summary>
    public static int Distance(ReadOnlySpan<int> left, ReadOnlySpan<int> right, GrowableBuffer<int> scratch)
    {
        if (left.Length < right.Length) return Distance(right, left, scratch);
        scratch.Clear();
        var costs = scratch.Resize(right.Length + 1);
        for (var j = 0; j < costs.Length; j++) costs[j] = j;
        for (var i = 0; i < left.Length; i++)
        {
            var diagonal = costs[0]++;
            for (var j = 0; j < right.Length; j++)
            {
                var above = costs[j + 1];
                costs[j + 1] = Math.Min(diagonal + (left[i] == right[j] ? 0 : 1), Math.Min(above, costs[j]) + 1);
                diagonal = above;
            }
        }

        return costs[^1];
    }

    private void Tokenize(ReadOnlySpan<byte> text, MetricWorkspace workspace, GrowableBuffer<int> tokens)
    {
        tokens.Clear();
        if (lowercase) text = PythonCharacters.Lower(text, workspace.Text);

        var start = 0;
        for (var i = 0; i < text.Length;)
        {
            var length = PythonCharacters.Decode(text[i..], out var codePoint);
            if (!PythonCharacters.IsWord(codePoint))
            {
                tokens.Add(workspace.Tokens.Add(text[start..i]));
                start = i + length;
            }

            i += length;
        }

        tokens.Add(workspace.Tokens.Add(text[start..]));
    }
}
