using System.Runtime.InteropServices;
using InstructKit.Answers;
using InstructKit.Building.EvaluationOutput;
using InstructKit.Evaluation.Metrics;
using InstructKit.Pipeline;

namespace InstructKit.Evaluation.Scoring;

/// <summary>Scores the rows of one task, for one run or for two compared runs.</summary>
internal sealed class ScorePass(
    IReadOnlyList<EvaluationSetEntry> sets, PredictionIndex[] runs, TaskAnswers answers, HashSet<UInt128> excluded, AnswerReading reading) : IPassBody<ScoreChunk>
{
    private const int MostNamed = 5;

    private readonly AnswerContract[] _contracts = [.. sets.Select(set => set.Contract.ToContract())];
    private readonly int[] _widths = [.. answers.Metrics.Select(metrics => metrics.Width)];

    public long[] Rows { get; } = new long[sets.Count];

    /// <summary>Rows of each set that every run answered.</summary>
    public long[] Answered { get; } = new long[sets.Count];

    /// <summary>Rows with a failed request.</summary>
    public long Failed { get; private set; }

    /// <summary>Excluded rows.</summary>
    public long Excluded { get; private set; }

    /// <summary>Ids of the first rows without a prediction.</summary>
    public List<string> Missing { get; } = [];

    public ScoreChunk MakeChunk() => new(GoldRow.Columns.Count, runs.Length);

    public Func<ScoreChunk, bool> MakeWorker(RowPass<ScoreChunk> pass)
    {
        var (gold, prediction) = (new GoldRow(), new Prediction());
        var windows = runs.Select(_ => new ReadWindow()).ToArray();
        AnswerScorer[] scorers = [.. answers.Metrics.Select(metrics => new AnswerScorer(sets[0], metrics, reading))];
        return chunk =>
        {
            chunk.Reset();
            var error = 0;
            for (var row = 0; row < chunk.Batch.Count; row++)
            {
                var set = chunk.Batch.Place(row).File;
                if (chunk.Batch.ErrorOf(row, ref error) is { } unreadable) throw Scorer.Unreadable(sets[set], unreadable);

                gold.Load(chunk.Batch, row);
                var isExcluded = excluded.Contains(gold.Id);
                chunk.Begin(set, isExcluded);
                for (var run = 0; run < runs.Length; run++)
                {
                    var found = runs[run].Find(gold.Id, windows[run], claims: true);
                    if (isExcluded) continue;

                    var first = chunk.Answers[run].Count;
                    foreach (var entry in found) Score(chunk, run, entry, set, gold, prediction, windows[run], scorers[run]);
                    if (found.Length > 1) RequireSamples(chunk.Answers[run], first, gold, found[^1], runs[run], prediction, windows[run]);
                    if (found.IsEmpty) chunk.NoteMissing(chunk.Batch.Bytes(chunk.Batch.Row(row)[0]));
                }
            }

            return true;
        };
    }

    public bool Commit(ScoreChunk chunk)
    {
        foreach (var (set, outcome) in chunk.Outcomes)
        {
            if (outcome == RowAnswer.Excluded)
            {
                Excluded++;
                continue;
            }

            Rows[set]++;
            if (outcome == RowAnswer.Given) Answered[set]++;
            else if (outcome == RowAnswer.Failed) Failed++;
            answers.Expect(set);
        }

        foreach (var id in chunk.Missing)
        {
            if (Missing.Count < MostNamed) Missing.Add(id);
        }

        for (var run = 0; run < runs.Length; run++)
        {
            var statistics = (ReadOnlySpan<double>)chunk.Statistics[run].Items;
            foreach (var (set, answer) in CollectionsMarshal.AsSpan(chunk.Answers[run]))
            {
                answers.Add(run, set, answer, statistics[.._widths[run]]);
                statistics = statistics[_widths[run]..];
            }
        }

        return true;
    }

    private void Score(ScoreChunk chunk, int run, in PredictionEntry entry, int set, GoldRow gold, Prediction prediction, ReadWindow window, AnswerScorer scorer)
    {
        runs[run].Load(entry, window, prediction);
        if (prediction.IsFailed)
        {
            chunk.NoteFailure();
            return;
        }

        var metrics = answers.Metrics[run];
        try
        {
            // A set whose options cannot be ranked is answered with texts even if its counterpart is ranked.
            if (prediction.IsRanked != metrics.IsRanked && (prediction.IsRanked || sets[set].Ranked))
                throw new ArgumentException(prediction.IsRanked ? "it has log-likelihoods, but others of its task are texts" : "it is a text, but others of its task are log-likelihoods");

            if (prediction.IsRanked) chunk.Answers[run].Add((set, scorer.ScoreRanking(gold, prediction, chunk.Statistics[run])));
            else for (var i = 0; i < prediction.Texts; i++) chunk.Answers[run].Add((set, scorer.ScoreText(gold, _contracts[set], prediction.BytesOf(i), prediction.SampleOf(i), chunk.Statistics[run])));
        }
        catch (ArgumentException failure)
        {
            throw new DiagnosticException(new Diagnostic(
                ScoreCodes.MissingNumber, Severity.Error, $"The prediction for '{Encoding.UTF8.GetString(prediction.Id)}' in {runs[run].NameOf(entry)} cannot be scored: {failure.Message.Split('\n')[0].TrimEnd('.')}."));
        }
    }

    // A line may hold several samples, so lines with different numbers can still contain duplicates.
    private static void RequireSamples(List<(int Set, ScoredAnswer Answer)> answers, int first, GoldRow gold, in PredictionEntry last, PredictionIndex run, Prediction prediction, ReadWindow window)
    {
        for (var i = first + 1; i < answers.Count; i++)
        {
            if (answers[i].Answer.Sample > answers[i - 1].Answer.Sample) continue;

            run.Load(last, window, prediction);
            throw new DiagnosticException(new Diagnostic(
                ScoreCodes.Incomplete, Severity.Error, $"Sample {answers[i].Answer.Sample} of row {gold.Row}, '{Encoding.UTF8.GetString(prediction.Id)}', is predicted twice in {run.NameOf(last)}.")
            { Hint = "A line with several texts counts them from its own \"sample\" on." });
        }
    }
}

