using InstructKit.Building.EvaluationOutput;
using InstructKit.Evaluation.Metrics;
using InstructKit.Pipeline;
using InstructKit.Sources;
using InstructKit.Sources.Files;
using InstructKit.Sources.Formats;

namespace InstructKit.Evaluation.Scoring;

/// <summary>Scores predictions against evaluation sets, one task after another: rows are streamed, predictions are read in place, and only numbers are kept
/// per task.</summary>
internal sealed class Scorer
{
    private const int MostNamed = 5;

    private readonly ScoreRequest _request;
    private readonly string _folder;
    private readonly EvaluationIndex _index;
    private readonly HashSet<UInt128> _excluded = [];
    private readonly CancellationToken _cancel;
    private readonly Dictionary<string, (long Rows, long Answered)> _trees = new(StringComparer.Ordinal);
    private readonly List<string> _missing = [];
    private long _failed;
    private long _left;

    private Scorer(ScoreRequest request, CancellationToken cancel)
    {
        (_request, _cancel) = (request, cancel);
        _folder = File.Exists(Path.Combine(request.Eval, EvaluationIndex.FileName)) ? request.Eval : Path.Combine(request.Eval, "eval");
        var path = Path.Combine(_folder, EvaluationIndex.FileName);
        if (!File.Exists(path))
        {
            throw new DiagnosticException(new Diagnostic(ScoreCodes.NoSets, Severity.Error, $"'{request.Eval}' has no evaluation sets: there is no file {path}.")
            { Hint = "Name the output folder of a build that holds something out; --eval writes the sets where nothing is held out." });
        }

        _index = EvaluationIndex.Read(path, File.ReadAllBytes(path));
        if (request.ExcludeIds is { } list)
        {
            foreach (var line in IdLines.Of(TextFile.Bytes(list))) _excluded.Add(PredictionIndex.HashOf(line));
        }
    }

    /// <summary>Scores.</summary>
    /// <exception cref="DiagnosticException">No sets (IK5001), predictions that are unreadable (IK5002) or incomplete (IK5003, IK5004), no metric (IK5005).</exception>
    public static ScoreReport Run(ScoreRequest request, CancellationToken cancel) => new Scorer(request, cancel).Run();

    private ScoreReport Run()
    {
        using var predictions = PredictionIndex.Read(_request.Predictions, _request.Input, _cancel, _request.MemoryEntries);
        using var others = _request.Compare.Count > 0 ? PredictionIndex.Read(_request.Compare, _request.Input, _cancel, _request.MemoryEntries) : null;
        PredictionIndex[] runs = others is null ? [predictions] : [predictions, others];
        List<VariantReport> variants = [];
        List<OrderReport> orders = [];
        // Sets that differ only in the position of the correct option are evaluated together.
        foreach (var family in _index.Sets.GroupBy(set => (Way: WayOf(set), IsOrdered: set.GoldPlace > 0)).OrderBy(group => group.Key.IsOrdered).ThenBy(group => group.Key.Way, StringComparer.Ordinal))
        {
            var builders = new SortedDictionary<int, ReportBuilder>();
            foreach (var set in family) builders.TryAdd(set.GoldPlace, new ReportBuilder(_request, set.Variant));
            foreach (var task in family.GroupBy(set => set.Task, StringComparer.Ordinal))
            {
                // Dev sets of a task belong to its test sets; test sets of training tasks have none.
                List<EvaluationSetEntry> sets = [.. family.Key.IsOrdered ? task.GroupBy(set => set.Tree, StringComparer.Ordinal).Where(tree => IsAnswered(tree, runs)).SelectMany(tree => tree) : task];
                using var answers = sets.Count == 0 ? null : Score(sets, runs);
                if (answers is null) continue;

                List<(int, Interval)> places = [];
                foreach (var (place, builder) in builders)
                {
                    if (sets.Find(set => set.GoldPlace == place) is { } first && builder.Add(first, answers) is { } report) places.Add((place, report.Primary.Mean));
                }

                if (places.Count > 1 && OptionOrders.Of(task.Key, family.Key.Way, answers, places) is { } order) orders.Add(order);
            }

            foreach (var builder in builders.Values)
            {
                if (builder.Finish() is { } report) variants.Add(report);
            }
        }

        var foreign = runs.Select(run => run.Foreign()).ToList();
        var answered = _trees.Values.Where(tree => tree.Answered > 0).ToList();
        var coverage = new Coverage(answered.Sum(tree => tree.Rows), answered.Sum(tree => tree.Answered), _failed, foreign.Sum(one => one.Count), _left);
        if (!_request.Partial) RequireComplete(coverage, foreign);
        return new ScoreReport
        {
            Profile = _request.Profile,
            Request = _request,
            Variants = variants,
            Orders = orders,
            Coverage = coverage,
            Unanswered = [.. _trees.Where(tree => tree.Value is { Rows: > 0, Answered: 0 }).Select(tree => tree.Key)],
        };
    }

