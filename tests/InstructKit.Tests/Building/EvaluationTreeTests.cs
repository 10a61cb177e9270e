using System.Text.Json;
using InstructKit.Building;
using InstructKit.Building.EvaluationOutput;
using InstructKit.Building.Plans;
using InstructKit.Building.Selection;
using InstructKit.Evaluation.Scoring;
using InstructKit.Lengths;
using InstructKit.Protocol;
using InstructKit.Tasks;
using InstructKit.Templates;
using Xunit;

namespace InstructKit.Tests.Building;

/// <summary>The variants of held-out rows, each in its own tree, and the correct option in every position.</summary>
public sealed class EvaluationTreeTests : IDisposable
{
    // A template's own answer by label, a row's own options with several correct ones, a prompt without instructions.
    private const string Own = """
          - { id: swap, input: "{{ text }} No. {{ options_block }}", answer: "options[1 - label]", target: "{{ answer }}" }
        baseline:
          - { id: bare, input: "{{ text }} =", options: [ "false", "true" ], target: "{{ answer }}" }
        """;

    private const string Pick = """
        task: size
        title: Pick
        columns: { text: string, choices: list, right: list }
        layouts: [ { name: lines, format: jsonl, files: { train: train.jsonl, test: test.jsonl } } ]
        splits: { train: "train[:-1]", validation: "train[-1:]", test: test }
        options: choices
        answer_index: right
        metrics: [ accuracy ]
        templates:
          - { id: pick, input: "{{ text }} {{ options_block }}", target: "{{ answer }}" }
          - { id: plain, input: "{{ text }}", target: "{{ answer }}" }
        """;

    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Every_way_of_asking_has_a_tree_of_its_own_that_breaks_no_rule()
    {
        var report = Build("baseline", "no-options", "few-shot-2", "option-orders", "zero-shot");
        Assert.Empty(HarnessRules.Check(_scratch.At("out", "eval")));
        var sets = Index().Sets;
        Assert.Equal(
            ["dev", "dev-baseline", "dev-few-shot-2", "dev-gold-at-1", "dev-gold-at-2", "dev-no-options", "test", "test-baseline", "test-few-shot-2", "test-gold-at-1", "test-gold-at-2", "test-gold-at-3", "test-no-options"],
            sets.Select(set => set.Tree).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(["ask", "swap", "tell"], Templates("test", "colour"));
        Assert.Equal(["bare"], Templates("test-baseline", "colour"));
        Assert.Equal(["ask", "swap"], Templates("test-no-options", "colour"));
        Assert.Equal(["pick"], Templates("test-gold-at-3", "size"));
        Assert.Equal([("size", EvaluationWay.Baseline)], report.NotAsked);

        // None of it is in the dataset, and the groups above contain only their own tree.
        Assert.Equal(["ask", "pick", "plain", "swap", "tell"], Rows("..", "data").Select(row => row.GetProperty("template").GetString()!).Distinct().Order(StringComparer.Ordinal));
        Assert.Contains("- ik-test-gold-at-1_colour\n", File.ReadAllText(_scratch.At("out", "eval", "test-gold-at-1", "ik-test-gold-at-1_held_out.yaml")), StringComparison.Ordinal);
        var ids = sets.SelectMany(set => Rows(set.Path)).Select(row => row.GetProperty("id").GetString()).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());

        string[] Templates(string tree, string task) => [.. sets.Where(set => set.Tree == tree && set.Task == task).Select(set => set.Template).Distinct().Order(StringComparer.Ordinal)];
    }

    [Fact]
    public void What_the_plan_says_for_all_rows_names_the_tree()
    {
        Build(plan => plan with { FewShot = plan.FewShot with { Exemplars = 2, UpTo = true }, Options = plan.Options with { Shown = OptionsShown.Without }, Baseline = true, EvalAlso = [EvaluationWay.ZeroShot] });
        var trees = Index().Sets.Where(set => set.Split == OutputSplit.HeldOut).Select(set => (set.Task, set.Tree, set.Variant)).Distinct().ToList();
        Assert.Equal(
            [
                ("colour", "test-baseline-no-options", "baseline-no-options"), ("colour", "test-baseline-no-options-few-shot-up-to-2", "baseline-no-options-few-shot-up-to-2"),
                // It has no prompt without instructions.
                ("size", "test-no-options", "no-options"), ("size", "test-no-options-few-shot-up-to-2", "no-options-few-shot-up-to-2"),
            ],
            trees.Order());
    }