/// <summary>Outcome of a row.</summary>
internal enum RowAnswer : byte
{
    Given,
    Missing,
    Failed,
    Excluded,
}

/// <summary>A chunk of rows with each run's answers.</summary>
internal sealed class ScoreChunk : RowChunk
{
    private const int MostNamed = 5;

    public ScoreChunk(int columns, int runs)
        : base(columns)
    {
        Answers = [.. Enumerable.Range(0, runs).Select(_ => new List<(int, ScoredAnswer)>())];
        Statistics = [.. Enumerable.Range(0, runs).Select(_ => new GrowableBuffer<double>())];
    }

    public List<(int Set, RowAnswer Outcome)> Outcomes { get; } = [];

    /// <summary>Set and answer, by run.</summary>
    public List<(int Set, ScoredAnswer Answer)>[] Answers { get; }

    /// <summary>Statistics of the answers, concatenated.</summary>
    public GrowableBuffer<double>[] Statistics { get; }

    /// <summary>Ids of the first rows without a prediction.</summary>
    public List<string> Missing { get; } = [];

    public void Reset()
    {
        Outcomes.Clear();
        Missing.Clear();
        foreach (var list in Answers) list.Clear();
        foreach (var list in Statistics) list.Clear();
    }

    public void Begin(int set, bool isExcluded) => Outcomes.Add((set, isExcluded ? RowAnswer.Excluded : RowAnswer.Given));

    public void NoteMissing(ReadOnlySpan<byte> id)
    {
        Outcomes[^1] = (Outcomes[^1].Set, RowAnswer.Missing);
        if (Missing.Count < MostNamed) Missing.Add(Encoding.UTF8.GetString(id));
    }

    public void NoteFailure() => Outcomes[^1] = (Outcomes[^1].Set, RowAnswer.Failed);
}