    private void RequireComplete(Coverage coverage, List<(long Count, IReadOnlyList<string> First)> foreign)
    {
        List<string> wrong = [];
        if (coverage.Foreign > 0) wrong.Add($"{coverage.Foreign} predictions are of rows that are in no set, such as {string.Join(", ", foreign.SelectMany(one => one.First).Take(MostNamed))}");
        if (coverage.Failed > 0) wrong.Add($"{coverage.Failed} requests failed");
        var missing = coverage.Rows - coverage.Answered - coverage.Failed;
        if (missing > 0) wrong.Add($"{missing} of {coverage.Rows} rows have no prediction, such as {string.Join(", ", _missing)}");
        if (coverage.Rows == 0) wrong.Add("no row has a prediction");
        if (wrong.Count == 0) return;

        throw new DiagnosticException(new Diagnostic(ScoreCodes.Incomplete, Severity.Error, $"The predictions do not fit the evaluation sets: {string.Join("; ", wrong)}.")
        { Hint = coverage.Rows == 0 ? "Ids are those of the sets; build and predictions are perhaps of different versions." : "Use --partial to score what is there." });
    }

    // Null when nothing of the task was answered.
    private TaskAnswers? Score(List<EvaluationSetEntry> sets, PredictionIndex[] runs)
    {
        var metrics = runs.Select(run => IsRanked(sets, run) is { } ranked ? TaskMetrics.Of(sets[0], ranked, _request) : null).ToList();
        if (metrics.TrueForAll(one => one is null) || (!_request.Partial && metrics.Contains(null)))
        {
            foreach (var set in sets) Count(set, set.Rows, 0);
            if (metrics.Exists(one => one is not null)) _missing.Add($"all of the task {sets[0].Task}");
            return null;
        }

        // In a partial comparison a run may lack a task.
        if (metrics.Contains(null)) return null;

        var files = sets.Select(set => new SourceFile(Path.Combine(_folder, set.Path), set.Path)).ToList();
        using var reader = RowReaders.Open(new SourceSpec { Format = SourceFormats.Jsonl }, [new SourcePart(null, files)], GoldRow.Columns);
        var answers = new TaskAnswers([.. metrics.OfType<TaskMetrics>()], sets, _request.MemoryBytes);
        try
        {
            var pass = new ScorePass(sets, runs, answers, _excluded, _request.Reading);
            new RowPass<ScoreChunk>(reader, pass, new PassOptions(_request.Jobs, _cancel)).Run();
            _failed += pass.Failed;
            _left += pass.Excluded;
            for (var i = 0; i < sets.Count; i++) Count(sets[i], pass.Rows[i], pass.Answered[i]);
            _missing.AddRange(pass.Missing.Take(MostNamed - Math.Min(MostNamed, _missing.Count)));
            return answers;
        }
        catch
        {
            answers.Dispose();
            throw;
        }
    }

    private void Count(EvaluationSetEntry set, long rows, long answered)
    {
        var (allRows, allAnswered) = _trees.GetValueOrDefault(set.Tree);
        _trees[set.Tree] = (allRows + rows, allAnswered + answered);
    }

    // The variant without the position of the correct option, which is the suffix of its name.
    private static string WayOf(EvaluationSetEntry set)
    {
        if (set.GoldPlace == 0) return set.Variant;

        var end = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"gold-at-{set.GoldPlace}");
        return set.Variant.EndsWith(end, StringComparison.Ordinal) ? set.Variant[..^end.Length].TrimEnd('-') : set.Variant;
    }

    private bool IsAnswered(IEnumerable<EvaluationSetEntry> tree, PredictionIndex[] runs)
    {
        List<EvaluationSetEntry> sets = [.. tree];
        if (runs.Any(run => IsRanked(sets, run) is not null)) return true;

        foreach (var set in sets) Count(set, set.Rows, 0);
        return false;
    }

    // Whether the first prediction of a task is a ranking, trying sets with rankable options first. Null if there is none.
    private bool? IsRanked(IReadOnlyList<EvaluationSetEntry> sets, PredictionIndex run)
    {
        var (gold, prediction, window) = (new GoldRow(), new Prediction(), new ReadWindow());
        bool? ranked = null;
        foreach (var set in sets.OrderByDescending(set => set.Ranked))
        {
            using var reader = RowReaders.Open(new SourceSpec { Format = SourceFormats.Jsonl }, [new SourcePart(null, [new SourceFile(Path.Combine(_folder, set.Path), set.Path)])], GoldRow.Columns);
            RowPass.Visit(reader, (batch, row, _, error) =>
            {
                if (error is { } unreadable) throw Unreadable(set, unreadable);

                gold.Load(batch, row);
                var found = run.Find(gold.Id, window, claims: false);
                if (found.IsEmpty) return true;

                run.Load(found[0], window, prediction);
                if (prediction.IsFailed) return true;
                ranked = prediction.IsRanked;
                return false;
            }, _cancel);
            if (ranked is not null) return ranked;
        }

        return null;
    }

    internal static DiagnosticException Unreadable(EvaluationSetEntry set, Cells.RowError error) =>
        new(new Diagnostic(error.Code, Severity.Error, $"The evaluation set {set.Path} cannot be read: {error.Message}"));
}

/// <summary>Lines of a list of ids.</summary>
internal static class IdLines
{
    /// <summary>The non-blank lines: each an id, or a JSON object with one.</summary>
    public static List<byte[]> Of(ReadOnlySpan<byte> content)
    {
        List<byte[]> ids = [];
        var prediction = new Prediction();
        foreach (var range in content.Split((byte)'\n'))
        {
            var line = content[range].Trim(" \t\r"u8);
            if (line.StartsWith("\uFEFF"u8)) line = line[3..];
            if (line.IsEmpty) continue;
            if (line[0] == '{' && prediction.Read(line, idOnly: true) is null) ids.Add(prediction.Id.ToArray());
            else ids.Add(line.ToArray());
        }

        return ids;
    }
}
