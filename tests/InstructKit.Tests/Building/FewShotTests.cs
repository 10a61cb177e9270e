using System.Text.Json;
using InstructKit.Building;
using InstructKit.Building.Plans;
using InstructKit.Building.Selection;
using InstructKit.Lengths;
using InstructKit.Protocol;
using InstructKit.Tasks;
using InstructKit.Templates;
using Xunit;

namespace InstructKit.Tests.Building;

/// <summary>Properties of exemplars over rows most of which would be invalid exemplars: equal rows, held-out rows among the training rows, dev rows, rows without a label.</summary>
public sealed class FewShotTests : IDisposable
{
    private const int Train = 500;
    private const int Dev = 20;

    private readonly ScratchFolder _scratch = new();

    public FewShotTests()
    {
        _scratch.Write("catalogue/clusters.yaml", """
            schemes:
              toy:
                title: Toy clusters
                clusters:
                  - { key: as, title: A, tasks: [alpha] }
                  - { key: bs, title: B, tasks: [beta, gamma] }
            """);
        WriteTask("alpha", $"train[:-{Dev}]", "validation: \"train[-20:]\", test: test");
        WriteTask("beta", $"train[:-{Dev}]", "validation: \"train[-20:]\", test: test");
        WriteTask("gamma", null, "test: test");
        foreach (var task in new[] { "alpha", "beta" }) _scratch.Write($"data/{task}/train.jsonl", string.Concat(Enumerable.Range(0, Train).Select(i => Row(TextOf(task, i), LabelOf(i)))));

        foreach (var task in new[] { "alpha", "beta", "gamma" }) _scratch.Write($"data/{task}/test.jsonl", string.Concat(Enumerable.Range(0, 40).Select(i => Row($"test text number {i} of {task}", i % 4))));
    }