    // Prompts with exemplars are longer than those without: which rows are too long only there follows from the sets of a build without a limit.
    [Fact]
    public void Rows_that_only_another_way_of_asking_drops_are_in_manifest_and_card()
    {
        BuildPlan Few(BuildPlan plan) => plan with { EvalAlso = [EvaluationWay.Find("few-shot-2")!], Lengths = LengthUnit.Words };
        Build(Few);
        var (longest, all) = (Colours("test").Max(Words), Colours("test-few-shot-2").Count);
        var tooLong = Colours("test-few-shot-2").Count(row => Words(row) > longest);
        Assert.InRange(tooLong, 1, all);

        var report = Build(plan => Few(plan) with { Budget = new LengthBudget { MaxInput = longest } });
        var lost = report.Tasks.Single(task => task.Task.Task.Key == "colour").TreeLosses.Single(loss => loss.Tree == "test-few-shot-2");
        Assert.Equal(all - tooLong, Colours("test-few-shot-2").Count);
        var templates = Index().Sets.Count(set => set.Tree == "test" && set.Task == "colour");
        Assert.Equal(tooLong, (lost.Dropped.Values.Sum() * templates) + lost.TemplatesSkipped.Values.Sum());
        Assert.Equal(["input_too_long"], lost.Dropped.Keys.Concat(lost.TemplatesSkipped.Keys).Distinct());
        var manifest = JsonDocument.Parse(File.ReadAllBytes(_scratch.At("out", ".instructkit", "manifest.json"))).RootElement.GetProperty("tasks").EnumerateArray().Single(task => task.GetProperty("task").GetString() == "colour");
        Assert.Contains(manifest.GetProperty("tree_losses").EnumerateArray(), loss => loss.GetProperty("tree").GetString() == "test-few-shot-2");
        Assert.Contains("Evaluation sets `eval/test-few-shot-2` of `colour` lack", File.ReadAllText(_scratch.At("out", "README.md")), StringComparison.Ordinal);

        List<JsonElement> Colours(string tree) => [.. Index().Sets.Where(set => set.Tree == tree && set.Task == "colour").SelectMany(set => Rows(set.Path))];

        static int Words(JsonElement row) => row.GetProperty("input").GetString()!.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
    }

    [Theory]
    [InlineData("released")]
    [InlineData("lettered")]
    public void The_right_option_is_at_its_place_and_nothing_else_changes(string layout)
    {
        Build(plan => plan with { EvalAlso = [EvaluationWay.OptionOrders], Options = plan.Options with { Layouts = [OptionsLayout.Find(layout)!] } });
        var isLabelled = layout == "lettered";
        foreach (var place in new[] { 1, 2, 3 })
        {
            foreach (var row in Index().Sets.Where(set => set.GoldPlace == place).SelectMany(set => Rows(set.Path)))
            {
                var plain = Rows($"{(row.GetProperty("split").GetString() == "test" ? "test" : "dev")}/{row.GetProperty("task").GetString()}.{row.GetProperty("template").GetString()}.jsonl")
                    .Single(one => one.GetProperty("row").GetInt64() == row.GetProperty("row").GetInt64());
                var order = row.GetProperty("option_order").EnumerateArray().Select(one => one.GetInt32()).ToList();
                var (choices, before) = (Texts(row, "choices"), Texts(plain, "choices"));
                Assert.Equal(place - 1, row.GetProperty("answer_index").GetInt32());
                Assert.Equal(Enumerable.Range(0, choices.Count), order.Order());
                // The others keep their order.
                Assert.Equal(order.Where((_, i) => i != place - 1).Order(), order.Where((_, i) => i != place - 1));
                Assert.Equal(plain.GetProperty("answer_index").GetInt32(), order[place - 1]);
                Assert.Equal(plain.GetProperty("answer_indexes").EnumerateArray().Select(one => one.GetInt32()), row.GetProperty("answer_indexes").EnumerateArray().Select(one => order[one.GetInt32()]));
                var input = row.GetProperty("input").GetString()!;
                if (isLabelled && row.GetProperty("template").GetString() != "tell")
                {
                    Assert.Equal(before, choices);
                    Assert.Equal($"({"ABC"[place - 1]})", row.GetProperty("target").GetString());
                }
                else
                {
                    Assert.Equal(order.Select(source => before[source]), choices);
                    Assert.Equal(plain.GetProperty("target").GetString(), row.GetProperty("target").GetString());
                    var shown = input[^(string.Join("XXX", choices).Length + 3)..];
                    Assert.Equal(choices, choices.OrderBy(choice => shown.IndexOf(choice, StringComparison.Ordinal)));
                }

                if (order.SequenceEqual(Enumerable.Range(0, order.Count))) Assert.Equal(plain.GetProperty("input").GetString(), input);
                else Assert.NotEqual(plain.GetProperty("input").GetString(), input);
            }
        }

        // Every row with n options is asked n times.
        var counts = Index().Sets.Where(set => set.GoldPlace > 0 && set.Task == "size" && set.Split == OutputSplit.HeldOut).SelectMany(set => Rows(set.Path)).GroupBy(row => row.GetProperty("row").GetInt64()).Select(group => (group.Key, group.Count()));
        Assert.Equal([(0, 3), (1, 2)], counts.Order());
    }

