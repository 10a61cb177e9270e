using InstructKit.Evaluation.Metrics;

namespace InstructKit.Evaluation.Scoring;

/// <summary>What the answers to the same rows under different templates, and several answers to one row, say.</summary>
internal static class Robustness
{
    /// <summary>
    /// Share of rows with the same answer under all templates, and the chance that two templates drawn at random answer a row differently; over the rows that were answered
    /// under all of them, first samples alone. No answer is the same as no other. Null for one template.
    /// </summary>
    public static (double Consistency, double Sensitivity)? Of(TaskTally tally)
    {
        var templates = tally.Test;
        if (templates.Count < 2) return null;

        var answers = templates.Select(FirstAnswers).ToList();
        var (rows, same, pairs, differing) = (0L, 0L, 0L, 0L);
        foreach (var (row, first) in answers[0])
        {
            if (!answers.TrueForAll(one => one.ContainsKey(row))) continue;

            rows++;
            var all = answers.ConvertAll(one => one[row].Answer);
            if (first.Answer != 0 && all.TrueForAll(answer => answer == first.Answer)) same++;
            for (var i = 0; i < all.Count; i++)
            {
                for (var j = i + 1; j < all.Count; j++)
                {
                    pairs++;
                    if (all[i] == 0 || all[i] != all[j]) differing++;
                }
            }
        }

        return rows == 0 ? null : ((double)same / rows, (double)differing / pairs);
    }

    /// <summary>McNemar's test of the rows that two runs answered under a template, first samples alone.</summary>
    public static McNemar Test(TemplateTally one, TemplateTally? other)
    {
        if (other is null) return McNemar.Of(0, 0);

        var others = FirstAnswers(other);
        var pairs = FirstAnswers(one).Where(pair => others.ContainsKey(pair.Key)).Select(pair => (First: pair.Value.IsRight, Second: others[pair.Key].IsRight)).ToList();
        return McNemar.Of(pairs.LongCount(pair => pair is { First: true, Second: false }), pairs.LongCount(pair => pair is { First: false, Second: true }));
    }

    /// <summary>How often places or labels are chosen and right.</summary>
    public static IReadOnlyList<ChoiceCount> Choices(
        IReadOnlyList<ScoredAnswer> answers, Func<ScoredAnswer, short> gold, Func<ScoredAnswer, short> chosen, Func<int, string> name, int count)
    {
        var (golds, choices, hits) = (new long[count], new long[count], new long[count]);
        foreach (var answer in answers)
        {
            if (gold(answer) is >= 0 and var right && right < count)
            {
                golds[right]++;
                if (answer.IsRight) hits[right]++;
            }

            if (chosen(answer) is >= 0 and var choice && choice < count) choices[choice]++;
        }

        return [.. Enumerable.Range(0, count).Select(i => new ChoiceCount(
            name(i), (double)choices[i] / answers.Count, (double)golds[i] / answers.Count, golds[i] == 0 ? double.NaN : (double)hits[i] / golds[i]))];
    }

    /// <summary>pass@k and majority@k for powers of two up to the number of samples that every row has, and for that number.</summary>
    public static IReadOnlyList<SampleReport> AtK(TaskTally tally)
    {
        // Nearly every run has one sample, and a million rows need no lists of one.
        var sample = tally.Test[0].Answers[0].Sample;
        if (tally.Test.All(template => template.Answers.All(answer => answer.Sample == sample))) return [];

        var rows = tally.Test.SelectMany(template => template.Answers.GroupBy(answer => answer.Row).Select(group => group.OrderBy(answer => answer.Sample).ToList())).ToList();
        var most = rows.Min(row => row.Count);
        if (most < 2) return [];

        List<int> sizes = [];
        for (var k = 1; k < most; k *= 2) sizes.Add(k);
        sizes.Add(most);
        return [.. sizes.Select(k => new SampleReport(k, rows.Average(row => Sampling.PassAt(row.Count, row.Count(answer => answer.IsRight), k)), rows.Average(row => IsMajorityRight(row, k) ? 1.0 : 0)))];
    }

    private static bool IsMajorityRight(List<ScoredAnswer> row, int k)
    {
        List<ulong> distinct = [];
        var numbers = row.ConvertAll(answer =>
        {
            if (answer.Answer == 0) return -1;
            if (distinct.IndexOf(answer.Answer) is >= 0 and var known) return known;
            distinct.Add(answer.Answer);
            return distinct.Count - 1;
        });
        return Sampling.MajorityAt([.. numbers], k) is >= 0 and var best && row[best].IsRight;
    }

    private static Dictionary<long, ScoredAnswer> FirstAnswers(TemplateTally tally)
    {
        Dictionary<long, ScoredAnswer> first = [];
        foreach (var answer in tally.Answers)
        {
            if (!first.TryGetValue(answer.Row, out var known) || answer.Sample < known.Sample) first[answer.Row] = answer;
        }

        return first;
    }
}
