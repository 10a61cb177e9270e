using System.Text.Encodings.Web;
using System.Text.Json;
using InstructKit.Building.EvaluationOutput;
using InstructKit.Building.Selection;
using InstructKit.Evaluation.Metrics;
using InstructKit.Evaluation.Scoring;
using Xunit;

namespace InstructKit.Tests.Evaluation.Scoring;

/// <summary>Evaluation sets small enough to score by hand: twelve rows of three tasks with four templates. colour (2 templates, 3 test and 2 dev rows, options
/// red and blue), multi (MultiRC's metric, 4 rows in the groups q1 and q2), say (free answers, 3 rows).</summary>
internal static class ToySets
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static readonly string[] Colours = ["red", "blue"];
    public static readonly string[] Answers = ["no", "yes"];

    /// <summary>Writes the sets; row k of a template has the id <c>task:split:k:template:0</c>.</summary>
    public static void Write(ScratchFolder scratch)
    {
        List<EvaluationSetEntry> sets =
        [
            .. new[] { "t1", "t2" }.SelectMany(template => new[]
            {
                Set(scratch, "colour", "c1", template, OutputSplit.HeldOut, ["accuracy"], Colours, [(0, ""), (1, ""), (0, "")]),
                Set(scratch, "colour", "c1", template, OutputSplit.HeldOutValidation, ["accuracy"], Colours, [(0, ""), (1, "")]),
            }),
            Set(scratch, "multi", "c1", "m", OutputSplit.HeldOut, ["multirc_f1a", "multirc_em"], Answers, [(1, "q1"), (0, "q1"), (1, "q1"), (1, "q2")]),
            Set(scratch, "say", "c2", "s", OutputSplit.HeldOut, ["exact_match"], null, [(0, ""), (1, ""), (2, "")]),
        ];
        scratch.Write("eval/sets.json", Encoding.UTF8.GetString(new EvaluationIndex { SchemaVersion = 1, Sets = sets }.ToUtf8()));
    }

    public static string Id(string task, string template, int row, bool dev = false) => $"{task}:{(dev ? "dev" : "test")}:{row}:{template}:0";

    /// <summary>The predictions of the hand-computed example.</summary>
    public static List<string> Predictions()
    {
        List<string> lines = [];
        void Say(string id, string text, int? sample = null) => lines.Add(JsonSerializer.Serialize(sample is { } n ? new { id, sample = n, text } : (object)new { id, text }, Relaxed));

        // colour: t1 is correct in all three test rows and one of two dev rows, t2 in one test row (one answer is not an option) and both dev rows.
        foreach (var (row, text) in new[] { (0, "red"), (1, " blue\n"), (2, "red") }) Say(Id("colour", "t1", row), text);
        foreach (var (row, text) in new[] { (0, "red"), (1, "red"), (2, "green") }) Say(Id("colour", "t2", row), text);
        foreach (var (row, text) in new[] { (0, "red"), (1, "red") }) Say(Id("colour", "t1", row, true), text);
        foreach (var (row, text) in new[] { (0, "red"), (1, "blue") }) Say(Id("colour", "t2", row, true), text);
        // multi: gold yes, no, yes | yes; always yes.
        for (var row = 0; row < 4; row++) Say(Id("multi", "m", row), "yes");
        // say: gold a, b, c; two samples.
        foreach (var (row, first, second) in new[] { (0, "a", "b"), (1, "b", "b"), (2, "x", "y") })
        {
            Say(Id("say", "s", row), second, 1);
            Say(Id("say", "s", row), first, 0);
        }

        return lines;
    }

    public static ScoreReport Score(ScratchFolder scratch, IEnumerable<string> lines, Func<ScoreRequest, ScoreRequest>? change = null)
    {
        var path = scratch.Write("predictions.jsonl", string.Join('\n', lines) + "\n");
        var request = new ScoreRequest { Eval = scratch.Path, Predictions = [path], Profile = MetricProfile.All[0] };
        return Scorer.Run(change is null ? request : change(request), TestContext.Current.CancellationToken);
    }

    private static EvaluationSetEntry Set(
        ScratchFolder scratch, string task, string cluster, string template, string split, string[] metrics, string[]? options, (int Gold, string Group)[] rows)
    {
        var dev = split == OutputSplit.HeldOutValidation;
        var path = $"{(dev ? "dev" : "test")}/{task}.{template}.jsonl";
        string[] free = ["a", "b", "c"];
        var lines = rows.Select((row, i) => JsonSerializer.Serialize(new
        {
            id = Id(task, template, i, dev),
            input = "?",
            target = (options ?? free)[row.Gold],
            choices = options ?? [],
            answer_index = options is null ? -1 : row.Gold,
            answer_indexes = options is null ? [] : new[] { row.Gold },
            answers = new[] { (options ?? free)[row.Gold] },
            group = row.Group,
            metrics,
            task,
            cluster,
            template,
            split = dev ? "dev" : "test",
            row = i,
        }, Relaxed));
        scratch.Write($"eval/{path}", string.Join('\n', lines) + "\n");
        return new EvaluationSetEntry
        {
            Path = path,
            Name = $"ik_{task}-{template}",
            Tree = dev ? "dev" : "test",
            Split = split,
            Task = task,
            Cluster = cluster,
            Template = template,
            Ranked = options is not null,
            Rows = rows.Length,
            Sha256 = string.Empty,
            Metrics = metrics,
            Options = options,
            Contract = new EvaluationContract(options is null ? "line" : "option", "exact", [], null),
        };
    }
}