    [Fact]
    public void Ids_change_with_layout_words_exemplars_and_order()
    {
        var plain = Ids("test", plan => plan);
        Assert.Equal(plain, Ids("test", plan => plan with { FewShot = plan.FewShot with { Draw = ExemplarDraw.Balanced } }));

        // Each seed samples other exemplars; the query by itself is unchanged.
        var few = Ids("test-few-shot-1", plan => plan with { FewShot = plan.FewShot with { Exemplars = 1 } });
        var other = Ids("test-few-shot-1", plan => plan with { FewShot = plan.FewShot with { Exemplars = 1 }, Seed = 7 });
        Assert.Equal(few.Select(Named), other.Select(Named));
        Assert.True(few.Zip(other).Count(pair => pair.First != pair.Second) > few.Count / 2);
        Assert.Empty(plain.Intersect(few));

        var lettered = Ids("test", plan => plan with { Options = plan.Options with { Layouts = [OptionsLayout.Find("lettered")!] } });
        Assert.All(plain.Zip(lettered), pair => Assert.Equal(!pair.First.Contains(":ask:", StringComparison.Ordinal) && !pair.First.Contains(":swap:", StringComparison.Ordinal) && !pair.First.Contains(":pick:", StringComparison.Ordinal), pair.First == pair.Second));

        static string Named(string id) => id[..id.LastIndexOf(':')];
    }

    [Fact]
    public void Rows_name_the_rows_of_their_exemplars()
    {
        Build("few-shot-2");
        var rows = Index().Sets.Where(set => set.Tree == "test-few-shot-2" && set.Task == "colour").SelectMany(set => Rows(set.Path)).ToList();
        Assert.NotEmpty(rows);
        foreach (var row in rows)
        {
            var exemplars = row.GetProperty("exemplars").EnumerateArray().Select(one => one.GetInt64()).ToList();
            Assert.Equal(2, exemplars.Distinct().Count());
            var input = row.GetProperty("input").GetString()!;
            var places = exemplars.Select(exemplar => input.IndexOf($"train row {exemplar} ", StringComparison.Ordinal)).ToList();
            Assert.DoesNotContain(-1, places);
            Assert.Equal(places.Order(), places);
        }

        Assert.All(Index().Sets.Where(set => set.Tree == "test").SelectMany(set => Rows(set.Path)), row => Assert.Equal(0, row.GetProperty("exemplars").GetArrayLength()));
    }

    [Fact]
    public void Held_out_rows_of_the_dataset_carry_what_scores_them_and_training_rows_do_not()
    {
        Build("few-shot-2");
        var sets = Index().Sets.Where(set => set.Tree == "test").SelectMany(set => Rows(set.Path)).ToDictionary(row => row.GetProperty("id").GetString()!);
        var rows = Rows("..", "data", "held_out-00000-of-00001.jsonl");
        Assert.Equal(sets.Count, rows.Count);
        foreach (var row in rows)
        {
            var same = sets[row.GetProperty("id").GetString()!];
            foreach (var column in new[] { "input", "target", "choices", "answer_index", "answer_indexes", "answers", "group", "metrics" }) Assert.Equal(same.GetProperty(column).GetRawText(), row.GetProperty(column).GetRawText());
        }

        Assert.DoesNotContain(Rows("..", "data", "train-00000-of-00001.jsonl")[0].EnumerateObject(), column => column.Name is "id" or "metrics" or "answer_indexes");
    }