    private BuildPlan Plan => new() { Data = [_scratch.At("data")], Out = _scratch.At("out"), HoldOut = ["bs"], Order = RowOrder.Source, Jobs = 2, FewShot = new FewShot { Exemplars = 5, Budget = null } };

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData(ExemplarDraw.Random, true, TemplateAssignment.One)]
    [InlineData(ExemplarDraw.Random, false, TemplateAssignment.All)]
    [InlineData(ExemplarDraw.Balanced, true, TemplateAssignment.RoundRobin)]
    [InlineData(ExemplarDraw.Fixed, false, TemplateAssignment.One)]
    public void No_exemplar_is_the_query_held_out_or_equal(ExemplarDraw draw, bool own, TemplateAssignment assign)
    {
        var report = ToyTask.Build(_scratch, Plan with { Assign = assign, OnLeak = LeakPolicy.Drop, FewShot = Plan.FewShot with { Draw = draw, OwnTemplates = own } });
        var (examples, exemplars) = (0, 0);
        foreach (var line in Lines("out"))
        {
            examples++;
            var task = line.GetProperty("task").GetString()!;
            var query = line.GetProperty("split").GetString() == "test" ? $"test text number {line.GetProperty("row")} of {task}" : TextOf(task, line.GetProperty("row").GetInt32());
            var shots = Shots(line);
            if (task == "gamma") Assert.Empty(shots);
            if (task != "gamma" && line.GetProperty("kind").GetString() == "direct") Assert.Equal(5, shots.Count);
            exemplars += shots.Count;
            HashSet<string> texts = [query];
            foreach (var shot in shots)
            {
                Assert.Equal((task, "train"), (shot.Task, shot.Split));
                Assert.InRange(shot.Row, 0, Train - Dev - 1); // dev rows are the last
                Assert.NotEqual(3, LabelOf(shot.Row)); // dropped by the task
                Assert.False(task == "beta" && shot.Row % 25 == 24 && shot.Row / 25 % 4 != 3, "an exemplar is a held-out row"); // without a label it is not held out
                Assert.True(texts.Add(TextOf(task, shot.Row)), "an exemplar equals the query or another exemplar");
                Assert.Contains(shot.Template == "invent" ? AnswerOf(shot.Row) : TextOf(task, shot.Row), line.GetProperty("input").GetString()!, StringComparison.Ordinal);
                if (!own) Assert.Equal(line.GetProperty("template").GetString(), shot.Template);
            }

            if (OutputIsScored(line)) Assert.DoesNotContain(shots, shot => shot.Template == "invent");
        }

        var counts = report.Tasks.SelectMany(task => task.Slices).Select(slice => slice.Counts).ToList();
        Assert.Equal(counts.Sum(count => count.Examples), examples);
        Assert.Equal(counts.Sum(count => count.Shots!.Exemplars), exemplars);
        Assert.Equal(2 * 30, counts.Sum(count => count.Shots!.WithoutRows)); // gamma with two direct templates
    }

    [Fact]
    public void Exemplars_are_drawn_evenly_from_the_first_4096_usable_rows()
    {
        const int Rows = 6000;
        _scratch.Write("data/alpha/train.jsonl", string.Concat(Enumerable.Range(0, Rows).Select(i => Row($"row {i} of a large task", i % 4))));
        ToyTask.Build(_scratch, Plan with { Tasks = ["alpha"], HoldOut = [], Shuffle = false });
        var drawn = Lines("out").SelectMany(Shots).Select(shot => shot.Row).ToList();
        // Every fourth row is dropped, so the 4,096th usable row is row 5,460; 5 × about 4,485 + 15 + 2 × 40 draws.
        Assert.InRange(drawn.Count, 20_000, 25_000);
        Assert.Equal(5460, drawn.Max());
        var per = drawn.Count / 16.0;
        foreach (var part in drawn.GroupBy(row => row * 16 / 5461)) Assert.InRange(part.Count(), per * 0.9, per * 1.1);
    }

    [Fact]
    public void Balanced_exemplars_have_every_label_as_often_and_fixed_ones_are_the_same_for_all_rows()
    {
        ToyTask.Build(_scratch, Plan with { Inverted = false, FewShot = Plan.FewShot with { Exemplars = 6, Draw = ExemplarDraw.Balanced } });
        var lines = Lines("out").Where(line => Shots(line).Count > 0).ToList();
        Assert.All(lines, line => Assert.Equal([2, 2, 2], Shots(line).GroupBy(shot => LabelOf(shot.Row)).Select(group => group.Count())));
        Assert.True(lines.Select(line => LabelOf(Shots(line)[0].Row)).Distinct().Count() == 3, "the same label is always first");

        ToyTask.Build(_scratch, Plan with { Force = true, Inverted = false, FewShot = Plan.FewShot with { Draw = ExemplarDraw.Fixed } });
        var sets = Lines("out").Where(line => line.GetProperty("task").GetString() == "beta").Select(line => string.Join(',', Shots(line).Select(shot => shot.Row))).ToList();
        Assert.Single(sets.Distinct());
    }

    [Theory]
    [InlineData(ExemplarDraw.Random, true)]
    [InlineData(ExemplarDraw.Balanced, true)]
    [InlineData(ExemplarDraw.Fixed, false)]
    public void Each_epoch_draws_exemplars_and_their_number_again_unless_they_are_fixed(ExemplarDraw draw, bool differs)
    {
        var mixture = new Mixture { Kind = MixtureKind.Rates, Epochs = 2 };
        var plan = Plan with { Tasks = ["alpha"], HoldOut = [], FirstTemplates = 1, Mixture = mixture, FewShot = Plan.FewShot with { Draw = draw, UpTo = differs } };
        ToyTask.Build(_scratch, plan);
        var uses = Lines("out").Where(line => line.GetProperty("split").GetString() == "train" && line.GetProperty("row").GetInt32() < Train - Dev)
            .GroupBy(line => line.GetProperty("row").GetInt32()).Where(row => row.Count() == 2)
            .Select(row => row.Select(line => string.Join(' ', Shots(line).Select(shot => shot.Row))).ToList()).ToList();
        Assert.True(uses.Count > 300);
        // Two draws of up to five out of some 360 rows are almost never the same.
        var same = uses.Count(two => two[0] == two[1]);
        if (differs) Assert.InRange(same, 0, 5);
        else Assert.Equal(uses.Count, same);

        // Of two draws of 1 to 5 exemplars a fifth have the same number.
        if (differs) Assert.InRange(uses.Count(two => two[0].Split(' ').Length == two[1].Split(' ').Length), uses.Count * 0.1, uses.Count * 0.32);
    }

    [Fact]
    public void Number_and_share_are_drawn_evenly()
    {
        ToyTask.Build(_scratch, Plan with { FewShot = Plan.FewShot with { Exemplars = 4, UpTo = true, Share = 50 } });
        var counts = Lines("out").Where(line => line.GetProperty("task").GetString() == "alpha").Select(line => Shots(line).Count).GroupBy(count => count).ToDictionary(group => group.Key, group => group.Count());
        var all = counts.Values.Sum();
        Assert.Equal([0, 1, 2, 3, 4], counts.Keys.Order());
        Assert.InRange(counts[0], all * 0.42, all * 0.58);
        for (var number = 1; number <= 4; number++) Assert.InRange(counts[number], all * 0.08, all * 0.17);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("gpt2")]
    public void The_budget_is_kept_in_order_and_what_it_took_is_counted(string? tokenizer)
    {
        var tokens = tokenizer is null ? null : Tokenizers.Open(tokenizer);
        const int Budget = 75;
        var plan = Plan with { Inverted = false, HoldOut = [], Tasks = ["alpha"], Tokenizer = tokenizer is null ? null : new LocatedName(tokenizer), FewShot = Plan.FewShot with { OwnTemplates = false } };
        ToyTask.Build(_scratch, plan with { FirstTemplates = 1, Shuffle = false });
        ToyTask.Build(_scratch, plan with { FirstTemplates = 1, Shuffle = false, Out = _scratch.At("pruned"), FewShot = plan.FewShot with { Budget = Budget } });
        long taken = 0;
        foreach (var (whole, cut) in Lines("out").Zip(Lines("pruned")))
        {
            var left = Budget - Count($"Is this about a, b or c: {Query(whole)}? OPTIONS:\n- a\n- b\n- c");
            var expected = Shots(whole).TakeWhile(shot => (left -= Count($"Is this about a, b or c: {TextOf("alpha", shot.Row)}? OPTIONS:\n- a\n- b\n- c\n{AnswerOf(shot.Row)}")) >= 0).ToList();
            Assert.Equal(expected, Shots(cut));
            taken += 5 - expected.Count;
        }

        Assert.True(taken > 100);
        var slices = Manifest.Read("m", File.ReadAllBytes(_scratch.At("pruned", ".instructkit", "manifest.json"))).Tasks[0].Slices;
        Assert.Equal(taken, slices.Sum(slice => slice.Exemplars!.Pruned));

        int Count(string text) => tokens?.Count(Encoding.UTF8.GetBytes(text)) ?? text.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Length;
        static string Query(JsonElement line) => line.GetProperty("split").GetString() == "test" ? $"test text number {line.GetProperty("row")} of alpha" : TextOf("alpha", line.GetProperty("row").GetInt32());
    }

    [Fact]
    public void Without_exemplars_an_example_is_kept_or_dropped_as_the_plan_says()
    {
        var plan = Plan with { FewShot = Plan.FewShot with { Budget = 3 } };
        var kept = ToyTask.Build(_scratch, plan);
        Assert.All(Lines("out"), line => Assert.Empty(Shots(line)));
        Assert.Equal(kept.Tasks.Sum(task => task.Slices.Sum(slice => slice.Counts.Examples)), kept.Tasks.Sum(task => task.Slices.Sum(slice => slice.Counts.Shots!.Emptied)));

        var dropped = ToyTask.Build(_scratch, plan with { Out = _scratch.At("b"), AllowEmpty = true, FewShot = plan.FewShot with { DropsEmpty = true, Part = SplitPart.Evaluation } });
        var heldOut = dropped.Tasks.SelectMany(task => task.Slices).Where(slice => slice.Split == OutputSplit.HeldOut).ToList();
        Assert.All(heldOut, slice => Assert.Equal((0, 30), (slice.Counts.Examples, slice.Counts.Dropped["no_exemplar"])));
        Assert.Equal(kept.Examples(OutputSplit.Train), dropped.Examples(OutputSplit.Train)); // training is zero-shot here
        Assert.All(dropped.Tasks.SelectMany(task => task.Slices).Where(slice => slice.Split is OutputSplit.Train or OutputSplit.Validation), slice => Assert.Null(slice.Counts.Shots));
    }

    [Fact]
    public void Bytes_depend_on_the_seed_and_not_on_the_number_of_workers()
    {
        var alone = Bytes(1, 42);
        Assert.Equal(alone, Bytes(7, 42));
        Assert.NotEqual(alone, Bytes(1, 43));

        string Bytes(int jobs, long seed)
        {
            var folder = _scratch.At($"out-{jobs}-{seed}");
            ToyTask.Build(_scratch, Plan with { Jobs = jobs, Seed = seed, Out = folder, Options = new OptionsDisplay { Layouts = OptionsLayout.All, Shown = OptionsShown.Mixed } });
            return ToyTask.ReadAll(folder);
        }
    }

    private static bool OutputIsScored(JsonElement line) => line.TryGetProperty("choices", out _);

    private static string TextOf(string task, int row) =>
        // Every 25th is a held-out row, every 10th equals the one before.
        row % 25 == 24 ? $"test text number {row / 25} of {task}" : row % 10 == 9 ? TextOf(task, row - 1) : string.Create(CultureInfo.InvariantCulture, $"the \"text\"\nof row {row}, {task}");

    // 0, 1 and 2 are labels; 3 is none.
    private static int LabelOf(int row) => row % 10 == 9 ? LabelOf(row - 1) : row % 8 is 7 ? 3 : row % 8 is 0 or 1 or 2 or 3 ? 0 : row % 8 is 4 or 5 ? 1 : 2;

    private static string AnswerOf(int row) => "abc"[LabelOf(row)].ToString();

    private static string Row(string text, int label) => $"{{\"text\": {JsonSerializer.Serialize(text)}, \"label\": {(label == 3 ? "null" : label.ToString(CultureInfo.InvariantCulture))}}}\n";

    private static List<(string Task, string Split, int Row, string Template)> Shots(JsonElement line) =>
        [.. line.GetProperty("exemplars").EnumerateArray().Select(shot => (shot.GetProperty("task").GetString()!, shot.GetProperty("split").GetString()!, shot.GetProperty("row").GetInt32(), shot.GetProperty("template").GetString()!))];

    private List<JsonElement> Lines(string folder) => [.. Directory.GetFiles(_scratch.At(folder, "data"), "*.jsonl").Order(StringComparer.Ordinal)
        .SelectMany(File.ReadLines).Select(line => JsonDocument.Parse(line).RootElement)];

    private void WriteTask(string key, string? train, string others) => _scratch.Write($"catalogue/{key}/{key}.yaml", $$$"""
        task: {{{key}}}
        title: Toy {{{key}}}
        columns: { text: string, label: "int?" }
        layouts:
          - name: lines
            format: jsonl
            files: { {{{(train is null ? string.Empty : "train: train.jsonl, ")}}}test: test.jsonl }
        splits: { {{{(train is null ? string.Empty : $"train: \"{train}\", ")}}}{{{others}}} }
        options: [ a, b, c ]
        answer: "options[label]"
        metrics: [ accuracy ]
        templates:
          - id: ask
            input: "Is this about a, b or c: {{ text }}? {{ options_block }}"
            target: "{{ answer }}"
          - id: tell
            input: "Sort it ({{ options | join('/') }}): {{ text }}"
            target: "{{ answer }}"
          - id: invent
            kind: inverse
            input: "Invent a text about {{ answer }}."
            target: "{{ text }}"
        """);
}