    [Fact]
    public void A_model_that_takes_the_first_option_is_seen_through()
    {
        Build("option-orders");
        var sets = Index().Sets;
        var rows = sets.SelectMany(set => Rows(set.Path)).ToList();
        var first = _scratch.Write("first.jsonl", string.Concat(rows.Select(row => $$"""{"id":"{{row.GetProperty("id").GetString()}}","loglikelihoods":[{{string.Join(',', Texts(row, "choices").Select((_, i) => -1 - i))}}]}""" + "\n")));
        var right = _scratch.Write("right.jsonl", string.Concat(rows.Select(row => JsonSerializer.Serialize(new { id = row.GetProperty("id").GetString(), text = row.GetProperty("target").GetString() }) + "\n")));

        // colour: two templates that show options unchanged or joined, six labelled rows; size: row 0 has three options, two of them correct, row 1 has two.
        var (colour, size) = (Score(first).Orders[0], Score(first).Orders[1]);
        Assert.Equal(("colour", ""), (colour.Task, colour.Variant));
        Assert.Equal([(1, 100.0), (2, 0)], colour.Places.Select(place => (place.Place, place.Mean.Value)));
        Assert.Equal((100, 0, 0), (colour.Spread, colour.Consistency, colour.AlwaysRight));
        // In row 0 the first correct option moves to positions 1, 2 and 3; then "z", then "x", the other correct one, is in front. Row 1 is correct only at position 1.
        Assert.Equal([(1, 100.0), (2, 50), (3, 100)], size.Places.Select(place => (place.Place, place.Mean.Value)));
        Assert.Equal((2, 0, 0.5), (size.Rows, size.Consistency, size.AlwaysRight));

        foreach (var order in Score(right).Orders)
        {
            Assert.Equal((0, 1, 1), (order.Spread, order.Consistency, order.AlwaysRight));
            Assert.All(order.Places, place => Assert.Equal(100, place.Mean.Value));
        }

        // Trees without answers are omitted, whatever their positions.
        var some = _scratch.Write("some.jsonl", string.Concat(File.ReadLines(first).Where(line => sets.Where(set => set.GoldPlace is 0 or 2).SelectMany(set => Rows(set.Path)).Any(row => line.Contains(row.GetProperty("id").GetString()!, StringComparison.Ordinal))).Select(line => line + "\n")));
        var report = Score(some);
        Assert.Empty(report.Orders);
        Assert.Equal(["", "gold-at-2"], report.Variants.Select(variant => variant.Name));
        Assert.Contains("test-gold-at-1", report.Unanswered);

        ScoreReport Score(string path) => Scorer.Run(new ScoreRequest { Eval = _scratch.At("out"), Predictions = [path], Resamples = 20, MemoryBytes = 300 }, TestContext.Current.CancellationToken);
    }

    private EvaluationIndex Index() => EvaluationIndex.Read("sets.json", File.ReadAllBytes(_scratch.At("out", "eval", "sets.json")));

    private List<JsonElement> Rows(params string[] path)
    {
        var place = _scratch.At(["out", "eval", .. path]);
        var files = Directory.Exists(place) ? Directory.GetFiles(place, "held_out*.jsonl") : [place];
        return [.. files.SelectMany(File.ReadLines).Select(line => JsonDocument.Parse(line).RootElement)];
    }

    private static List<string> Texts(JsonElement row, string column) => [.. row.GetProperty(column).EnumerateArray().Select(text => text.GetString()!)];

    private List<string> Ids(string tree, Func<BuildPlan, BuildPlan> change)
    {
        Build(change);
        return [.. Index().Sets.Where(set => set.Tree == tree).SelectMany(set => Rows(set.Path)).Select(row => row.GetProperty("id").GetString()!)];
    }

    private BuildReport Build(params string[] ways) => Build(plan => plan with { EvalAlso = [.. ways.Select(way => EvaluationWay.Find(way)!)] });

    private BuildReport Build(Func<BuildPlan, BuildPlan> change)
    {
        if (!Directory.Exists(_scratch.At("catalogue")))
        {
            ToyTask.WriteCatalogue(_scratch, text => text.Contains("task: colour", StringComparison.Ordinal) ? $"{text}\n{Own}" : text.Contains("task: size", StringComparison.Ordinal) ? Pick : text);
            foreach (var task in new[] { "colour", "shape" }) ToyTask.WriteData(_scratch, task, 12, 7);
            _scratch.Write("data/size/train.jsonl", """
                {"text":"one","choices":["u","v"],"right":[1]}
                {"text":"two","choices":["u","v"],"right":[0]}
                {"text":"three","choices":["u","v"],"right":[0]}

                """);
            _scratch.Write("data/size/test.jsonl", """
                {"text":"four","choices":["x","y","z"],"right":[2,0]}
                {"text":"five","choices":["x","y"],"right":[1]}

                """);
        }

        var plan = new BuildPlan { Data = [new LocatedName(_scratch.At("data"))], Out = _scratch.At("out"), Force = true, HoldOut = [new LocatedName("colour"), new LocatedName("size")], KeepRelated = true, Jobs = 2 };
        return ToyTask.Build(_scratch, change(plan));
    }
}
